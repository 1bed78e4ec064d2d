"""Marks that are drawn beside a sweep's points: around some of them, and for those below an axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from mnist_lab.language import say
from mnist_lab.reports.style import GroupStyle
from mnist_lab.sweeps.result import PointResult

OFF_SCALE = "v"


def mark_around(
    panel: Axes,
    at: Mapping[str, tuple[float, float]],
    entries: Sequence[PointResult],
    marker: str,
    label: str,
    *,
    order: float = 3,
) -> None:
    """Draw a mark around points that stand at the places given by their keys; a higher order lies above a lower."""
    if entries:
        panel.scatter(
            [at[entry.point.key][0] for entry in entries],
            [at[entry.point.key][1] for entry in entries],
            marker=marker,
            s=130 if marker == "s" else 90,
            facecolors="black" if marker == "x" else "none",
            edgecolors=None if marker == "x" else "black",
            label=label,
            zorder=order,
        )


def mark_off_scale(panel: Axes, points: Sequence[tuple[float, float]], style: GroupStyle) -> None:
    """Mark accuracies in per cent that lie below the axis at its lower edge, with their numbers."""
    edge = panel.get_xaxis_transform()  # x of the data, y from 0 (lower edge) to 1
    for x, percent in points:
        panel.plot(
            x,
            0.04,
            marker=OFF_SCALE,
            linestyle="none",
            color=style.colour,
            markeredgecolor="black",
            transform=edge,
            label=_off_scale_label(),
        )
        panel.annotate(
            f"{percent:.1f} %", (x, 0.04), xycoords=edge, xytext=(6, -2), textcoords="offset points", fontsize="small"
        )


def _off_scale_label() -> str:
    """Return what stands in the legend for points that hardly learned."""
    return say("hardly learned, below the axis", "ほとんど学習できていない設定（軸の範囲外）")
