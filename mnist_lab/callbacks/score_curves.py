"""Draws what a network answers for samples in class order, while it learns: hills that grow."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from lightning.pytorch import Callback, LightningModule, Trainer
from numpy.typing import NDArray

from mnist_lab.callbacks.network_outputs import outputs_of
from mnist_lab.callbacks.score_places import (
    FOLDER,
    Place,
    check_places,
    choose_places,
    make_folder,
    named,
    showings_of,
)
from mnist_lab.callbacks.score_samples import ScoreSamples, scene_of, take_samples, too_few
from mnist_lab.callbacks.training_timer import TrainingTimer
from mnist_lab.errors import UsageError, reason_of
from mnist_lab.language import Language, say, speaking
from mnist_lab.pictures.score_numbers import NUMBERS, Moment, ScoreNumbers
from mnist_lab.pictures.showing import Drawn, Showing
from mnist_lab.runs.data_names import data_title

if TYPE_CHECKING:
    from mnist_lab.pictures.score_picture import ScorePicture

Split = Literal["test", "val"]


class ScoreCurves(Callback):
    """Draws a line a class over up to 20 samples of each class, in class order, and the accuracy as a red line.

    Works in any Trainer whose model turns inputs into one output a class ``(N, C)``:
    ``Trainer(callbacks=[ScoreCurves()])``. A picture is drawn before training, after every ``every_n_epochs`` epochs,
    and within epochs after every ``every_n_steps`` steps. Of one-dimensional data the x axis is the input itself.

    The samples are test samples, as in the course. They are looked at, no more: nothing is trained on them, and no
    epoch is chosen by them. ``split="val"`` draws validation samples instead.

    Drawing is no training time: it lies between steps, and a ``TrainingTimer`` stands still meanwhile. It changes no
    weight: the network is asked in evaluation mode, and no random number is drawn. Of several processes the first
    draws, and a ``fast_dev_run`` is not drawn. Nothing has to survive a restart: a run that goes on begins a new
    series.

    Attributes:
        folder: Where the files of the last series lie; None where there are none.
    """

    def __init__(
        self,
        every_n_epochs: int = 1,
        every_n_steps: int | None = None,
        samples_per_class: int = 20,
        to: list[Place] | None = None,
        folder: Path | str | None = None,
        split: Split = "test",
        language: Language = "en",
    ) -> None:
        """Check the arguments.

        Args:
            every_n_epochs: Draw after every so many epochs, and after the last.
            every_n_steps: In these epochs, draw after every so many optimizer steps as well, counted anew in each.
            samples_per_class: Most samples of a class.
            to: notebook, window, tensorboard, png, gif or mp4; null: the notebook or window that there is, and what the
                run's folder can hold.
            folder: Gets the files; one of that name is never written into, the next is called folder-2. null: the
                folder scores in the run's folder.
            split: Which samples are drawn, test or val.
            language: Of the pictures' text, en or ja.

        Raises:
            ValueError: An argument is outside what is allowed.
        """
        numbers = {"every_n_epochs": every_n_epochs, "samples_per_class": samples_per_class}
        numbers |= {} if every_n_steps is None else {"every_n_steps": every_n_steps}
        for name, number in numbers.items():
            if number < 1:
                raise ValueError(f"{name} is {number}; allowed: 1 or more")
        for name, value, kind in (("split", split, Split), ("language", language, Language)):
            if value not in get_args(kind):
                raise ValueError(f"{name} is {value!r}; allowed: {', '.join(get_args(kind))}")
        check_places(to)
        self.every_n_epochs = every_n_epochs
        self.every_n_steps = every_n_steps
        self.samples_per_class = samples_per_class
        self.to = to
        self.split: Split = split
        self.language: Language = language
        self.folder: Path | None = None
        self._named_folder = None if folder is None else Path(folder)
        self._places: list[Place] = []
        self._showings: dict[Place, Showing] = {}
        self._samples: ScoreSamples | None = None
        self._picture: ScorePicture | None = None
        self._numbers: ScoreNumbers | None = None
        self._title = ""
        self._draws = False
        self._epoch = 0
        self._epoch_began = 0
        self._seen_step = 0
        self._drawn_step: int | None = None

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Find out where the pictures go.

        Raises:
            UsageError: They cannot go where they are to go.
        """
        if stage != "fit":
            return
        # Asks all processes, so all of them have to ask.
        log_dir = trainer.log_dir if trainer.loggers else None
        self._showings, self._samples, self._picture, self.folder = {}, None, None, None
        self._drawn_step = self._numbers = None
        self._draws = trainer.is_global_zero and not trainer.fast_dev_run  # type: ignore[attr-defined]
        if not self._draws:
            return
        place = self._named_folder or (Path(log_dir) / FOLDER if log_dir else None)
        with speaking(self.language):
            self._places = choose_places(self.to, trainer, has_folder=place is not None)
            if place is not None and {"png", "gif", "mp4"} & set(self._places):
                self.folder = make_folder(place.parent, place.name)

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Take the samples, say where the pictures go, and draw the first one.

        Raises:
            UsageError: There are no such samples, or the network gives something else than one output a class.
        """
        self._epoch = trainer.current_epoch
        self._epoch_began = self._seen_step = trainer.global_step
        if not self._draws:
            return
        with self._untimed(trainer):
            self._begin(trainer, pl_module)
            began = trainer.global_step == 0
            self._draw(trainer, pl_module, Moment("before", 0, 0) if began else _after_epoch(trainer, self._epoch))

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Count steps anew."""
        self._epoch = trainer.current_epoch
        self._epoch_began = self._seen_step = trainer.global_step

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Draw where ``every_n_steps`` steps are over; the epoch's end is drawn by itself."""
        if self.every_n_steps is None or not self._is_drawn(self._epoch) or trainer.is_last_batch:
            return
        before, now = (step - self._epoch_began for step in (self._seen_step, trainer.global_step))
        self._seen_step = trainer.global_step
        if now // self.every_n_steps > before // self.every_n_steps:
            with self._untimed(trainer):
                self._draw(trainer, pl_module, Moment("within", self._epoch + 1, now))

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Draw after an epoch."""
        if self._is_drawn(self._epoch):
            with self._untimed(trainer):
                self._draw(trainer, pl_module, _after_epoch(trainer, self._epoch + 1))

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Draw the last epoch if it was not drawn, and make the films."""
        with self._untimed(trainer):
            self._draw(trainer, pl_module, _after_epoch(trainer, self._epoch + 1))
            self._close()

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Make the films of what was drawn: a training that was stopped has something to show as well."""
        with speaking(self.language):
            self._close()

    def _begin(self, trainer: Trainer, model: LightningModule) -> None:
        """Take the samples and make the figure."""
        from mnist_lab.pictures.score_picture import ScorePicture

        batches, taken = self._batches(trainer)
        split = {"test": say("test", "テストデータ"), "val": say("validation", "検証データ")}[taken]
        self._samples = take_samples(batches, self.samples_per_class)
        num_classes = outputs_of(trainer, model, self._samples.inputs[:1]).shape[1]
        datamodule = getattr(trainer, "datamodule", None)
        names = list(getattr(datamodule, "class_names", None) or [])
        names = names if len(names) == num_classes else [str(label) for label in range(num_classes)]
        scene = scene_of(self._samples, names, datamodule, split)
        self._picture = ScorePicture(scene, window="window" in self._places)
        self._numbers = None if self.folder is None else ScoreNumbers(self.folder / NUMBERS, scene)
        self._showings = showings_of(self._places, trainer, self.folder)
        self._title = _subject(model, datamodule)
        line = say(
            "Scores of {count} {split} samples, which are looked at and not learned from: {places}.",
            "{split} {count} 個のスコア（見るだけで、学習や選択には使いません）：{places}",
            count=len(self._samples.labels),
            split=split,
            places=named(self._places, self.folder),
        )
        few = too_few(self._samples.counts(num_classes), names, self.samples_per_class, split)
        for said in (line, few):
            if said:
                sys.stdout.write(f"{said}\n")
        sys.stdout.flush()

    def _batches(self, trainer: Trainer) -> tuple[Any, Split]:
        """Return batches of the split to be drawn, and which it is: without a datamodule, validation's.

        Raises:
            UsageError: There are none.
        """
        datamodule = getattr(trainer, "datamodule", None)
        if datamodule is not None:
            return getattr(datamodule, f"{self.split}_dataloader")(), self.split
        if trainer.val_dataloaders is None:
            raise UsageError(
                say(
                    "ScoreCurves: this training has neither a datamodule nor validation data, so there are no samples "
                    "to draw; give trainer.fit one of them.",
                    "ScoreCurves：データモジュールも検証データもないため、描くサンプルがありません。trainer.fit に"
                    "どちらかを渡してください。",
                )
            )
        return trainer.val_dataloaders, "val"

    def _draw(self, trainer: Trainer, model: LightningModule, moment: Moment) -> None:
        """Draw the network as it is now, once a step, and show it everywhere."""
        if self._picture is None or self._samples is None or self._drawn_step == trainer.global_step:
            return
        self._drawn_step = trainer.global_step
        samples = self._samples
        outputs = outputs_of(trainer, model, samples.inputs)
        right = (outputs.argmax(dim=1) == samples.labels).double().mean().item()
        drawn = outputs if samples.drawn_inputs is samples.inputs else outputs_of(trainer, model, samples.drawn_inputs)
        title = say(
            "{subject}, {when}: accuracy {right:.3f}",
            "{subject}、{when}：精度 {right:.3f}",
            subject=self._title,
            when=moment,
            right=right,
        )
        scores = drawn.double().numpy()
        self._picture.update(scores, right, title)
        self._write_numbers(moment, right, scores)
        picture = Drawn(self._picture.png(), trainer.global_step, title)
        for place, showing in list(self._showings.items()):
            self._or_leave_out(place, lambda shown=showing: shown.show(picture))

    def _write_numbers(self, moment: Moment, accuracy: float, scores: NDArray[np.float64]) -> None:
        if self._numbers is not None:
            try:
                self._numbers.add(moment, accuracy, scores)
            except OSError as error:
                self._numbers = None
                _say_left_out(NUMBERS, error)

    def _close(self) -> None:
        for place, showing in list(self._showings.items()):
            self._or_leave_out(place, showing.close)
        self._showings = {}

    def _or_leave_out(self, place: Place, action: Any) -> None:
        """Do it; where a file cannot be written, go on without that place: training matters more than its pictures."""
        try:
            action()
        except OSError as error:
            self._showings.pop(place, None)
            _say_left_out(place, error)

    def _is_drawn(self, epoch: int) -> bool:
        return (epoch + 1) % self.every_n_epochs == 0

    @contextmanager
    def _untimed(self, trainer: Trainer) -> Iterator[None]:
        """Speak the pictures' language, with every timer standing still."""
        with contextlib.ExitStack() as stack:
            for callback in trainer.callbacks:  # type: ignore[attr-defined]
                if isinstance(callback, TrainingTimer):
                    stack.enter_context(callback.paused())
            stack.enter_context(speaking(self.language))
            yield


def _say_left_out(place: str, error: OSError) -> None:
    sys.stderr.write(
        say(
            "Scores: {place} is left out from here on: {reason}.\n",
            "スコア：ここから先、{place} は省きます（{reason}）。\n",
            place=place,
            reason=reason_of(error),
        )
    )


def _after_epoch(trainer: Trainer, epochs: int) -> Moment:
    return Moment("after", epochs, trainer.global_step)


def _subject(model: LightningModule, datamodule: Any) -> str:
    """Return what the title names: the network, and the data where they have a name."""
    class_of_network: Any = getattr(model, "network_class", lambda: type(model))
    network = class_of_network()
    used = getattr(datamodule, "used_source", None)
    location = getattr(used, "path", None) or getattr(used, "root", None)
    name = getattr(datamodule, "dataset_name", None)
    data = None if name is None else data_title({"name": name, "location": location})
    return (
        network.__name__
        if data is None
        else say("{network} on {data}", "{data} を学習する {network}", network=network.__name__, data=data)
    )
