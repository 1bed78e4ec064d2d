"""Names a run's sweep, trial and varied parameters in TensorBoard's HParams."""

from __future__ import annotations

from collections.abc import Mapping

from lightning.pytorch import Callback, LightningModule, Trainer

from mnist_lab.callbacks.tensorboard_pages import TensorBoardPages


class SweepLabels(Callback):
    """Adds settings to those that ``TensorBoardPages`` shows; those it shows already stay as they are."""

    def __init__(self, labels: Mapping[str, str | int | float]) -> None:
        """Take the settings to add.

        Args:
            labels: Name to value.
        """
        self.labels = dict(labels)

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Hand them on, before the run's settings are written."""
        for callback in trainer.callbacks:  # type: ignore[attr-defined]
            if isinstance(callback, TensorBoardPages):
                callback.settings = {**self.labels, **callback.settings}
