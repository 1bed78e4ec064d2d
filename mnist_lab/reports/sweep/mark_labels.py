"""Names of settings at the marks of a figure: all of them, or none where one would lie on another or on a mark."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

_ID = "setting"
_MARK_POINTS = 4.0
"""Half the side of a mark."""
_AWAY = 6.5
# Where a text may stand: its distance from the mark in points, and which of its sides is nearest to the mark.
_PLACES = (
    (_AWAY, 0, "left", "center"),
    (-_AWAY, 0, "right", "center"),
    (0, _AWAY, "center", "bottom"),
    (0, -_AWAY, "center", "top"),
    (5, 4, "left", "bottom"),
    (5, -4, "left", "top"),
    (-5, 4, "right", "bottom"),
    (-5, -4, "right", "top"),
    # Farther away, with a thin line to the mark.
    (12, 12, "left", "bottom"),
    (12, -12, "left", "top"),
    (-12, 12, "right", "bottom"),
    (-12, -12, "right", "top"),
)
_FIRST_FAR = 8
_CLEAR_POINTS = 2.0
"""From a name to a line that would be taken for a part of it."""
_MOST_TRIES = 20_000
"""Places tried before another name may be misread."""
_NEAR_POINTS = 5.0
"""A name stands farther than this from all marks but its own."""


class _Option(NamedTuple):
    """Where a name may stand."""

    misread: bool
    """Whether it crosses a line there, or stands near another mark, without a line to its own."""
    place: int
    box: Bbox


class Mark(NamedTuple):
    """A mark at a place of an axis, and what it is called."""

    x: float
    y: float
    name: str


def name_marks(figure: Figure, panel: Axes, marks: Sequence[Mark], wanted: Sequence[bool]) -> bool:
    """Write names beside marks and return whether all that are wanted fit; else none is written.

    Args:
        figure: With all else drawn.
        panel: One of the figure's.
        marks: Within the panel.
        wanted: Of each mark, whether it is to be named.
    """
    figure.draw_without_rendering()  # lays the figure out, so that sizes are known
    side = _MARK_POINTS * figure.dpi / 72
    centres = [panel.transData.transform((mark.x, mark.y)) for mark in marks]
    taken = [Bbox.from_extents(x - side, y - side, x + side, y + side) for x, y in centres]
    taken += [text.get_window_extent() for text in panel.texts]
    texts = {number: _written(panel, marks[number]) for number, name in enumerate(wanted) if name}
    options = {number: _options(panel, text, taken, number) for number, text in texts.items()}
    if chosen := _chosen(options):
        for number, place in chosen.items():
            _put(texts[number], place)
            if place >= _FIRST_FAR:
                _lead(panel, marks[number], place)
        return True
    for text in texts.values():
        text.remove()
    return False


def _written(panel: Axes, mark: Mark) -> Annotation:
    text = panel.annotate(
        mark.name, (mark.x, mark.y), xytext=(0, 0), textcoords="offset points", fontsize="small", gid=_ID
    )
    text.set_in_layout(False)
    return text


def _put(text: Annotation, place: int) -> Bbox:
    """Put a text at one of the places around its mark and return its box in pixels."""
    dx, dy, ha, va = _PLACES[place]
    text.set(position=(dx, dy), ha=ha, va=va)
    return text.get_window_extent()


def _lead(panel: Axes, mark: Mark, place: int) -> None:
    """Draw a thin line from a mark to its name."""
    line = {"arrowstyle": "-", "linewidth": 0.5, "shrinkA": 0, "shrinkB": _MARK_POINTS}
    panel.annotate("", (mark.x, mark.y), xytext=_PLACES[place][:2], textcoords="offset points", arrowprops=line)


def _options(panel: Axes, text: Annotation, taken: Sequence[Bbox], own: int) -> list[_Option]:
    """Return the places where a text lies within the panel and on no mark, those first where it cannot be misread.

    There it crosses no line, and no other mark is near to it.

    Args:
        panel: Where it is written.
        text: The name.
        taken: The boxes of all marks, and of what else must stay free.
        own: Which of them is its mark's.
    """
    here, lines = panel.get_window_extent(), _points_of_lines(panel)
    clear, near = (points * panel.figure.dpi / 72 for points in (_CLEAR_POINTS, _NEAR_POINTS))
    found: list[_Option] = []
    for place in range(len(_PLACES)):
        box = _put(text, place)
        inside = here.x0 <= box.x0 and box.x1 <= here.x1 and here.y0 <= box.y0 and box.y1 <= here.y1
        if inside and not box.count_overlaps(taken):
            misread = box.padded(clear).count_contains(lines) > 0 or any(
                _gap(box, other) <= max(near, _gap(box, taken[own]))
                for number, other in enumerate(taken)
                if number != own
            )
            found.append(_Option(misread and place < _FIRST_FAR, place, box))
    return sorted(found, key=lambda option: (option.misread, option.place))


def _gap(box: Bbox, other: Bbox) -> float:
    """Return how far two boxes that do not overlap lie apart, in pixels."""
    across = max(other.x0 - box.x1, box.x0 - other.x1, 0.0)
    up = max(other.y0 - box.y1, box.y0 - other.y1, 0.0)
    return math.hypot(across, up)


def _chosen(options: Mapping[int, Sequence[_Option]]) -> dict[int, int]:
    """Return a place for each text so that none lies on another and few can be misread; empty where none is found."""
    order = sorted(options, key=lambda number: len(options[number]))
    for misread in range(len(options) + 1):
        left = [_MOST_TRIES]
        if (found := _search(options, order, misread, [], left)) is not None:
            return dict(zip(order, found, strict=True))
    return {}


def _search(
    options: Mapping[int, Sequence[_Option]], order: Sequence[int], misread: int, taken: list[Bbox], left: list[int]
) -> list[int] | None:
    """Return places for the texts in an order, of which so many may be misread; None where there are none.

    Args:
        options: Of each text.
        order: Of those that have none yet.
        misread: How many more may be.
        taken: The boxes of the others.
        left: How many places may still be tried, counted down.
    """
    if not order:
        return []
    for option in options[order[0]]:
        left[0] -= 1
        if left[0] < 0:
            return None
        if option.misread <= misread and not option.box.count_overlaps(taken):
            rest = _search(options, order[1:], misread - option.misread, [*taken, option.box], left)
            if rest is not None:
                return [option.place, *rest]
    return None


def are_marks_named(figure: Figure) -> bool:
    """Return whether names stand at the marks of one of the figure's panels."""
    return any(text.get_gid() == _ID for panel in figure.axes for text in panel.texts)


def _points_of_lines(panel: Axes) -> np.ndarray:
    """Return points along the panel's lines in pixels, near one another; shape (N, 2)."""
    found = [np.empty((0, 2))]
    for line in panel.lines:
        corners = line.get_transform().transform(np.column_stack([line.get_xdata(), line.get_ydata()]))
        if line.get_drawstyle() == "steps-post":
            corners = np.repeat(corners, 2, axis=0)
            corners = np.column_stack([corners[1:, 0], corners[:-1, 1]])
        found += [np.linspace(a, b, 100) for a, b in itertools.pairwise(corners)]
    return np.concatenate(found)
