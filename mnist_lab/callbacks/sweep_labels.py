"""Names a run's sweep, trial and varied parameters in its record and in TensorBoard's HParams."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer

from mnist_lab.callbacks.run_recorder import RunRecorder
from mnist_lab.callbacks.tensorboard_pages import TensorBoardPages
from mnist_lab.runs.record import RunRecord


class SweepLabels(Callback):
    """Hands on which run of its sweep a run is to ``RunRecorder``, and its settings to ``TensorBoardPages``."""

    def __init__(
        self,
        swept_run: Mapping[str, Any],
        labels: Mapping[str, str | int | float],
        check: Callable[[RunRecord], None],
    ) -> None:
        """Take what is to be handed on.

        Args:
            swept_run: For the record: which run of which sweep it is.
            labels: Settings for HParams, name to value; those it shows already stay as they are.
            check: Called with the record before training begins; may refuse by an error.
        """
        self.check = check
        self.swept_run = dict(swept_run)
        self.labels = dict(labels)

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Hand them on, before record and settings are written."""
        for callback in trainer.callbacks:  # type: ignore[attr-defined]
            if isinstance(callback, RunRecorder):
                callback.record.sweep = self.swept_run
                self.check(callback.record)
            if isinstance(callback, TensorBoardPages):
                callback.settings = {**self.labels, **callback.settings}
