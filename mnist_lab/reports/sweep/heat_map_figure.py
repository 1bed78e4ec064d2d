"""A sweep's heat maps: training time and test accuracy over two parameters of one model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean

from matplotlib.figure import Figure

from mnist_lab.language import say
from mnist_lab.reports.setting_names import axis_label, axis_texts
from mnist_lab.reports.style import WIDTH_INCH
from mnist_lab.reports.sweep.accuracy_digits import accuracy_decimals
from mnist_lab.reports.sweep.first_times import DAGGER
from mnist_lab.reports.sweep.remarks import learned
from mnist_lab.reports.words import word
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.axis import axis_of
from mnist_lab.sweeps.result import PointResult, SweepResult

_MOST_COLUMNS_BESIDE = 5
_MOST_COLUMNS_OF_TWO_DECIMALS = 13  # that a heat map of the whole width has room for


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
    model = entries[0].model
    on_scale = learned(SweepResult(tuple(entries))).points
    lowest = 100 * min(entry.test_accuracy for entry in on_scale)
    decimals = accuracy_decimals(entries) if len(x.values) <= _MOST_COLUMNS_OF_TWO_DECIMALS else 1
    # Light is good in both: a short time, a high accuracy.
    shown: list[tuple[str, str, Callable[[float], str], list[float]]] = [
        (word("train_s"), "viridis_r", significant, [entry.train_s for entry in entries]),
        (word("accuracy"), "viridis", f"{{:.{decimals}f}}".format, [100 * entry.test_accuracy for entry in entries]),
    ]
    places = [
        (y.values.index(entry.point.values[down]), x.values.index(entry.point.values[across])) for entry in entries
    ]
    again = {place for place, entry in zip(places, entries, strict=True) if entry.again}
    for panel, (quantity, colours, write, values) in zip(panels, shown, strict=True):
        cells: dict[tuple[int, int], list[float]] = {}
        for place, value in zip(places, values, strict=True):
            cells.setdefault(place, []).append(value)
        means = [
            [fmean(cells[row, column]) if (row, column) in cells else float("nan") for column in range(len(x.values))]
            for row in range(len(y.values))
        ]
        panel.grid(False)
        is_accuracy = colours == "viridis"
        image = panel.imshow(means, aspect="auto", origin="lower", cmap=colours, vmin=lowest if is_accuracy else None)
        middle = (image.norm.vmin + image.norm.vmax) / 2
        for (row, column), found in cells.items():
            mean = fmean(found)
            colour = "black" if (mean > middle) == is_accuracy else "white"
            text = write(mean) + (DAGGER if (row, column) in again and not is_accuracy else "")
            panel.text(column, row, text, ha="center", va="center", color=colour)
        title = say("{model}: {quantity}", "{model}：{quantity}", model=model, quantity=quantity)
        panel.set(title=title, xlabel=axis_label(x), ylabel=axis_label(y))
        panel.set_xticks(range(len(x.values)), axis_texts(x))
        panel.set_yticks(range(len(y.values)), axis_texts(y))
        below = is_accuracy and len(on_scale) < len(entries)
        figure.colorbar(image, ax=panel, label=quantity, extend="min" if below else "neither")
    return figure
