"""The bound of validation accuracy, who reaches it, and how it is written: with digits that show who falls short."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import say
from mnist_lab.reports.setting_names import point_label
from mnist_lab.sweeps.result import PointResult, best_of, margin_points

_ROUNDING = 1e-3
"""Of accuracies in per cent."""
_DIGITS = (2, 3, 4)


def needed_percent(points: Sequence[PointResult], within: float) -> float:
    """Return the validation accuracy in per cent that the smallest model must have.

    Args:
        points: Of the sweep.
        within: Percentage points that it may stay behind the best.
    """
    return 100 * best_of(points).val_accuracy - margin_points(points, within)


def reaches(entry: PointResult, needed: float) -> bool:
    """Return whether a point has a validation accuracy in per cent, to a thousandth: below there is only rounding."""
    return 100 * entry.val_accuracy >= needed - _ROUNDING


def bound_text(points: Sequence[PointResult], needed: float) -> tuple[str, str]:
    """Return a bound in per cent, and the nearest point that falls short of it where two decimals would hide that.

    The second text is empty where they show it.

    Args:
        points: Of the sweep.
        needed: The bound in per cent.
    """
    short = [entry for entry in points if not reaches(entry, needed)]
    if not short:
        return f"{needed:.{_DIGITS[0]}f} %", ""
    nearest = max(short, key=lambda entry: entry.val_accuracy)
    digits = next(
        (count for count in _DIGITS if _written(needed, count) > _written(100 * nearest.val_accuracy, count)),
        _DIGITS[-1],
    )
    bound = f"{needed:.{digits}f} %"
    if digits == _DIGITS[0]:
        return bound, ""
    return bound, say(
        "{name} falls short with {val} %",
        "{name} は {val} % で届かない",
        name=point_label(nearest),
        val=f"{100 * nearest.val_accuracy:.{digits}f}",
    )


def _written(percent: float, digits: int) -> float:
    return float(f"{percent:.{digits}f}")
