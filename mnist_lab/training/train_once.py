"""One training among several in one process: what ``compare`` and ``sweep`` repeat."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from lightning.pytorch import Callback, LightningModule, Trainer

from mnist_lab.errors import DivergedError
from mnist_lab.gpu import is_out_of_memory
from mnist_lab.runs.record import RunRecord, read_record
from mnist_lab.training.fit import FitCLI


@dataclass(frozen=True)
class Trial:
    """A training that has ended, one way or another."""

    folder: Path
    """The run's folder under the log directory."""
    record: RunRecord
    """As it lies in the folder; ``status`` tells how the run ended."""


def run_trial(args: Sequence[str], callbacks: Sequence[Callback] = ()) -> Trial:
    """Train once, as ``lightning fit`` does, without a word on the terminal.

    A run that diverges or runs out of CUDA memory is a result like any other; its record says so.

    Args:
        args: What stands behind ``fit``, configs already resolved to paths.
        callbacks: More callbacks, such as one that reports each epoch.

    Raises:
        MnistLabError: The arguments make no sense, or the data cannot be had; nothing was trained.
    """
    place = _Place()
    try:
        FitCLI(args, callbacks=[*callbacks, place], quiet=True)
    except Exception as error:
        if place.folder is None or not (isinstance(error, DivergedError) or is_out_of_memory(error)):
            raise
    finally:
        gc.collect()
        if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
            torch.cuda.empty_cache()
    assert place.folder is not None, "trials need a logger"
    return Trial(place.folder, read_record(place.folder))


class _Place(Callback):
    """Notes where the run's folder is."""

    folder: Path | None = None

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        self.folder = Path(trainer.log_dir) if trainer.log_dir else None
