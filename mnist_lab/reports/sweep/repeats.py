"""Repeats in the graph of a parameter: the mark of their middle, and beside it a point for each run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation

from mnist_lab.reports.style import GroupStyle

_MARK_PT, _POINT_PT = 6.0, 3.0
_FIRST_PT, _STEP_PT, _SPAN_PT = 6.0, 4.0, 12.0
"""From the middle's mark to the first repeat, from one to the next, and from the first to the last at most."""


class Look(NamedTuple):
    """How a family is drawn."""

    style: GroupStyle
    label: str
    joined: bool
    """Whether a line joins its marks; between values without an order there is nothing that it could show."""
    room_pt: float
    """Points of width from its mark to that of the next family."""
    turn: float
    """Share of the way from one repeat to the next by which its repeats stand aside: families share their places."""


def draw_repeats(
    panel: Axes, values: Sequence[tuple[float, float]], look: Look, *, middle: Callable[[Sequence[float]], float]
) -> None:
    """Draw what the table says of each place, and to the right of it each repeat as a small point.

    Args:
        panel: Where to.
        values: Place and value of each run.
        look: Of the family.
        middle: The median or the mean.
    """
    places: dict[float, list[float]] = {}
    for place, value in values:
        places.setdefault(place, []).append(value)
    middles = sorted((place, middle(found)) for place, found in places.items())
    panel.plot(
        [place for place, _ in middles],
        [value for _, value in middles],
        color=look.style.colour,
        marker=look.style.marker,
        linestyle="-" if look.joined else "none",
        linewidth=1,
        markersize=_MARK_PT,
        # Families that are joined share their places: where marks lie on each other, their outlines are all seen.
        markerfacecolor="none" if look.joined else None,
        label=look.label,
    )
    for place, found in places.items():
        if len(found) > 1:
            _draw_points(panel, place, found, look)


def width_of_repeats_pt(room_pt: float) -> float:
    """Return how far the last repeat stands from the middle's mark; ``room_pt``: to the mark of the next family."""
    return max(min(_FIRST_PT + _SPAN_PT, room_pt - _MARK_PT), _FIRST_PT + _POINT_PT)


def _draw_points(panel: Axes, place: float, values: Sequence[float], look: Look) -> None:
    span = width_of_repeats_pt(look.room_pt) - _FIRST_PT
    step = min(_STEP_PT, span / (len(values) - 1))
    figure = panel.get_figure(root=True)
    assert figure is not None
    for number, value in enumerate(values):
        aside = ScaledTranslation((_FIRST_PT + (number + look.turn) * step) / 72, 0, figure.dpi_scale_trans)
        point = Line2D(
            [place],
            [value],
            linestyle="none",
            marker="o",
            markersize=_POINT_PT,
            markerfacecolor="white",
            markeredgecolor=look.style.colour,
            markeredgewidth=0.8,
            zorder=4,
            transform=panel.transData + aside,
        )
        # Not ``plot``: it would take the shift for a part of the data.
        panel.add_artist(point)
        point.set_clip_on(False)
    panel.update_datalim([(place, value) for value in values])
    panel.autoscale_view()
