"""How many decimals a sweep's accuracies have: as many as the number of samples gives them; and that this is said."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import say
from mnist_lab.reports.numbering import cite
from mnist_lab.sweeps.result import PointResult

_FINE_POINTS = 0.05
"""What one sample may be worth, in percentage points, where a second decimal says something."""


def accuracy_decimals(points: Sequence[PointResult]) -> int:
    """Return two where each sample is worth little enough in validation and test, else one.

    Args:
        points: Of the sweep; where no record says how many samples there were, accuracies have one decimal.
    """
    sizes = [*_sizes(points, "val"), *_sizes(points, "test")]
    return 2 if sizes and all(size and 100 / size <= _FINE_POINTS for size in sizes) else 1


def digits_shown(points: Sequence[PointResult]) -> list[str]:
    """Return with how many digits times and accuracies are written, and why; nothing where N is not known.

    Args:
        points: Of the sweep, at least one.
    """
    val, test = (max((100 / size for size in _sizes(points, name) if size), default=0.0) for name in ("val", "test"))
    if not val or not test:
        return []
    said = say(
        "Accuracies have {decimals}, since one sample is worth {val} (validation) and {test} (test) percentage points, "
        "and times three significant digits.",
        "精度は、1 サンプルの差（検証で {val} ポイント、テストで {test} ポイント）に合わせて{decimals}まで、時間は"
        "有効数字 3 桁で示す。",
        decimals=say("two decimals", "小数第 2 位")
        if accuracy_decimals(points) == 2
        else say("one decimal", "小数第 1 位"),
        val=f"{val:.2g}",
        test=f"{test:.2g}",
    )
    if min(len(entry.runs) for entry in points) == 1:
        return [said]
    repeated = say(
        "Digits finer than the spread in {table} change with further repeats.",
        "{table} に示す繰り返しの広がりより細かい桁は、さらに繰り返すと変わる。",
        table=cite("points"),
    )
    return [said, repeated]


def _sizes(points: Sequence[PointResult], name: str) -> list[int | None]:
    """Return the number of samples of a split in each record."""
    records = [run.record for entry in points for run in entry.runs if run.record]
    return [(record["data"].get("split_sizes") or {}).get(name) for record in records]
