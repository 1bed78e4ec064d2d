"""A user's callback that ends training in ways that only real hardware or real mistakes bring about."""

from __future__ import annotations

from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer


class FailsAt(Callback):
    """Raises in the second step."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        if trainer.limit_train_batches == 20 or trainer.global_step == 0:
            return
        if self.kind == "memory":
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        if self.kind == "bug":
            raise RuntimeError("shapes do not match\nsecond line")
        if self.kind == "stop":
            raise KeyboardInterrupt
