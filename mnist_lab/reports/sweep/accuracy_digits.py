"""What a sweep's report says of the digits of its numbers."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import say
from mnist_lab.reports.numbering import cite
from mnist_lab.sweeps.result import PointResult
from mnist_lab.sweeps.shown_digits import accuracy_decimals, samples


def digits_shown(points: Sequence[PointResult]) -> list[str]:
    """Return with how many digits times and accuracies are written, and why; nothing where N is not known.

    Args:
        points: Of the sweep, at least one.
    """
    val, test = (max((100 / size for size in samples(points, name) if size), default=0.0) for name in ("val", "test"))
    if not val or not test:
        return []
    said = say(
        "Accuracies have {decimals}, since one sample is worth {val} (validation) and {test} (test) percentage points, "
        "times three significant digits, and ratios two (three between repeats of the same).",
        "精度は、1 サンプルの差（検証で {val} ポイント、テストで {test} ポイント）に合わせて{decimals}まで、時間は"
        "有効数字 3 桁で、比は 2 桁（繰り返しどうしの比は 3 桁）で示す。",
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
