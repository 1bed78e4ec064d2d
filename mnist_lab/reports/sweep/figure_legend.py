"""The one legend below a sweep's figure."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes

_LEGEND_COLUMNS = 3


def legend_entries(first: Sequence[str], *panels: Axes) -> tuple[list[Artist], list[str]]:
    """Return the legend's entries, equal ones once: those that are named stand before the marks."""
    once: dict[str, Artist] = {}
    for panel in panels:
        for handle, label in zip(*panel.get_legend_handles_labels(), strict=True):
            once.setdefault(label, handle)
    labels = sorted(once, key=lambda label: label not in first)
    return [once[label] for label in labels], labels


def legend_columns(labels: Sequence[str]) -> int:
    """Return how many columns a legend has: as many as there is room for, in rows of equal length."""
    rows = -(-len(labels) // _LEGEND_COLUMNS)
    return -(-len(labels) // rows)
