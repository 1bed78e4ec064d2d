"""Scores drawn while a network learns: when, of which samples, outside the clock, without a trace in the weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from lightning.pytorch import Callback, LightningModule, Trainer, seed_everything
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from mnist_lab.callbacks import ScoreCurves, TrainingTimer
from mnist_lab.data import ClassificationDataModule, CSVTable, Digits
from mnist_lab.errors import UsageError
from mnist_lab.models import CNN
from mnist_lab.pictures.score_picture import Scene, ScorePicture
from mnist_lab.pictures.showing import Drawn
from mnist_lab.training.fit import fit
from tests.callbacks.fake_clock import Clock
from tests.callbacks.test_training_timer import Timed
from tests.small_run import STEPS, interval_data, perceptron, quiet_trainer


class Noting:
    """A place that notes what it is shown."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.titles: list[str] = []
        self.closed = 0

    def show(self, drawn: Drawn) -> None:
        self.steps.append(drawn.step)
        self.titles.append(drawn.title)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Noting:
    """The only place that pictures go to; they are not made into pixels."""
    noting = Noting()
    monkeypatch.setattr("mnist_lab.callbacks.score_curves.choose_places", lambda *_, **__: ["png"])
    monkeypatch.setattr("mnist_lab.callbacks.score_curves.showings_of", lambda *_: {"png": noting})
    monkeypatch.setattr(ScorePicture, "png", lambda self: b"")
    return noting


@pytest.mark.parametrize(
    ("settings", "steps"),
    [
        ({}, [0, 9, 18, 27]),
        ({"every_n_epochs": 2}, [0, 18, 27]),
        ({"every_n_steps": 4}, [0, 4, 8, 9, 13, 17, 18, 22, 26, 27]),
        ({"every_n_steps": 9}, [0, 9, 18, 27]),
        ({"every_n_steps": 100}, [0, 9, 18, 27]),
        ({"every_n_steps": 4, "every_n_epochs": 2}, [0, 13, 17, 18, 27]),
    ],
)
@pytest.mark.parametrize("at_once", [1, 3, 50])
def test_pictures_come_when_asked_for_in_blocks_and_without(
    settings: dict[str, Any], steps: list[int], at_once: int, place: Noting, tmp_path: Path
) -> None:
    trainer = quiet_trainer(tmp_path, callbacks=[TrainingTimer(), ScoreCurves(**settings)], max_epochs=3)
    fit(trainer, perceptron(), interval_data(), steps_per_execution=at_once, run_folder=False, quiet=True)
    assert trainer.global_step == 3 * STEPS
    assert place.steps == steps
    assert place.closed == 1


def test_titles_say_when(place: Noting, tmp_path: Path) -> None:
    quiet_trainer(tmp_path, callbacks=[ScoreCurves(every_n_steps=5)]).fit(perceptron(), interval_data())
    moments = [title.partition(": accuracy ")[0] for title in place.titles]
    assert moments == [
        "Perceptron on Intervals, before training",
        "Perceptron on Intervals, epoch 1, step 5",
        "Perceptron on Intervals, after epoch 1 (step 9)",
        "Perceptron on Intervals, epoch 2, step 5",
        "Perceptron on Intervals, after epoch 2 (step 18)",
    ]


