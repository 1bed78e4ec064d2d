"""A bench's figures: log-log with fits, ordinary axes, the polynomials' terms and residuals, rates against the peak."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator, StrMethodFormatter

from mnist_lab.bench.bench_record import BenchRecord, Series
from mnist_lab.bench.fits import polynomial_fit, power_fit
from mnist_lab.language import listed, say, spaced
from mnist_lab.reports.bench.bench_sentences import compared_sizes
from mnist_lab.reports.bench.bench_styles import styles_of_series
from mnist_lab.reports.bench.bench_summary import is_wide, trusted_fits
from mnist_lab.reports.bench.bench_words import (
    error_text,
    factor_text,
    is_disturbed,
    is_wide_time,
    label_of,
    largest_common,
    mark,
    operation_name,
    operation_of,
    peak_share,
    percent_text,
    point_at,
    power_of_ten,
    range_text,
    rounded,
    term_name,
)
from mnist_lab.reports.style import GroupStyle

STEMS = ("time_log", "time", "terms", "residuals", "rate")
"""File names, without an ending, of all the figures there can be."""
# From the constant to the cubic term: light to dark, and a hatch each for those who print in grey.
_TERM_LOOKS = (("#dddddd", ""), ("#56B4E9", "///"), ("#E69F00", "..."), ("#0072B2", "xxx"))
_WIDTH_INCH = 7.2
# Two stand on a page of A4 with their captions.
_TALL_INCH, _LOW_INCH = 4.4, 4.3


def draw_bench_figures(record: BenchRecord) -> dict[str, tuple[Figure, str]]:
    """Draw all figures that the record has the numbers for; each with what it says, by file name without ending."""
    if not record.measured:
        return {}
    styles = styles_of_series([series.name for series in record.series])
    drawn = {
        "time_log": (_time_log(record, styles), _time_log_caption() + _dagger(record)),
        "time": (_time(record, styles), _time_caption() + _dagger(record)),
        "rate": (_rate(record, styles), _rate_caption() + _dagger(record)),
    }
    fitted = any(polynomial_fit(series.points, 3) for series in record.measured)
    if fitted and record.operation != "ladder":  # whose few sizes are not there for a fit
        drawn["terms"] = _terms(record), _terms_caption() + _dagger(record)
        drawn["residuals"] = _residuals(record, styles), _residuals_caption() + _dagger(record)
    return drawn


def _dagger(record: BenchRecord) -> str:
    """Return what † is, where a legend has one."""
    if not any(mark(series.points) for series in record.measured):
        return ""
    return say(
        " †: one of the times was disturbed by other programs.",
        "† は、ほかのプログラムの影響を受けた時間を含む。",
    )


def _name(series: Series) -> str:
    return label_of(series.name) + mark(series.points)


def _time_log(record: BenchRecord, styles: Mapping[str, GroupStyle]) -> Figure:
    figure, axes = _new(_TALL_INCH)
    told = _told(record)
    for series in record.measured:
        style, fit = styles[series.name], power_fit(series.points)
        label = _name(series)
        if fit and series.name in told:
            label = say("{label}: power {power:.2f}", "{label}：{power:.2f} 乗", label=label, power=fit.exponent)
        elif fit:
            label = say("{label}: power ({power:.2f})", "{label}：({power:.2f} 乗)", label=label, power=fit.exponent)
        if fit:
            ends = np.array([fit.sizes[0], fit.sizes[-1]], dtype=float)
            axes.plot(ends, [fit.at(size) for size in ends], color=style.colour, linewidth=3, alpha=0.35)
        _points(axes, series, style, label)
    axes.set(xscale="log", yscale="log")
    axes.yaxis.set_major_formatter(FuncFormatter(plain_tick))
    _size_axis(axes, record)
    axes.set_ylabel(say("run time [s], logarithmic", "実行時間 [s]（対数目盛）"))
    axes.set_title(_time_log_title(record), loc="left")
    _legend(figure)
    return figure


def _time_log_title(record: BenchRecord) -> str:
    """Return with which powers of N the time grows, beside that of the steps."""
    degree = operation_of(record).degree
    told = _told(record)
    powers = sorted(told.values())
    if not powers:
        return say("{operation}: run time", "{operation}の実行時間", operation=_capital(record))
    return say(
        "{operation}: the time grows as N to the power {powers}, the steps {degree}{without}",
        "{operation}：実行時間は N の {powers} 乗、ステップ数は N の {degree} 乗で増える{without}",
        operation=_capital(record),
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


def _time_log_caption() -> str:
    return say(
        "Run time against matrix size, both axes logarithmic: median, bars from the lower to the upper quartile. Broad "
        "lines: the fitted power of N over the large sizes, the slope in the legend.",
        "行列サイズと実行時間（両対数）。印は中央値、縦棒は四分位範囲である。"
        "太い線は大きなサイズに当てはめた N の累乗であり、"
        "傾きを凡例に示す。",
    )


def _time(record: BenchRecord, styles: Mapping[str, GroupStyle]) -> Figure:
    figure, axes = _new(_LOW_INCH)
    for series in record.measured:
        _points(axes, series, styles[series.name], _name(series))
    axes.set_xlabel(_size_label(logarithmic=False))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.set_ylabel(say("run time [s]", "実行時間 [s]"))
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.set_title(_time_title(record), loc="left")
    _legend(figure)
    return figure


def _time_title(record: BenchRecord) -> str:
    """Return how far the fastest and the slowest are apart at the largest size of all."""
    size = largest_common(record.measured)
    times = {
        label_of(series.name): point
        for series in record.measured
        if size is not None and (point := point_at(series, size)) and not is_disturbed(point)
    }
    if not len(times) > 1:
        return say("{operation}: run time", "{operation}の実行時間", operation=_capital(record))
    slow, fast = max(times, key=lambda name: times[name].median_s), min(times, key=lambda name: times[name].median_s)
    return spaced(
        say(
            "N = {size:,}: {slow} takes {ratio} times as long as {fast}",
            "N = {size:,}：{slow}の時間は{fast}の {ratio} 倍",
            size=size,
            slow=slow,
            fast=fast,
            ratio=factor_text(
                times[slow].median_s / times[fast].median_s, wide=any(map(is_wide_time, (times[slow], times[fast])))
            ),
        )
    )


def _time_caption() -> str:
    return say(
        "The same times on ordinary axes; the lines join the medians.",
        "同じ実行時間を普通の目盛で示したもの。線は中央値を結んだものである。",
    )


def _terms(record: BenchRecord) -> Figure:
    rows = [(series, size) for series in record.measured for size in compared_sizes(record, series)]
    figure = Figure(figsize=(_WIDTH_INCH, 1.6 + 0.2 * len(rows)), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    for panel, degree in zip(panels, (2, 3), strict=True):
        for place, (series, size) in enumerate(rows):
            if fit := polynomial_fit(series.points, degree):
                _stacked(panel, place, fit.shares(size))
        panel.set_xlim(0, 100)
        panel.set_xlabel(say("share of the terms [%]", "項の割合 [%]"))
        panel.set_title(say("degree {degree}", "{degree} 次の多項式", degree=degree), loc="left")
    for power, (colour, hatch) in enumerate(_TERM_LOOKS):
        name = say("constant", "定数項") if power == 0 else say("{term} term", "{term} の項", term=term_name(power))
        panels[0].barh(0, 0, color=colour, hatch=hatch, edgecolor="black", linewidth=0.5, label=name)
    texts = [
        say("{name}, N = {size:,}", "{name}、N = {size:,}", name=_name(series), size=size) for series, size in rows
    ]
    panels[0].set_yticks(range(len(rows)), texts, fontsize="small")
    panels[0].set_ylim(len(rows) - 0.4, -0.6)
    figure.suptitle(_terms_title(record), x=0.01, ha="left", fontsize=11)
    figure.legend(loc="outside lower center", ncols=4, fontsize="small")
    return figure


def _terms_title(record: BenchRecord) -> str:
    if record.at is not None:
        return say(
            "{operation}: what the terms contribute at N = {at:,}",
            "{operation}：N = {at:,} における各項の割合",
            operation=_capital(record),
            at=record.at,
        )
    return say(
        "{operation}: which term dominates depends on N",
        "{operation}：どの項が支配的かは N によって変わる",
        operation=_capital(record),
    )


def _stacked(axes: Axes, place: int, shares: Sequence[float]) -> None:
    left = 0.0
    for power, share in enumerate(shares):
        colour, hatch = _TERM_LOOKS[power]
        axes.barh(place, 100 * share, left=left, color=colour, hatch=hatch, edgecolor="black", linewidth=0.5)
        left += 100 * share


def _terms_caption() -> str:
    return say(
        "What each term of the quadratic and of the cubic polynomial contributes; of negative terms the "
        "magnitude counts.",
        "2 次と 3 次の多項式における各項の寄与（負の項は絶対値で数える）。",
    )


def _residuals(record: BenchRecord, styles: Mapping[str, GroupStyle]) -> Figure:
    figure = Figure(figsize=(_WIDTH_INCH, 6.2), layout="constrained")
    panels = figure.subplots(2, 1, sharex=True, sharey=True)
    for panel, degree in zip(panels, (2, 3), strict=True):
        most = 0.0
        for series in record.measured:
            fit = polynomial_fit(series.points, degree)
            if fit is None:
                continue
            most = max(most, *map(abs, fit.residuals))
            style = styles[series.name]
            panel.plot(
                [point.size for point in series.points],
                [100 * residual for residual in fit.residuals],
                color=style.colour,
                marker=style.marker,
                linestyle=style.line,
                linewidth=1,
                markersize=5,
                label=_name(series) if degree == 2 else None,
            )
        panel.axhline(0, color="black", linewidth=0.8)
        panel.set_title(
            say(
                "{operation}: degree {degree} misses by up to {most} %",
                "{operation}：{degree} 次の多項式の残差（最大 {most} %）",
                operation=_capital(record),
                degree=degree,
                most=error_text(most),
            ),
            loc="left",
        )
        panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}".replace("-", "\N{MINUS SIGN}")))
        panel.set_ylabel(say("(measured − fitted) / measured [%]", "（測定値 − 近似値）/ 測定値 [%]"), fontsize="small")
    panels[1].set_xscale("log")
    _size_axis(panels[1], record)
    _legend(figure)
    return figure


def _residuals_caption() -> str:
    return say(
        "What the polynomials leave over. Residuals of one sign over neighbouring sizes say that the curve has another "
        "form.",
        "多項式の残差。隣り合うサイズで符号が揃っていれば、曲線の形が合っていないことを示す。",
    )


def _rate(record: BenchRecord, styles: Mapping[str, GroupStyle]) -> Figure:
    figure, axes = _new(_LOW_INCH)
    operation = operation_of(record)
    for series in record.measured:
        style = styles[series.name]
        axes.plot(
            [point.size for point in series.points],
            [operation.flops(point.size) / point.median_s / 1e9 for point in series.points],
            color=style.colour,
            marker=style.marker,
            linestyle=style.line,
            label=_name(series),
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
    _size_axis(axes, record)
    axes.set_title(_rate_title(record), loc="left")
    _legend(figure)
    return figure


def _rate_title(record: BenchRecord) -> str:
    """Return which share of the peak the implementations reach."""
    shares = [
        share
        for series in record.measured
        if not is_disturbed(series.points[-1]) and (share := peak_share(record, series)) is not None
    ]
    if not shares:
        return say("{operation}: rate", "{operation}の計算速度", operation=_capital(record))
    return say(
        "{operation}: {shares} % of the peak at the largest size",
        "{operation}：最大のサイズで最大性能の {shares} % に達する",
        operation=_capital(record),
        shares=range_text([percent_text(min(shares)), percent_text(max(shares))]),
    )


def _rate_caption() -> str:
    return say(
        "Floating-point operations per second, both axes logarithmic. Horizontal lines: what the processor was "
        "measured "
        "to reach at most in float64.",
        "1 秒あたりの浮動小数点演算回数（両対数）。横線は、実測したプロセッサの最大性能（float64）である。",
    )


def plain_tick(value: float, _: int) -> str:
    """Write a tick's number: a power of ten as 10⁻⁵, any other in full; reports' figures know no formulas."""
    if value > 0 and math.isclose(value, 10.0 ** (exponent := round(math.log10(value)))):
        return power_of_ten(exponent)
    return f"{value:,.10f}".rstrip("0").rstrip(".")


def _points(axes: Axes, series: Series, style: GroupStyle, label: str) -> None:
    middles = np.array([point.median_s for point in series.points])
    below = middles - np.array([point.low_s for point in series.points])
    above = np.array([point.high_s for point in series.points]) - middles
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


def _size_axis(axes: Axes, record: BenchRecord) -> None:
    """Put a tick at each measured size, as far as there is room."""
    sizes = sorted({point.size for series in record.measured for point in series.points})
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes], rotation=30 if len(sizes) > 8 else 0)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(_size_label(logarithmic=True))


def _size_label(*, logarithmic: bool) -> str:
    if logarithmic:
        return say("matrix size N [values a side], logarithmic", "1 辺の要素数 N [個]（対数目盛）")
    return say("matrix size N [values a side]", "1 辺の要素数 N [個]")


def _capital(record: BenchRecord) -> str:
    name = operation_name(record)
    return name[:1].upper() + name[1:]


def _new(height_inch: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_WIDTH_INCH, height_inch), layout="constrained")
    return figure, figure.subplots()


def _legend(figure: Figure) -> None:
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize="small")
