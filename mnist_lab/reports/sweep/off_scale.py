"""Points far less accurate than the others: in a band below the axis, with their numbers, so that they press none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator

from mnist_lab.language import say
from mnist_lab.reports.style import PANEL_PT, GroupStyle
from mnist_lab.reports.sweep.marks import draw_around
from mnist_lab.reports.words import word
from mnist_lab.sweeps.result import PointResult

OFF_SCALE = "v"
_ROW = 0.067
_MOST_OF_A_PANEL = 0.5
"""Height of a row of marks, and of all rows together at most, as shares of a panel's height."""
_HALF_MARK_PT, _NUMBER_PT = 6.0, 46.0
"""Of a mark and its number, to each side."""
_BAND = "0.94"
_FEWEST, _FAR, _MOST_FAR = 10, 0.5, 0.2
"""Of so many points, a gap that takes more than this share of all their width, with at most this share below it."""


class OffScale(NamedTuple):
    """A mark below an axis."""

    x: float
    percent: float
    style: GroupStyle
    edged: bool = True
    """Whether the mark has a black edge."""
    squared: bool = False
    """Whether a square says that its time is not to be trusted."""
    learned: bool = False
    """Whether it learned, although far less than the others."""


def near_together(points: Sequence[PointResult], accuracy: Callable[[PointResult], float]) -> list[PointResult]:
    """Return the points without the few that lie so far below the others that those could not be told apart.

    Args:
        points: Those that learned.
        accuracy: That is drawn.
    """
    order = sorted(points, key=accuracy)
    gaps = [accuracy(high) - accuracy(low) for low, high in pairwise(order[: 1 + int(_MOST_FAR * len(order))])]
    widest = max(gaps, default=0.0)
    if len(order) < _FEWEST or widest <= _FAR * (accuracy(order[-1]) - accuracy(order[0])):
        return list(points)
    far = order[: 1 + gaps.index(widest)]
    return [entry for entry in points if entry not in far]


def below_axis(
    points: Sequence[PointResult], on_scale: Sequence[PointResult], accuracy: Callable[[PointResult], float]
) -> list[PointResult]:
    """Return which of a panel's points have no place on its axis, since they would press the others together.

    Args:
        points: All that the panel shows.
        on_scale: Those that learned and lie near together, of this panel or others.
        accuracy: That the panel shows.
    """
    kept = [accuracy(entry) for entry in points if entry in on_scale]
    return [entry for entry in points if kept and entry not in on_scale and accuracy(entry) < min(kept)]


def draw_below(panels: Sequence[Axes], marks: Sequence[Sequence[OffScale]]) -> None:
    """Draw marks with their numbers in a band below the axis, in as many rows as none needs to lie on another.

    Args:
        panels: With all else drawn, and one y axis in common.
        marks: Of each panel.
    """
    if not any(marks):
        return
    low, high = panels[0].get_ylim()
    ticks = [tick for tick in panels[0].get_yticks() if low <= tick <= high]
    placed = [_in_rows(panel, own) for panel, own in zip(panels, marks, strict=True)]
    count = 1 + max(row for own in placed for _, row, _ in own)
    share = min(count * _ROW, _MOST_OF_A_PANEL)
    bottom = low - share / (1 - share) * (high - low)
    for panel, own in zip(panels, placed, strict=True):
        panel.set_ylim(bottom, high)
        panel.yaxis.set_major_locator(FixedLocator(ticks))
        panel.axhspan(bottom, low, color=_BAND, zorder=0.5)
        for mark, row, is_left in own:
            _draw(panel, mark, (row + 0.5) * share / count, is_left=is_left)


def _in_rows(panel: Axes, marks: Sequence[OffScale]) -> list[tuple[OffScale, int, bool]]:
    """Return each mark with its row, and whether its number stands to its left: to the right it would leave the panel.

    A row is the lowest in which a mark lies on none of those to its left; at one place the lowest number stands lowest.
    """
    panel.get_xlim()  # so that the axis is scaled to the data
    to_share = panel.transScale + panel.transLimits
    spans = []
    for mark in marks:
        x_pt = PANEL_PT * float(to_share.transform((mark.x, panel.get_ylim()[0]))[0])
        is_left = x_pt + _NUMBER_PT > PANEL_PT
        left, right = (_NUMBER_PT, _HALF_MARK_PT) if is_left else (_HALF_MARK_PT, _NUMBER_PT)
        spans.append((x_pt - left, x_pt + right, mark, is_left))
    ends: list[float] = []
    placed = []
    for start, end, mark, is_left in sorted(spans, key=lambda span: (span[0], span[2].percent)):
        row = next((row for row, taken in enumerate(ends) if taken <= start), len(ends))
        ends[row:] = [end, *ends[row + 1 :]]
        placed.append((mark, row, is_left))
    return placed


def _draw(panel: Axes, mark: OffScale, height: float, *, is_left: bool) -> None:
    edge = panel.get_xaxis_transform()  # x of the data, y from 0 (lower edge) to 1
    panel.plot(
        mark.x,
        height,
        marker=OFF_SCALE,
        linestyle="none",
        color=mark.style.colour,
        markeredgecolor="black" if mark.edged else mark.style.colour,
        transform=edge,
        label=_label(learned=mark.learned),
    )
    if mark.squared:
        draw_around(panel, [(mark.x, height)], "s", word("disturbed"), transform=edge)
    panel.annotate(
        f"{mark.percent:.1f} %",
        (mark.x, height),
        xycoords=edge,
        xytext=(-9 if is_left else 9, 0),
        textcoords="offset points",
        ha="right" if is_left else "left",
        va="center",
        fontsize="small",
    )


def _label(*, learned: bool) -> str:
    """Return what stands in the legend for points below the axis."""
    if learned:
        return say("far less accurate, below the axis", "精度がはるかに低い設定（軸の範囲外）")
    return say("hardly learned, below the axis", "ほとんど学習できていない設定（軸の範囲外）")
