"""A user's callback that notes, for each process, which samples each epoch trained on."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer


def name_of(sample: torch.Tensor) -> str:
    """Return a name for a sample by its content."""
    return hashlib.sha256(sample.detach().cpu().contiguous().numpy().tobytes()).hexdigest()[:16]


class NotingSamples(Callback):
    """Appends the names of a batch's samples to ``<epoch>-<rank>.txt``; the process's id stands in ``<rank>.pid``."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        inputs, _ = batch
        with (self.folder / f"{trainer.current_epoch}-{trainer.global_rank}.txt").open("a", encoding="utf-8") as file:
            file.writelines(f"{name_of(sample)}\n" for sample in inputs)
        (self.folder / f"{trainer.global_rank}.pid").write_text(str(os.getpid()), encoding="utf-8")
