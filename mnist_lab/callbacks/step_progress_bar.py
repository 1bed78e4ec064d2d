"""The progress bar: it counts batches, also where several are trained on in one call."""

from __future__ import annotations

from typing import Any

from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import RichProgressBar

REDRAWS_PER_S = 5  # Lightning's default of 100 takes time from training


class StepProgressBar(RichProgressBar):
    """Lightning's rich bar with the number of batches as its length.

    A dataloader that hands out blocks has ``num_batches`` an epoch and ``batches_per_block``.
    """

    def __init__(self) -> None:
        """Redraw a few times a second."""
        super().__init__(refresh_rate=REDRAWS_PER_S)

    def get_metrics(self, trainer: Trainer, pl_module: LightningModule) -> dict[str, Any]:
        """Return the scores shown beside the bar; the run's folder is no score."""
        metrics: dict[str, Any] = super().get_metrics(trainer, pl_module)
        metrics.pop("v_num", None)
        return metrics

    @property
    def total_train_batches(self) -> int | float:
        """Batches an epoch."""
        batches: int | float = getattr(self.trainer.train_dataloader, "num_batches", super().total_train_batches)
        return batches

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Move the bar to the last batch that was trained on."""
        done = (batch_idx + 1) * getattr(trainer.train_dataloader, "batches_per_block", 1)
        last_idx = int(min(done, self.total_train_batches)) - 1
        super().on_train_batch_end(trainer, pl_module, outputs, batch, last_idx)
