"""The progress bar: it counts batches, also where several are trained on in one call."""

from __future__ import annotations

from typing import Any

from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import RichProgressBar

from mnist_lab.seams.lightning_seam import batches_per_call

REDRAWS_PER_S = 5  # Lightning's default of 100 takes time from training


class StepProgressBar(RichProgressBar):
    """Lightning's rich bar with the number of batches as its length.

    A dataloader that hands out blocks has ``num_batches`` an epoch, and ``block_ends`` tells how many are over.
    """

    def __init__(self) -> None:
        """Redraw a few times a second."""
        super().__init__(refresh_rate=REDRAWS_PER_S)
        self._scores: dict[str, Any] | None = None

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
        super().on_train_batch_end(trainer, pl_module, outputs, batch, done - 1)
