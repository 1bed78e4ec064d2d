"""Names a run's sweep in its record, and its varied parameters in TensorBoard's HParams before all others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer

from mnist_lab.callbacks.run_recorder import RunRecorder
from mnist_lab.callbacks.tensorboard_pages import TensorBoardPages
from mnist_lab.runs.record import RunRecord


class SweepLabels(Callback):
    """Hands on which run of its sweep a run is to ``RunRecorder``, and what it varies to ``TensorBoardPages``."""

    def __init__(
        self,
        swept_run: Mapping[str, Any],
        labels: Mapping[str, str],
        check: Callable[[RunRecord], None],
    ) -> None:
        """Take what is to be handed on.

        Args:
            swept_run: For the record: which run of which sweep it is.
            labels: For HParams: what is shown of each varied setting, by its name; it comes before all others.
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
                shown = callback.settings.get("settings", {})
                others = {name: text for name, text in shown.items() if name not in self.labels}
                callback.settings["settings"] = {**self.labels, **others}
