"""A callback that notes what its batch hooks see."""

from __future__ import annotations

from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer


class BlockWatcher(Callback):
    """Added after the steps were grouped, so it sees blocks."""

    def __init__(self) -> None:
        self.blocks: list[int] = []
        self.global_steps: list[int] = []
        self.samples = 0

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        self.blocks.append(batch.num_batches)
        self.global_steps.append(trainer.global_step)
        self.samples += len(batch)
