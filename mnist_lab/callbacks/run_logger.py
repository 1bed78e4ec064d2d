"""TensorBoard's logger of a run, without what is no news there."""

from __future__ import annotations

from collections.abc import Mapping

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
