"""A sweep's heat maps: training time and test accuracy over two parameters of one model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from mnist_lab.language import say
from mnist_lab.reports.setting_names import axis_label, axis_texts
from mnist_lab.reports.style import WIDTH_INCH
from mnist_lab.reports.sweep.accuracy_digits import accuracy_decimals
from mnist_lab.reports.sweep.figure_titles import span_title
from mnist_lab.reports.sweep.first_times import DAGGER
from mnist_lab.reports.sweep.remarks import learned
from mnist_lab.reports.title_width import WIDEST
from mnist_lab.reports.words import word
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.axis import axis_of
from mnist_lab.sweeps.result import PointResult, SweepResult

_MOST_COLUMNS_BESIDE = 5
_MOST_COLUMNS_OF_TWO_DECIMALS = 13  # that a heat map of the whole width has room for
_Cells = Mapping[tuple[int, int], float]
"""Number of each cell, by its row and its column."""


def draw_heat_map(entries: Sequence[PointResult], across: str, down: str) -> Figure:
    """Draw time and test accuracy over two parameters of one base, a panel each, the numbers in the cells.

    Args:
        entries: Points of one base; those that share both values are averaged.
        across: Option on the x axis.
        down: Option on the y axis.
    """
    x = axis_of(across, [entry.point.values[across] for entry in entries])
    y = axis_of(down, [entry.point.values[down] for entry in entries])
    stacked = len(x.values) > _MOST_COLUMNS_BESIDE
    height = (1.4 + 0.5 * len(y.values)) * (2 if stacked else 1)
    figure = Figure(figsize=(WIDTH_INCH, height), layout="constrained")
    panels = figure.subplots(2, 1) if stacked else figure.subplots(1, 2)
    on_scale = learned(SweepResult(tuple(entries))).points
    lowest = 100 * min(entry.test_accuracy for entry in on_scale)
    decimals = accuracy_decimals(entries) if len(x.values) <= _MOST_COLUMNS_OF_TWO_DECIMALS else 1
    places = [
        (y.values.index(entry.point.values[down]), x.values.index(entry.point.values[across])) for entry in entries
    ]
    again = {place for place, entry in zip(places, entries, strict=True) if entry.again}
    disturbed = any(entry.disturbed for entry in entries)
    # Light is good in both: a short time, a high accuracy.
    shown: list[tuple[str, str, Callable[[float], str], list[float]]] = [
        (word("train_s"), "viridis_r", significant, [entry.train_s for entry in entries]),
        (word("accuracy"), "viridis", f"{{:.{decimals}f}}".format, [100 * entry.test_accuracy for entry in entries]),
    ]
    for panel, (quantity, colours, write, values) in zip(panels, shown, strict=True):
        is_accuracy = colours == "viridis"
        cells = _means(places, values)
        texts = {place: write(mean) for place, mean in cells.items()}
        marked = {place: text + ("" if is_accuracy or place not in again else DAGGER) for place, text in texts.items()}
        shape = len(y.values), len(x.values)
        low = lowest if is_accuracy else min(cells.values())
        image = _draw_cells(panel, cells, marked, colours, shape=shape, lowest=low)
        title = span_title(
            entries[0].model,
            quantity,
            [] if disturbed and not is_accuracy else list(texts.values()),
            say("{model}: {quantity}", "{model}：{quantity}", model=entries[0].model, quantity=quantity),
            widest=WIDEST if stacked else WIDEST / 2 - 1,  # less what lies between the panels
        )
        panel.set(title=title, xlabel=axis_label(x), ylabel=axis_label(y))
        panel.set_xticks(range(len(x.values)), axis_texts(x))
        panel.set_yticks(range(len(y.values)), axis_texts(y))
        below = is_accuracy and len(on_scale) < len(entries)
        figure.colorbar(image, ax=panel, label=_bar_label(quantity, low), extend="min" if below else "neither")
    return figure


def _means(places: Sequence[tuple[int, int]], values: Sequence[float]) -> _Cells:
    cells: dict[tuple[int, int], list[float]] = {}
    for place, value in zip(places, values, strict=True):
        cells.setdefault(place, []).append(value)
    return {place: fmean(found) for place, found in cells.items()}


def _draw_cells(
    panel: Axes,
    cells: _Cells,
    texts: Mapping[tuple[int, int], str],
    colours: str,
    *,
    shape: tuple[int, int],
    lowest: float,
) -> AxesImage:
    """Draw the cells with their texts, in black or white, whichever can be read on the cell's colour.

    Args:
        panel: Where to.
        cells: The numbers.
        texts: What stands in the cells.
        colours: Name of a colour map; one that is reversed is dark at its high end.
        shape: Numbers of rows and columns.
        lowest: Number at which the colours begin.
    """
    rows, columns = shape
    values = [[cells.get((row, column), float("nan")) for column in range(columns)] for row in range(rows)]
    panel.grid(False)
    image = panel.imshow(values, aspect="auto", origin="lower", cmap=colours, vmin=lowest)
    middle = (lowest + max(cells.values())) / 2
    for (row, column), value in cells.items():
        colour = "black" if (value > middle) != colours.endswith("_r") else "white"
        panel.text(column, row, texts[row, column], ha="center", va="center", color=colour)
    return image


def _bar_label(quantity: str, lowest: float) -> str:
    """Return a colour bar's label, in two lines where it does not begin at 0: a bar is short."""
    if lowest <= 0:
        return quantity
    return say("{label},\nnot from 0", "{label}\n（0 から始まらない）", label=quantity)
