"""A bench's run times, drawn: both axes logarithmic with the fitted powers, and ordinary axes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, StrMethodFormatter

from mnist_lab.bench.bench_record import BenchRecord
from mnist_lab.bench.fits import power_fit
from mnist_lab.language import listed, say, spaced
from mnist_lab.reports.bench.bench_axes import (
    LOW_INCH,
    TALL_INCH,
    capital_operation,
    draw_points,
    legend_below,
    name_of,
    new_figure,
    plain_tick,
    size_axis,
    size_label,
    without_dagger,
)
from mnist_lab.reports.bench.bench_summary import is_wide, trusted_fits
from mnist_lab.reports.bench.bench_words import (
    extremes_at,
    factor_text,
    is_unsure_time,
    label_of,
    largest_common,
    mark,
    operation_of,
    range_text,
)
from mnist_lab.reports.style import GroupStyle


def draw_time_log(record: BenchRecord, styles: Mapping[str, GroupStyle]) -> Figure:
    """Draw the times with both axes logarithmic, and the fitted powers."""
    figure, axes = new_figure(TALL_INCH)
    told = _told(record)
    for series in record.measured:
        style, fit = styles[series.name], power_fit(series.points)
        label = name_of(series)
        if fit and series.name in told:
            label = say("{label}: power {power:.2f}", "{label}：{power:.2f} 乗", label=label, power=fit.exponent)
        elif fit:
            label = say("{label}: power ({power:.2f})", "{label}：({power:.2f} 乗)", label=label, power=fit.exponent)
        if fit:
            ends = np.array([fit.sizes[0], fit.sizes[-1]], dtype=float)
            axes.plot(ends, [1e3 * fit.at(size) for size in ends], color=style.colour, linewidth=3, alpha=0.35)
        draw_points(axes, series, style, label)
    axes.set(xscale="log", yscale="log")
    axes.yaxis.set_major_formatter(FuncFormatter(plain_tick))
    size_axis(axes, record)
    axes.set_ylabel(say("run time [ms], logarithmic", "実行時間 [ms]（対数目盛）"))
    axes.set_title(_time_log_title(record), loc="left")
    legend_below(figure)
    return figure


def _time_log_title(record: BenchRecord) -> str:
    """Return with which powers of N the time grows, beside that of the steps."""
    degree = operation_of(record).degree
    told = _told(record)
    powers = sorted(told.values())
    if not powers:
        return say("{operation}: run time", "{operation}の実行時間", operation=capital_operation(record))
    return say(
        "{operation}: the time grows as N to the power {powers}, the steps {degree}{without}",
        "{operation}：実行時間は N の {powers} 乗、ステップ数は N の {degree} 乗で増える{without}",
        operation=capital_operation(record),
        powers=range_text([f"{powers[0]:.2f}", f"{powers[-1]:.2f}"]),
        degree=degree,
        without=_without(record),
    )


def _without(record: BenchRecord) -> str:
    """Return which powers of the legend are no part of the title's range."""
    degree = operation_of(record).degree
    wide = any(is_wide(fit, degree) for _, fit in trusted_fits(record))
    marked = len(trusted_fits(record)) < sum(power_fit(series.points) is not None for series in record.measured)
    reasons = [say("not told", "何乗かを判断できない")] if wide else []
    reasons += [say("disturbed", "ほかのプログラムの影響を受けた")] if marked else []
    if not reasons:
        return ""
    return say(
        "\n(without the powers in brackets: {reasons})",
        "\n（括弧内の指数を除く：{reasons}）",
        reasons=listed(reasons),
    )


def _told(record: BenchRecord) -> dict[str, float]:
    """Return the powers of N that the title holds, by name: those that can be told and rest on no disturbed time."""
    degree = operation_of(record).degree
    return {series.name: fit.exponent for series, fit in trusted_fits(record) if not is_wide(fit, degree)}


def time_log_caption() -> str:
    """Say what the figure shows."""
    return say(
        "Run time against matrix size, both axes logarithmic: median, bars from the lower to the upper quartile. Broad "
        "lines: the fitted power of N over the large sizes, the slope in the legend.",
        "行列サイズと実行時間（両対数）。印は中央値、縦棒は四分位範囲である。"
        "太い線は大きなサイズに当てはめた N の累乗であり、"
        "傾きを凡例に示す。",
    )


def draw_time(record: BenchRecord, styles: Mapping[str, GroupStyle]) -> Figure:
    """Draw the same times on ordinary axes."""
    figure, axes = new_figure(LOW_INCH)
    for series in record.measured:
        draw_points(axes, series, styles[series.name], name_of(series))
    axes.set_xlabel(size_label(logarithmic=False))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.set_ylabel(say("run time [ms]", "実行時間 [ms]"))
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.set_title(_time_title(record), loc="left")
    legend_below(figure)
    return figure


def _time_title(record: BenchRecord) -> str:
    """Return how far the fastest and the slowest are apart at the largest size of all."""
    size = largest_common(record.measured)
    found = extremes_at(record, size) if size is not None else None
    if found is None:
        return say("{operation}: run time", "{operation}の実行時間", operation=capital_operation(record))
    (slow, most), (fast, least) = found
    marked = mark([point for series in record.measured for point in series.points if point.size == size])
    return spaced(
        say(
            "N = {size:,}: {slow} takes {ratio} times as long as {fast}{without}",
            "N = {size:,}：{slow}の時間は{fast}の {ratio} 倍{without}",
            size=size,
            slow=label_of(slow.name),
            fast=label_of(fast.name),
            ratio=factor_text(most.median_s / least.median_s, wide=is_unsure_time(most) or is_unsure_time(least)),
            without=without_dagger() if marked else "",
        )
    )


def time_caption() -> str:
    """Say what the figure shows."""
    return say(
        "The same times on ordinary axes; the lines join the medians.",
        "同じ実行時間を普通の目盛で示したもの。線は中央値を結んだものである。",
    )
