"""The cells of a heat map: their colours, and their texts, which lie in one cell each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from mnist_lab.reports.sweep.first_times import DAGGER

_GREY = "0.85"
_ROOM = 0.9
"""Share of a cell's width, or height, that a text has."""
_SMALLEST_PT = 7.5
"""Smaller texts stand upright instead."""
_TURNED_LABELS = 30.0


class Cell(NamedTuple):
    """What stands in a cell."""

    value: float
    text: str
    trusted: bool = True
    """Else the cell is grey and its text in brackets: its number must not decide on the others' colours."""


def draw_cells(
    panel: Axes, cells: Mapping[tuple[int, int], Cell], colours: str, *, shape: tuple[int, int], lowest: float
) -> AxesImage:
    """Draw the cells with their texts, in black or white, whichever can be read on the cell's colour.

    Args:
        panel: Where to.
        cells: By row and column.
        colours: Name of a colour map; one that is reversed is dark at its high end.
        shape: Numbers of rows and columns.
        lowest: Number at which the colours begin.
    """
    rows, columns = shape
    shown = {place: cell.value for place, cell in cells.items() if cell.trusted}
    values = [[shown.get((row, column), float("nan")) for column in range(columns)] for row in range(rows)]
    panel.grid(False)
    highest = max(shown.values(), default=lowest)
    image = panel.imshow(values, aspect="auto", origin="lower", cmap=colours, vmin=lowest, vmax=highest)
    for (row, column), cell in cells.items():
        light = not cell.trusted or (cell.value > (lowest + highest) / 2) != colours.endswith("_r")
        text = cell.text if cell.trusted else f"({cell.text})"
        panel.text(column, row, text, ha="center", va="center", color="black" if light else "white")
        if not cell.trusted:
            panel.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=_GREY, edgecolor="white"))
    return image


def fit_texts(figure: Figure, panel: Axes, shape: tuple[int, int]) -> None:
    """Make the texts fit into their cells, and the labels of the columns below them.

    Args:
        figure: With all else drawn.
        panel: A heat map of the figure.
        shape: Numbers of rows and columns.
    """
    rows, columns = shape
    figure.draw_without_rendering()  # lays the figure out, so that sizes are known
    if _widest(panel.get_xticklabels()) > panel.get_window_extent().width / columns:
        panel.tick_params(axis="x", labelrotation=_TURNED_LABELS)
        figure.draw_without_rendering()
    whole = panel.get_window_extent()
    width, height = _ROOM * whole.width / columns, _ROOM * whole.height / rows
    if _widest(panel.texts) > width:
        for text in panel.texts:
            text.set_text(text.get_text().replace(DAGGER, f"\n{DAGGER}"))
    full = float(panel.texts[0].get_fontsize())
    size = full * min(1.0, width / _widest(panel.texts))
    if size < _SMALLEST_PT:
        for text in panel.texts:
            text.set(rotation=90, text=text.get_text().replace(f"\n{DAGGER}", DAGGER))
        boxes = [text.get_window_extent() for text in panel.texts]
        fits = min(height / max(box.height for box in boxes), width / max(box.width for box in boxes), 1.0)
        size = full * fits
    for text in panel.texts:
        text.set_fontsize(size)


def _widest(texts: Iterable[Text]) -> float:
    return max(text.get_window_extent().width for text in texts)