def test_japanese_is_spoken_in_pictures_and_nowhere_else(
    place: Noting, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    quiet_trainer(tmp_path, callbacks=[ScoreCurves(language="ja")], max_epochs=1).fit(perceptron(), interval_data())
    assert place.titles[1].startswith("Intervals を学習する Perceptron、エポック 1 の後（9 ステップ）：精度 ")
    assert capsys.readouterr().out.startswith("テストデータ ")


@pytest.mark.parametrize("at_once", [1, 3])
@pytest.mark.parametrize("timer_first", [True, False])
def test_drawing_is_no_training_time(
    at_once: int, timer_first: bool, place: Noting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(ScorePicture, "update", lambda *_: clock.pass_by())
    monkeypatch.setattr(Timed, "step_output", slow_step(clock))
    monkeypatch.delattr(Timed, "training_step")
    monkeypatch.delattr(Timed, "on_train_batch_end")
    timer, scores = TrainingTimer(clock), ScoreCurves(every_n_steps=2)
    callbacks: list[Callback] = [timer, scores] if timer_first else [scores, timer]
    trainer = quiet_trainer(tmp_path, callbacks=callbacks)
    fit(trainer, Timed.by(clock), interval_data(), steps_per_execution=at_once, run_folder=False, quiet=True)
    assert place.steps == [0, 2, 4, 6, 8, 9, 11, 13, 15, 17, 18]
    assert timer.train_s == 2 * STEPS
    assert timer.wall_s > len(place.steps) * 1000


def slow_step(clock: Clock) -> Any:
    from mnist_lab.models import Classifier

    def step_output(self: Any, batch: Any) -> Any:
        clock.pass_by(1.0)
        return Classifier.step_output(self, batch)

    return step_output


@pytest.mark.parametrize("at_once", [1, 4])
def test_weights_are_those_of_a_training_nobody_watched(at_once: int, place: Noting, tmp_path: Path) -> None:
    data = {"batch_size": 64, "val_fraction": 0.2}
    weights = []
    for callbacks in ([], [ScoreCurves(every_n_steps=3)]):
        seed_everything(0, verbose=False)
        model = CNN((1, 28, 28), 10, channels=(2,), hidden=(8,), dropout=0.3, conv_dropout=0.2)
        trainer = quiet_trainer(tmp_path, callbacks=callbacks, max_epochs=1)
        digits = ClassificationDataModule(Digits(), **data)  # type: ignore[arg-type]
        fit(trainer, model, digits, steps_per_execution=at_once, run_folder=False, quiet=True)
        weights.append([parameter.detach() for parameter in model.parameters()])
    assert len(place.steps) > 6
    for one, other in zip(*weights, strict=True):
        assert torch.equal(one, other)


@pytest.mark.filterwarnings("ignore:Found 1 module.* in eval mode at the start of training")
def test_modules_are_left_in_the_mode_they_were_in(place: Noting, tmp_path: Path) -> None:
    class Frozen(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(1, 10)
            self.frozen = nn.BatchNorm1d(10).eval()

        def forward(self, inputs: Tensor) -> Tensor:
            modes.append((self.training, self.frozen.training))
            outputs: Tensor = self.frozen(self.layer(inputs))
            return outputs

    modes: list[tuple[bool, bool]] = []
    model = perceptron()
    model.network = Frozen()
    run = quiet_trainer(tmp_path, callbacks=[ScoreCurves()], max_epochs=1, limit_val_batches=0)
    run.fit(model, interval_data())
    drawn = 3  # the number of outputs, the samples, the axis
    assert modes[:drawn] == [(False, False)] * drawn
    assert modes[drawn : drawn + STEPS] == [(True, False)] * STEPS


def scene_and_scores(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: ClassificationDataModule, model: LightningModule
) -> tuple[Scene, NDArray[np.float64]]:
    """Train for an epoch and return what the last picture was made of."""
    scenes: list[Scene] = []
    scores: list[NDArray[np.float64]] = []
    make = ScorePicture.__init__

    def init(self: ScorePicture, scene: Scene, *, window: bool = False) -> None:
        scenes.append(scene)
        make(self, scene, window=window)

    monkeypatch.setattr(ScorePicture, "__init__", init)
    monkeypatch.setattr(ScorePicture, "update", lambda self, drawn, *_: scores.append(drawn))
    quiet_trainer(tmp_path, callbacks=[ScoreCurves()], max_epochs=1).fit(model, data)
    (scene,) = scenes
    return scene, scores[-1]


@pytest.mark.usefixtures("place")
def test_pictures_are_of_20_test_samples_of_each_class_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = ClassificationDataModule(Digits())
    model = CNN((1, 28, 28), 10, channels=(2,), hidden=(8,))
    scene, scores = scene_and_scores(monkeypatch, tmp_path, data, model)
    test = data.samples("test")
    chosen = torch.cat([(test.labels == digit).nonzero().flatten()[:20] for digit in range(10)])
    inputs = data.standardisation.apply(test.take(chosen).inputs)
    with torch.no_grad():
        expected = model.eval()(inputs)
    assert scores.shape == (200, 10)
    assert np.allclose(scores, expected.numpy(), atol=1e-5)
    assert scene.x_label == "test samples in class order, up to 20 of each class"
    assert [band.end for band in scene.bands] == [20 * place - 0.5 for place in range(1, 11)]
    assert (scene.caption, scene.is_measured) == (None, False)


@pytest.mark.usefixtures("place")
def test_one_number_in_is_drawn_over_the_number_as_it_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = interval_data()
    scene, scores = scene_and_scores(monkeypatch, tmp_path, data, perceptron())
    test = data.samples("test")
    assert scene.positions[[0, -1]] == pytest.approx([float(test.inputs.min()), float(test.inputs.max())], abs=1e-4)
    assert scores.shape == (len(scene.positions), 10)
    assert [band.label for band in scene.bands] == list(range(10))
    assert scene.is_measured
    assert scene.caption is not None
    for label, values in enumerate(scene.marks):
        own = test.inputs[test.labels == label].flatten()[:20]
        assert sorted(values) == pytest.approx(sorted(own.tolist()), abs=1e-4)


@pytest.mark.usefixtures("place")
def test_fewer_samples_than_wanted_are_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = ClassificationDataModule(CSVTable("data/animals.csv", "animal"), batch_size=16)
    model = perceptron().__class__(data.input_shape, data.num_classes)
    quiet_trainer(tmp_path, callbacks=[ScoreCurves()], max_epochs=1).fit(model, data)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("Scores of 48 test samples, which are looked at and not learned from: ")
    assert second == (
        "Scores: fewer than 20 test samples of イヌ (16), キジ (16) and サル (16); those that there are are drawn."
    )


def loader(split: int) -> DataLoader[Any]:
    generator = torch.Generator().manual_seed(split)
    labels = torch.arange(60) % 3
    return DataLoader(TensorDataset(torch.randn(60, 4, generator=generator), labels), batch_size=20)


@pytest.mark.filterwarnings("ignore:The '(train|val)_dataloader' does not have many workers")
@pytest.mark.filterwarnings("ignore:You defined a `validation_step` but have no `val_dataloader`")
def test_without_a_datamodule_validation_samples_are_drawn_and_told(
    place: Noting, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = perceptron().__class__((4,), 3)
    quiet_trainer(tmp_path, callbacks=[ScoreCurves()], max_epochs=1).fit(model, loader(0), loader(1))
    assert place.steps == [0, 3]
    assert capsys.readouterr().out.startswith("Scores of 60 validation samples")
    with pytest.raises(UsageError, match="neither a datamodule nor validation data"):
        quiet_trainer(tmp_path, callbacks=[ScoreCurves()], limit_val_batches=0).fit(model, loader(0))


@pytest.mark.usefixtures("place")
def test_network_without_one_output_a_class_is_refused(tmp_path: Path) -> None:
    class Flat(perceptron().__class__):  # type: ignore[misc]
        def forward(self, inputs: Tensor) -> Tensor:
            outputs: Tensor = super().forward(inputs)
            return outputs if self.training else outputs.flatten()

    run = quiet_trainer(tmp_path, callbacks=[ScoreCurves()], num_sanity_val_steps=0)
    with pytest.raises(UsageError, match=r"Flat gives \(10,\) for 1 samples"):
        run.fit(Flat((1,), 10), interval_data())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"every_n_epochs": 0}, "every_n_epochs is 0; allowed: 1 or more"),
        ({"every_n_steps": 0}, "every_n_steps is 0"),
        ({"samples_per_class": -1}, "samples_per_class is -1"),
        ({"split": "train"}, "split is 'train'; allowed: test, val"),
        ({"language": "fr"}, "language is 'fr'; allowed: en, ja"),
        ({"to": ["jpg"]}, r"to: \['jpg'\] must name one or more of notebook, window"),
        ({"to": []}, "must name one or more"),
    ],
)
def test_arguments_are_checked(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ScoreCurves(**arguments)


def test_stopped_training_keeps_what_was_drawn(place: Noting, tmp_path: Path) -> None:
    class Stopping(Callback):
        def on_train_batch_end(self, trainer: Trainer, *_: Any) -> None:
            if trainer.global_step == 12:
                raise KeyboardInterrupt

    with pytest.raises((KeyboardInterrupt, SystemExit)):
        quiet_trainer(tmp_path, callbacks=[ScoreCurves(), Stopping()]).fit(perceptron(), interval_data())
    assert (place.steps, place.closed) == ([0, 9], 1)


def test_place_that_fails_is_left_out_and_training_goes_on(
    place: Noting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(self: Noting, drawn: Drawn) -> None:
        self.steps.append(drawn.step)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Noting, "show", full)
    run = quiet_trainer(tmp_path, callbacks=[ScoreCurves()])
    run.fit(perceptron(), interval_data())
    assert (run.global_step, place.steps) == (2 * STEPS, [0])
    assert capsys.readouterr().err == "Scores: png is left out from here on: No space left on device.\n"


def test_testing_draws_nothing(place: Noting, tmp_path: Path) -> None:
    run = quiet_trainer(tmp_path, callbacks=[ScoreCurves()])
    run.test(perceptron(), interval_data(), verbose=False)
    assert place.steps == []
