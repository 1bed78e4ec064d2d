"""The legend below a figure: as wide as the figure at most, and the figure higher by what it needs."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend

from mnist_lab.reports.label_lines import in_lines

_MOST_COLUMNS = 3
_WIDEST_LABEL = 48
"""Of a legend with one column, in letters as wide as a Japanese one."""
_WIDEST = 0.98
"""Share of the figure's width."""


def legend_entries(first: Sequence[str], *panels: Axes) -> tuple[list[Artist], list[str]]:
    """Return the legend's entries, equal ones once: those that are named stand before the marks."""
    once: dict[str, Artist] = {}
    for panel in panels:
        for handle, label in zip(*panel.get_legend_handles_labels(), strict=True):
            once.setdefault(label, handle)
    labels = sorted(once, key=lambda label: label not in first)
    return [once[label] for label in labels], labels


def legend_below(
    figure: Figure,
    handles: Sequence[Artist],
    labels: Sequence[str],
    title: str | None = None,
    *,
    has_room_inch: float = 0.0,
) -> None:
    """Put a legend below the panels of a figure, in as many columns as its labels leave room for.

    Args:
        figure: With a constrained layout; it becomes higher by the legend.
        handles: Of the entries.
        labels: As many; one that is wider than the figure has several lines.
        title: Of the legend.
        has_room_inch: Height for a legend that the figure has already.
    """
    for most in range(_MOST_COLUMNS, 0, -1):
        texts = labels if most > 1 else [in_lines(label, _WIDEST_LABEL) for label in labels]
        legend = _placed(figure, handles, texts, title, _columns(len(labels), most))
        box = legend.get_window_extent()
        if box.width <= _WIDEST * figure.bbox.width or most == 1:
            figure.set_figheight(figure.get_figheight() + max(box.height / figure.dpi - has_room_inch, 0.0))
            return
        legend.remove()


def _placed(
    figure: Figure, handles: Sequence[Artist], labels: Sequence[str], title: str | None, columns: int
) -> Legend:
    return figure.legend(handles, labels, title=title, loc="outside lower center", ncols=columns, fontsize="small")


def _columns(count: int, most: int) -> int:
    """Return how many columns a legend has: at most so many, in rows of equal length."""
    rows = -(-count // most)
    return -(-count // rows)
