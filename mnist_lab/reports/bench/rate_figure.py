"""The rates of a bench against the machine's measured peak, drawn."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from mnist_lab.bench.bench_record import BenchRecord
from mnist_lab.language import say
from mnist_lab.reports.bench.bench_axes import (
    LOW_INCH,
    capital_operation,
    legend_below,
    name_of,
    new_figure,
    plain_tick,
    size_axis,
    without_dagger,
)
from mnist_lab.reports.bench.bench_words import (
    is_disturbed,
    mark,
    operation_of,
    peak_share,
    percent_text,
    range_text,
    rounded,
)
from mnist_lab.reports.style import GroupStyle


def draw_rate(record: BenchRecord, styles: Mapping[str, GroupStyle]) -> Figure:
    """Draw the operations a second against the size, with the peaks."""
    figure, axes = new_figure(LOW_INCH)
    operation = operation_of(record)
    for series in record.measured:
        style = styles[series.name]
        axes.plot(
            [point.size for point in series.points],
            [operation.flops(point.size) / point.median_s / 1e9 for point in series.points],
            color=style.colour,
            marker=style.marker,
            linestyle=style.line,
            label=name_of(series),
            linewidth=1.2,
            markersize=5,
        )
    for peak, text in (
        (record.peak.gflops_1, say("peak of 1 thread", "1 スレッドの最大性能")),
        (record.peak.gflops, say("peak of all threads", "全スレッドの最大性能")),
    ):
        if peak is not None:
            first = peak == record.peak.gflops_1
            axes.axhline(peak, color="black", linewidth=0.8, linestyle="--" if first else "-")
            axes.annotate(
                say("{text}: {peak} GFLOP/s", "{text}：{peak} GFLOP/s", text=text, peak=rounded(peak)),
                (0 if first else 1, peak),
                xytext=(3 if first else -3, 2),
                textcoords="offset points",
                xycoords=("axes fraction", "data"),
                ha="left" if first else "right",
                va="bottom",
                fontsize="small",
            )
    axes.set(xscale="log", yscale="log", ylabel=say("rate [GFLOP/s], logarithmic", "計算速度 [GFLOP/s]（対数目盛）"))
    axes.yaxis.set_major_formatter(FuncFormatter(plain_tick))
    size_axis(axes, record)
    axes.set_title(_rate_title(record), loc="left")
    legend_below(figure)
    return figure


def _rate_title(record: BenchRecord) -> str:
    """Return which share of the peak the implementations reach."""
    shares = [
        share
        for series in record.measured
        if not is_disturbed(series.points[-1]) and (share := peak_share(record, series)) is not None
    ]
    if not shares:
        return say("{operation}: rate", "{operation}の計算速度", operation=capital_operation(record))
    return say(
        "{operation}: {shares} % of the peak at the largest size{without}",
        "{operation}：最大のサイズで最大性能の {shares} % に達する{without}",
        operation=capital_operation(record),
        shares=range_text([percent_text(min(shares)), percent_text(max(shares))]),
        without=without_dagger() if mark([series.points[-1] for series in record.measured]) else "",
    )


def rate_caption() -> str:
    """Say what the figure shows."""
    return say(
        "Floating-point operations per second, both axes logarithmic. Horizontal lines: what the processor was "
        "measured "
        "to reach at most in float64.",
        "1 秒あたりの浮動小数点演算回数（両対数）。横線は、実測したプロセッサの最大性能（float64）である。",
    )
