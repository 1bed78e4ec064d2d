"""Repeats in the graph of a parameter: the mark of their middle, and on its vertical a dot for each run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from mnist_lab.reports.style import GroupStyle

_EDGE_PT, _HALO_PT = 0.5, 0.5
"""Width of a mark's edge, and of the white around it, which parts it from the runs beneath."""
_DOT = 0.5
"""Size of a run's dot, of that of a mark."""


class Look(NamedTuple):
    """How a family is drawn."""

    style: GroupStyle
    label: str
    joined: bool
    """Whether a line joins its marks; between values without an order there is nothing that it could show."""
    mark_pt: float
    """Size of its marks in points."""


def draw_repeats(
    panel: Axes, values: Sequence[tuple[float, float]], look: Look, *, middle: Callable[[Sequence[float]], float]
) -> None:
    """Draw what the table says of each place, and of repeats each as a dot on a line from the lowest to the highest.

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
        markersize=look.mark_pt,
        markeredgewidth=_EDGE_PT,
        label=look.label,
        zorder=2.1,
    )
    panel.plot(
        [place for place, _ in middles],
        [value for _, value in middles],
        color="white",
        marker=look.style.marker,
        linestyle="none",
        markersize=look.mark_pt,
        markeredgewidth=_EDGE_PT + 2 * _HALO_PT,
    )
    repeated = {place: found for place, found in places.items() if len(found) > 1}
    if repeated:
        _draw_runs(panel, repeated, look)


def _draw_runs(panel: Axes, places: Mapping[float, Sequence[float]], look: Look) -> None:
    """Draw the runs of each place on its vertical, beneath the marks."""
    panel.vlines(
        list(places),
        [min(found) for found in places.values()],
        [max(found) for found in places.values()],
        colors=look.style.colour,
        linewidth=0.8,
        zorder=1.8,
    )
    panel.plot(
        [place for place, found in places.items() for _ in found],
        [value for found in places.values() for value in found],
        color=look.style.colour,
        marker="o",
        linestyle="none",
        markersize=_DOT * look.mark_pt,
        markeredgewidth=0,
        zorder=1.9,
    )
