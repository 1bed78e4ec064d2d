"""What a heat map shows, read along its rows and its columns."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from mnist_lab.language import say
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.setting_names import varied_name
from mnist_lab.reports.sweep.first_times import as_first_measured, at_first, in_brackets
from mnist_lab.reports.sweep.value_steps import times_count
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.result import PointResult
from mnist_lab.sweeps.shown_digits import accuracy_decimals

_Line = list[list[PointResult]]
"""The points of each cell of one row or column."""


def heat_map_sentence(entries: Sequence[PointResult], across: str, down: str, figure: str) -> str:
    """Return how far time and accuracy lie apart within a row and within a column.

    Args:
        entries: Points of one base.
        across: Option on the x axis.
        down: Option on the y axis.
        figure: File name, without an ending, of the heat map.
    """
    rows, columns = _lines(entries, down, across), _lines(entries, across, down)
    if not rows or not columns:
        return ""
    decimals, times = accuracy_decimals(entries), times_count(entries)
    return say(
        "Within a row of {figure}, where the {down} is the same, {rows}. Within a column, where the {across} is the "
        "same, {columns}.",
        "{figure} の同じ行（{down}が同じ設定）の中では、{rows}である。同じ列（{across}が同じ設定）の中では、"
        "{columns}である。",
        figure=cite(figure),
        down=varied_name(down, entries),
        across=varied_name(across, entries),
        rows=_apart(rows, decimals, times=times, first=True),
        columns=_apart(columns, decimals, times=times, first=False),
    )


def _lines(entries: Sequence[PointResult], fixed: str, varied: str) -> list[_Line]:
    """Return the lines of two cells or more on which one option is the same."""
    cells: dict[str, dict[str, list[PointResult]]] = {}
    for entry in entries:
        line = cells.setdefault(str(entry.point.values[fixed]), {})
        line.setdefault(str(entry.point.values[varied]), []).append(entry)
    return [list(line.values()) for line in cells.values() if len(line) > 1]


def _apart(lines: Sequence[_Line], decimals: int, *, times: bool, first: bool) -> str:
    """Say how far the cells of a line lie apart, over all lines."""
    spans = []
    for line in lines:
        scores = [100 * fmean(entry.test_accuracy for entry in cell) for cell in line]
        spans.append(max(scores) - min(scores))
    low, high = f"{min(spans):.{decimals}f}", f"{max(spans):.{decimals}f}"
    points = low if low == high else say("{low} to {high}", "{low} ポイントから {high}", low=low, high=high)
    if not times:
        return say(
            "the test accuracies lie up to {points} percentage points apart",
            "テスト精度の最大値と最小値の差は {points} ポイント",
            points=points,
        )
    ratio = _ratio(lines)
    before = _ratio([[as_first_measured(cell) for cell in line] for line in lines])
    again = in_brackets(at_first(ratio, before, [[entry for cell in line for entry in cell] for line in lines]))
    if first:
        return say(
            "the longest training time is {ratio} the shortest{again}, and the highest and the lowest test accuracy "
            "lie {points} percentage points apart",
            "学習時間の最大値は最小値の {ratio}{again}、テスト精度の最大値と最小値の差は {points} ポイント",
            ratio=ratio,
            again=again,
            points=points,
        )
    return say(
        "these are {ratio}{again} and {points} percentage points",
        "それぞれ {ratio}{again}、{points} ポイント",
        ratio=ratio,
        again=again,
        points=points,
    )


def _ratio(lines: Sequence[_Line]) -> str:
    """Return how many times the shortest training time of a line the longest one is, over all lines."""
    ratios = []
    for line in lines:
        times_s = [fmean(entry.train_s for entry in cell) for cell in line]
        ratios.append(max(times_s) / min(times_s) if min(times_s) else 1.0)
    least, most = significant(min(ratios), 2), significant(max(ratios), 2)
    if least == most:
        return say("{most} times", "{most} 倍", most=most)
    return say("{least} to {most} times", "{least} 倍から {most} 倍", least=least, most=most)
