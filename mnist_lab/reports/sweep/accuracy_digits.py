"""How many decimals a sweep's accuracies have: as many as the number of samples gives them."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.sweeps.result import PointResult

_FINE_POINTS = 0.05
"""What one sample may be worth, in percentage points, where a second decimal says something."""


def accuracy_decimals(points: Sequence[PointResult]) -> int:
    """Return two where each sample is worth little enough in validation and test, else one.

    Args:
        points: Of the sweep; where no record says how many samples there were, accuracies have one decimal.
    """
    records = [run.record for entry in points for run in entry.runs if run.record]
    sizes = [(record["data"].get("split_sizes") or {}).get(name) for record in records for name in ("val", "test")]
    return 2 if sizes and all(size and 100 / size <= _FINE_POINTS for size in sizes) else 1
