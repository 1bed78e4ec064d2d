"""A user's callback that slows the steps of one of several runs."""

from __future__ import annotations

import time

from lightning.pytorch import Callback, LightningModule, Trainer
from torch.optim import Optimizer


class SlowSteps(Callback):
    """Waits within each step, so that the wait counts as training time, when the validation split has a given size."""

    def __init__(self, val_samples: int) -> None:
        self.val_samples = val_samples

    def on_before_optimizer_step(self, trainer: Trainer, pl_module: LightningModule, optimizer: Optimizer) -> None:
        if len(trainer.datamodule.samples("val")) == self.val_samples:  # type: ignore[attr-defined]
            time.sleep(0.25)
