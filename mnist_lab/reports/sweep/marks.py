"""Marks that are drawn around some of a sweep's points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.transforms import Transform

from mnist_lab.sweeps.result import PointResult


def mark_around(
    panel: Axes,
    at: Mapping[str, tuple[float, float]],
    entries: Sequence[PointResult],
    marker: str,
    label: str,
    *,
    order: float = 3,
    mark_pt: float = 6.0,
) -> None:
    """Draw a mark around points that stand at the places given by their keys; a higher order lies above a lower.

    Args:
        panel: Where to.
        at: Places.
        entries: The points.
        marker: Its shape.
        label: What it means.
        order: Of drawing.
        mark_pt: Size of the marks that it stands around, in points.
    """
    if entries:
        draw_around(panel, [at[entry.point.key] for entry in entries], marker, label, order=order, mark_pt=mark_pt)


def draw_around(
    panel: Axes,
    places: Sequence[tuple[float, float]],
    marker: str,
    label: str,
    *,
    order: float = 3,
    mark_pt: float = 6.0,
    transform: Transform | None = None,
) -> None:
    """Draw a mark around places, which are the data's where no transform says otherwise."""
    x, y = zip(*places, strict=True)
    panel.scatter(
        x,
        y,
        marker=marker,
        s=(130 if marker == "s" else 90) * (mark_pt / 6) ** 2,
        facecolors="black" if marker == "x" else "none",
        edgecolors=None if marker == "x" else "black",
        label=label,
        zorder=order,
        transform=transform or panel.transData,
    )
