"""The progress bar: it counts epochs from 1 and batches, also where several are trained on in one call."""

from __future__ import annotations

from typing import Any

from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import RichProgressBar
from lightning.pytorch.callbacks.progress.rich_progress import RichProgressBarTheme
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Column
from rich.text import Text

from mnist_lab.language import say
from mnist_lab.seams.lightning_seam import batches_per_call

REDRAWS_PER_S = 5  # Lightning's default of 100 takes time from training
# With what stands beside it, the line stays under 80 columns: what is longer breaks, and leaves a second bar behind.
_BAR_COLUMNS = 12


class RateColumn(ProgressColumn):
    """Batches a second since the bar began.

    Rich's own rate is of the last updates, of which a short epoch has too few: it would end at ``0.00it/s``.
    """

    def __init__(self) -> None:
        """Stay on one line."""
        super().__init__(Column(no_wrap=True))

    def render(self, task: Task) -> Text:
        """Return the rate; nothing where nothing is done yet."""
        passed_s = task.finished_time or task.elapsed
        if not task.completed or not passed_s:
            return Text("")
        rate = task.completed / passed_s
        return Text(f"{rate:,.0f} it/s" if rate >= 10 else f"{rate:.1f} it/s", style="dim")


class StepProgressBar(RichProgressBar):
    """Lightning's rich bar with the number of batches as its length.

    A dataloader that hands out blocks has ``num_batches`` an epoch, and ``block_ends`` tells how many are over.
    """

    def __init__(self) -> None:
        """Redraw a few times a second."""
        super().__init__(refresh_rate=REDRAWS_PER_S, theme=RichProgressBarTheme(metrics_text_delimiter="\n"))
        self._scores: dict[str, Any] | None = None

    @property
    def sanity_check_description(self) -> str:
        """What the bar of the batches before the training is called."""
        return say("Sanity check", "動作確認")

    @property
    def validation_description(self) -> str:
        """What the bar of a validation is called."""
        return say("Validation", "検証")

    @property
    def test_description(self) -> str:
        """What the bar of a test is called."""
        return say("Test", "テスト")

    @property
    def predict_description(self) -> str:
        """What the bar of a prediction is called."""
        return say("Prediction", "予測")

    def configure_columns(self, trainer: Trainer) -> list[ProgressColumn]:
        """Return what stands in the line before the scores; the time is what is left, and in the end what it took."""
        return [
            TextColumn("{task.description}"),
            BarColumn(bar_width=_BAR_COLUMNS),
            MofNCompleteColumn(table_column=Column(no_wrap=True)),
            TimeRemainingColumn(compact=True, elapsed_when_finished=True, table_column=Column(no_wrap=True)),
            RateColumn(),
        ]

    def get_metrics(self, trainer: Trainer, pl_module: LightningModule) -> dict[str, Any]:
        """Return the scores shown beside the bar; the run's folder is no score.

        Between validations of a run in blocks they do not change, and to read them would be to wait for the GPU.
        """
        if self._scores is None or batches_per_call(trainer) == 1:
            self._scores = super().get_metrics(trainer, pl_module)
            self._scores.pop("v_num", None)
        return self._scores

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Forget the scores of the sanity check, as Lightning does."""
        self._scores = None
        super().on_train_start(trainer, pl_module)

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Begin the epoch's bar."""
        super().on_train_epoch_start(trainer, pl_module)
        self._name_epoch(trainer)

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Read the new scores when they are next shown."""
        self._scores = None
        super().on_validation_end(trainer, pl_module)

    @property
    def total_train_batches(self) -> int | float:
        """Batches an epoch."""
        batches: int | float = getattr(self.trainer.train_dataloader, "num_batches", super().total_train_batches)
        return batches

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Move the bar to the last batch that was trained on."""
        block_ends: list[int] | None = getattr(trainer.train_dataloader, "block_ends", None)
        done = batch_idx + 1 if block_ends is None else block_ends[min(batch_idx, len(block_ends) - 1)]
        begins_here = self.train_progress_bar_id is None  # a run that goes on amid an epoch
        super().on_train_batch_end(trainer, pl_module, outputs, batch, done - 1)
        if begins_here:
            self._name_epoch(trainer)

    def _name_epoch(self, trainer: Trainer) -> None:
        """Call the bar ``Epoch 1/5`` to ``Epoch 5/5``; Lightning counts from 0 to 4."""
        if self.progress is None or self.train_progress_bar_id is None:
            return
        number, most = trainer.current_epoch + 1, trainer.max_epochs
        shown = str(number) if most is None or most < 0 else f"{number}/{most}"
        self.progress.update(
            self.train_progress_bar_id, description=say("Epoch {number}", "エポック {number}", number=shown)
        )
