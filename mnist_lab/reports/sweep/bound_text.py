"""A bound of validation accuracy in words, with as many digits as it takes to see which points fall short of it."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import say
from mnist_lab.reports.setting_names import point_label
from mnist_lab.sweeps.result import PointResult

_ROUNDING = 1e-3
"""Of accuracies in per cent."""
_DIGITS = (2, 3, 4)


def bound_text(points: Sequence[PointResult], needed: float) -> tuple[str, str]:
    """Return a bound in per cent, and the nearest point that falls short of it where two decimals would hide that.

    The second text is empty where they show it.

    Args:
        points: Of the sweep.
        needed: The bound in per cent.
    """
    short = [entry for entry in points if 100 * entry.val_accuracy < needed - _ROUNDING]
    nearest = max(short, key=lambda entry: entry.val_accuracy, default=None)
    if nearest is None or _written(needed, 2) > _written(100 * nearest.val_accuracy, 2):
        return f"{needed:.2f} %", ""
    digits = next(
        (count for count in _DIGITS if _written(needed, count) > _written(100 * nearest.val_accuracy, count)),
        _DIGITS[-1],
    )
    return f"{needed:.{digits}f} %", say(
        "{name} falls short with {val} %",
        "{name} は {val} % で届かない",
        name=point_label(nearest),
        val=f"{100 * nearest.val_accuracy:.{digits}f}",
    )


def _written(percent: float, digits: int) -> float:
    return float(f"{percent:.{digits}f}")
