"""A sweep's heat maps: training time and test accuracy over two parameters of one model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

from matplotlib.figure import Figure

from mnist_lab.language import say
from mnist_lab.reports.setting_names import axis_label, axis_texts
from mnist_lab.reports.style import WIDTH_INCH
from mnist_lab.reports.sweep.figure_titles import span_title
from mnist_lab.reports.sweep.first_times import DAGGER
from mnist_lab.reports.sweep.heat_map_cells import Cell, draw_cells, fit_texts
from mnist_lab.reports.sweep.remarks import learned
from mnist_lab.reports.title_width import WIDEST, width_of
from mnist_lab.reports.words import word
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.axis import axis_of
from mnist_lab.sweeps.result import PointResult, SweepResult
from mnist_lab.sweeps.shown_digits import accuracy_decimals

_WIDEST_BESIDE = 17.6
"""Of all texts of a row together where the panels stand beside each other, in letters as wide as a Japanese one."""
_BETWEEN_TEXTS = 0.3
_MOST_COLUMNS_OF_TWO_DECIMALS = 13  # that a heat map of the whole width has room for
_Place = tuple[int, int]
"""Row and column of a cell."""


class _Shown(NamedTuple):
    """What a panel shows."""

    quantity: str
    colours: str
    """Light is good in both: a short time, a high accuracy."""
    cells: Mapping[_Place, Cell]
    below: Sequence[Cell]
    """The cells below those at whose lowest the colours begin."""


_BETWEEN = 0.06
"""Between panels that stand beside each other, as a share of their width: a bar's label is not an axis's."""


def draw_heat_map(entries: Sequence[PointResult], across: str, down: str) -> Figure:
    """Draw time and test accuracy over two parameters of one base, a panel each, the numbers in the cells.

    Args:
        entries: Points of one base; those that share both values are averaged.
        across: Option on the x axis.
        down: Option on the y axis.
    """
    x = axis_of(across, [entry.point.values[across] for entry in entries])
    y = axis_of(down, [entry.point.values[down] for entry in entries])
    shape = len(y.values), len(x.values)
    places = [
        (y.values.index(entry.point.values[down]), x.values.index(entry.point.values[across])) for entry in entries
    ]
    both = _times(entries, places), _accuracies(entries, places, len(x.values))
    widest = max(width_of(cell.text) for shown in both for cell in shown.cells.values())
    stacked = len(x.values) * (widest + _BETWEEN_TEXTS) > _WIDEST_BESIDE
    height = (1.4 + 0.5 * len(y.values)) * (2 if stacked else 1)
    figure = Figure(figsize=(WIDTH_INCH, height))
    figure.set_layout_engine("constrained", wspace=_BETWEEN)
    panels = figure.subplots(2, 1) if stacked else figure.subplots(1, 2)
    for panel, (quantity, colours, cells, below) in zip(panels, both, strict=True):
        trusted = [cell for cell in cells.values() if cell.trusted]
        low = min((cell.value for cell in trusted if cell not in below), default=0.0)
        image = draw_cells(panel, cells, colours, shape=shape, lowest=low)
        title = span_title(
            entries[0].model,
            quantity,
            [cell.text.removesuffix(DAGGER) for cell in trusted] if len(trusted) == len(cells) else [],
            say("{model}: {quantity}", "{model}：{quantity}", model=entries[0].model, quantity=quantity),
            widest=WIDEST if stacked else WIDEST / 2 - 1,  # less what lies between the panels
        )
        panel.set(title=title, xlabel=axis_label(x), ylabel=axis_label(y))
        panel.set_xticks(range(len(x.values)), axis_texts(x))
        panel.set_yticks(range(len(y.values)), axis_texts(y))
        if trusted:
            extend = "min" if below else "neither"
            figure.colorbar(image, ax=panel, label=_bar_label(quantity, low), extend=extend)
    for panel in panels:
        fit_texts(figure, panel, shape)
    return figure


def _times(entries: Sequence[PointResult], places: Sequence[_Place]) -> _Shown:
    """Return the cells of the times; light is a short one."""
    cells = {}
    for place, found in _by_place(entries, places).items():
        mean = fmean(entry.train_s for entry in found)
        text = significant(mean) + (DAGGER if any(entry.again for entry in found) else "")
        cells[place] = Cell(mean, text, not any(entry.disturbed for entry in found))
    return _Shown(word("train_s"), "viridis_r", cells, [])


def _accuracies(entries: Sequence[PointResult], places: Sequence[_Place], columns: int) -> _Shown:
    """Return the cells of the accuracies; light is a high one, and dark all that lies below those that learned."""
    decimals = accuracy_decimals(entries) if columns <= _MOST_COLUMNS_OF_TWO_DECIMALS else 1
    kept = learned(SweepResult(tuple(entries))).points
    lowest = 100 * min(entry.test_accuracy for entry in kept)
    cells = {}
    for place, found in _by_place(entries, places).items():
        mean = 100 * fmean(entry.test_accuracy for entry in found)
        cells[place] = Cell(mean, f"{mean:.{decimals}f}")
    return _Shown(word("accuracy"), "viridis", cells, [cell for cell in cells.values() if cell.value < lowest - 1e-9])


def _by_place(entries: Sequence[PointResult], places: Sequence[_Place]) -> dict[_Place, list[PointResult]]:
    found: dict[_Place, list[PointResult]] = {}
    for place, entry in zip(places, entries, strict=True):
        found.setdefault(place, []).append(entry)
    return found


def _bar_label(quantity: str, lowest: float) -> str:
    """Return a colour bar's label, in two lines where it does not begin at 0: a bar is short."""
    if lowest <= 0:
        return quantity
    return say("{label},\nnot from 0", "{label}\n（0 から始まらない）", label=quantity)
