"""With how many digits a sweep's results are shown, and so are told apart where one is ranked before another."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.result import PointResult

_FINE_POINTS = 0.05
"""What one sample may be worth, in percentage points, where a second decimal says something."""


def accuracy_decimals(points: Sequence[PointResult]) -> int:
    """Return two where each sample is worth little enough in validation and test, else one.

    Args:
        points: Of the sweep; where no record says how many samples there were, accuracies have one decimal.
    """
    sizes = [*samples(points, "val"), *samples(points, "test")]
    return 2 if sizes and all(size and 100 / size <= _FINE_POINTS for size in sizes) else 1


def samples(points: Sequence[PointResult], split: str) -> list[int | None]:
    """Return the number of samples of a split in each record."""
    records = [run.record for entry in points for run in entry.runs if run.record]
    return [(record["data"].get("split_sizes") or {}).get(split) for record in records]


def pareto_front(points: Sequence[PointResult]) -> list[PointResult]:
    """Return the points that no other beats: none has at most their parameters and time, at least their accuracy.

    Times and accuracies count as they are shown: of two that a table writes alike, neither is better.
    """
    decimals = accuracy_decimals(points)
    costs = [
        (
            entry.parameters,
            float(significant(entry.train_s).replace(",", "")),
            -round(100 * entry.val_accuracy, decimals),
        )
        for entry in points
    ]

    def beats(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
        """Say whether one point is nowhere worse than the other, and somewhere better."""
        return one != other and all(a <= b for a, b in zip(one, other, strict=True))

    return [entry for entry, own in zip(points, costs, strict=True) if not any(beats(other, own) for other in costs)]
