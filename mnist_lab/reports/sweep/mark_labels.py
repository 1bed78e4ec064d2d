"""Names of settings at the marks of a figure: all of them, or none where one would lie on another or on a mark."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
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


class Mark(NamedTuple):
    """A mark at a place of an axis, and what it is called."""

    x: float
    y: float
    name: str


def name_marks(figure: Figure, panel: Axes, marks: Sequence[Mark]) -> bool:
    """Write the names beside the marks and return whether all of them fit; else none is written.

    Args:
        figure: With all else drawn.
        panel: One of the figure's.
        marks: Within the panel.
    """
    figure.draw_without_rendering()  # lays the figure out, so that sizes are known
    side = _MARK_POINTS * figure.dpi / 72
    centres = [panel.transData.transform((mark.x, mark.y)) for mark in marks]
    taken = [Bbox.from_extents(x - side, y - side, x + side, y + side) for x, y in centres]
    taken += [text.get_window_extent() for text in panel.texts]
    texts = [_written(panel, mark) for mark in marks]
    options = [_options(panel, text, taken, number) for number, text in enumerate(texts)]
    numbers = range(len(marks))
    for order in (sorted(numbers, key=lambda number: len(options[number])), numbers, numbers[::-1]):
        if chosen := _chosen(options, order):
            for number, place in chosen.items():
                _put(texts[number], place)
                if place >= _FIRST_FAR:
                    _lead(panel, marks[number], place)
            return True
    for text in texts:
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


def _options(panel: Axes, text: Annotation, taken: Sequence[Bbox], own: int) -> list[tuple[int, Bbox]]:
    """Return the places where a text lies within the panel and on no mark, those first where it cannot be misread.

    There it crosses no line, and no other mark is as near to it as its own.

    Args:
        panel: Where it is written.
        text: The name.
        taken: The boxes of all marks, and of what else must stay free.
        own: Which of them is its mark's.
    """
    here, lines = panel.get_window_extent(), _points_of_lines(panel)
    found: list[tuple[bool, int, Bbox]] = []
    for place in range(len(_PLACES)):
        box = _put(text, place)
        inside = here.x0 <= box.x0 and box.x1 <= here.x1 and here.y0 <= box.y0 and box.y1 <= here.y1
        if inside and not box.count_overlaps(taken):
            misread = box.count_contains(lines) > 0 or any(
                _gap(box, other) <= _gap(box, taken[own]) for number, other in enumerate(taken) if number != own
            )
            found.append((misread and place < _FIRST_FAR, place, box))
    return [(place, box) for _, place, box in sorted(found, key=lambda option: option[:2])]


def _gap(box: Bbox, other: Bbox) -> float:
    """Return how far two boxes that do not overlap lie apart, in pixels."""
    across = max(other.x0 - box.x1, box.x0 - other.x1, 0.0)
    up = max(other.y0 - box.y1, box.y0 - other.y1, 0.0)
    return math.hypot(across, up)


def _chosen(options: Sequence[Sequence[tuple[int, Bbox]]], order: Sequence[int]) -> dict[int, int]:
    """Return a place for each text, taken in an order, so that none lies on another; empty where one finds none."""
    chosen: dict[int, int] = {}
    taken: list[Bbox] = []
    for number in order:
        free = next(((place, box) for place, box in options[number] if not box.count_overlaps(taken)), None)
        if free is None:
            return {}
        chosen[number] = free[0]
        taken.append(free[1])
    return chosen


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
