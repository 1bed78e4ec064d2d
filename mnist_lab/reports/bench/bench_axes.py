"""What the figures of a bench share: their size, names, points, the axis of sizes, the legend."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from mnist_lab.bench.bench_record import BenchRecord, Series
from mnist_lab.language import say
from mnist_lab.reports import figure_legend
from mnist_lab.reports.bench.bench_words import label_of, mark, operation_name, power_of_ten
from mnist_lab.reports.style import GroupStyle

WIDTH_INCH = 7.2
# Two stand on a page of A4 with their captions.
TALL_INCH, LOW_INCH = 4.4, 4.3
_LEGEND = 0.75
"""Height of a legend that they leave room for."""


def dagger(record: BenchRecord) -> str:
    """Return what † is, where a legend has one."""
    if not any(mark(series.points) for series in record.measured):
        return ""
    return say(
        " †: one of the times was disturbed by other programs.",
        "† は、ほかのプログラムの影響を受けた時間を含む。",
    )


def without_dagger() -> str:
    """Return, for a title, that its numbers leave out what the legend marks."""
    return say(" (without †)", "（† を除く）")


def name_of(series: Series) -> str:
    """Return what an implementation is called in a figure, with † where one of its times was disturbed."""
    return label_of(series.name) + mark(series.points)


def draw_points(axes: Axes, series: Series, style: GroupStyle, label: str) -> None:
    """Draw medians in ms with bars from the lower to the upper quartile."""
    middles = 1e3 * np.array([point.median_s for point in series.points])
    below = middles - 1e3 * np.array([point.low_s for point in series.points])
    above = 1e3 * np.array([point.high_s for point in series.points]) - middles
    axes.errorbar(
        [point.size for point in series.points],
        middles,
        yerr=np.maximum([below, above], 0),
        color=style.colour,
        marker=style.marker,
        linestyle=style.line,
        linewidth=1,
        markersize=5,
        capsize=2,
        label=label,
    )


def size_axis(axes: Axes, record: BenchRecord) -> None:
    """Put a tick at each measured size, as far as there is room."""
    sizes = sorted({point.size for series in record.measured for point in series.points})
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes], rotation=30 if len(sizes) > 8 else 0)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(size_label(logarithmic=True))


def size_label(*, logarithmic: bool) -> str:
    """Return what stands at the axis of sizes."""
    if logarithmic:
        return say("matrix size N [values a side], logarithmic", "行列サイズ N（1 辺の要素数）[個]、対数目盛")
    return say("matrix size N [values a side]", "行列サイズ N（1 辺の要素数）[個]")


def capital_operation(record: BenchRecord) -> str:
    """Return what was computed, as a title begins."""
    name = operation_name(record)
    return name[:1].upper() + name[1:]


def new_figure(height_inch: float) -> tuple[Figure, Axes]:
    """Return a figure of the width of all, with one pair of axes."""
    figure = Figure(figsize=(WIDTH_INCH, height_inch), layout="constrained")
    return figure, figure.subplots()


def legend_below(figure: Figure) -> None:
    """Put the legend of the first axes below the figure."""
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure_legend.legend_below(figure, handles, labels, has_room_inch=_LEGEND)


def plain_tick(value: float, _: int) -> str:
    """Write a tick's number: a power of ten as 10⁻⁵, any other in full; reports' figures know no formulas."""
    if value > 0 and math.isclose(value, 10.0 ** (exponent := round(math.log10(value)))):
        return power_of_ten(exponent)
    return f"{value:,.10f}".rstrip("0").rstrip(".")
