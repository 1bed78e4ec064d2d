"""A user's callback that notes how much memory the process takes after each epoch."""

from __future__ import annotations

import os
from pathlib import Path

from lightning.pytorch import Callback, LightningModule, Trainer

STATM = Path("/proc/self/statm")


class MemoryNotes(Callback):
    """Appends the resident memory in bytes to a file, a line an epoch."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        resident_bytes = int(STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
        with self.path.open("a", encoding="ascii") as file:
            file.write(f"{resident_bytes}\n")
