"""TensorBoard's logger of a run, without what is no news there, and which of a trainer's loggers are TensorBoard's."""

from __future__ import annotations

from collections.abc import Mapping

from lightning.pytorch import Trainer
from lightning.pytorch.loggers import TensorBoardLogger


class RunLogger(TensorBoardLogger):
    """Leaves out ``epoch``, which Lightning adds to all that is logged: a card of its own, the second on the page."""

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Log values at a step.

        Args:
            metrics: Tag to value.
            step: Optimizer steps so far, or what the axis counts.
        """
        super().log_metrics({tag: value for tag, value in metrics.items() if tag != "epoch"}, step)


def tensorboards(trainer: Trainer) -> list[TensorBoardLogger]:
    """Return the trainer's loggers that write for TensorBoard; of several processes, the first one's."""
    if not trainer.is_global_zero:
        return []
    return [logger for logger in trainer.loggers if isinstance(logger, TensorBoardLogger)]
