"""What each term of the polynomials contributes, and what they leave over, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from mnist_lab.bench.bench_record import BenchRecord
from mnist_lab.bench.fits import polynomial_fit
from mnist_lab.language import say
from mnist_lab.reports.bench.bench_axes import WIDTH_INCH, capital_operation, legend_below, name_of, size_axis
from mnist_lab.reports.bench.bench_sentences import compared_sizes
from mnist_lab.reports.bench.bench_words import error_text, term_word
from mnist_lab.reports.style import GroupStyle

# From the constant to the cubic term: light to dark, and a hatch each for those who print in grey.
_TERM_LOOKS = (("#dddddd", ""), ("#56B4E9", "///"), ("#E69F00", "..."), ("#0072B2", "xxx"))


def draw_terms(record: BenchRecord) -> Figure:
    """Draw stacked bars of the shares of the terms, a panel a degree."""
    rows = [(series, size) for series in record.measured for size in compared_sizes(record, series)]
    figure = Figure(figsize=(WIDTH_INCH, 1.6 + 0.2 * len(rows)), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    for panel, degree in zip(panels, (2, 3), strict=True):
        for place, (series, size) in enumerate(rows):
            if fit := polynomial_fit(series.points, degree):
                _stacked(panel, place, fit.shares(size))
        panel.set_xlim(0, 100)
        panel.set_xlabel(say("share of the terms [%]", "項の割合 [%]"))
        panel.set_title(say("degree {degree}", "{degree} 次の多項式", degree=degree), loc="left")
    for power, (colour, hatch) in enumerate(_TERM_LOOKS):
        panels[0].barh(0, 0, color=colour, hatch=hatch, edgecolor="black", linewidth=0.5, label=term_word(power))
    texts = [
        say("{name}, N = {size:,}", "{name}、N = {size:,}", name=name_of(series), size=size) for series, size in rows
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
            operation=capital_operation(record),
            at=record.at,
        )
    return say(
        "{operation}: which term dominates depends on N",
        "{operation}：どの項が支配的かは N によって変わる",
        operation=capital_operation(record),
    )


def _stacked(axes: Axes, place: int, shares: Sequence[float]) -> None:
    left = 0.0
    for power, share in enumerate(shares):
        colour, hatch = _TERM_LOOKS[power]
        axes.barh(place, 100 * share, left=left, color=colour, hatch=hatch, edgecolor="black", linewidth=0.5)
        left += 100 * share


def terms_caption() -> str:
    """Say what the figure shows."""
    return say(
        "What each term of the quadratic and of the cubic polynomial contributes; of negative terms the "
        "magnitude counts.",
        "2 次と 3 次の多項式における各項の寄与（負の項は絶対値で数える）。",
    )


def draw_residuals(record: BenchRecord, styles: Mapping[str, GroupStyle]) -> Figure:
    """Draw the relative residuals against the size, a panel a degree."""
    figure = Figure(figsize=(WIDTH_INCH, 6.2), layout="constrained")
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
                label=name_of(series) if degree == 2 else None,
            )
        panel.axhline(0, color="black", linewidth=0.8)
        panel.set_title(
            say(
                "{operation}: degree {degree} misses by up to {most} %",
                "{operation}：{degree} 次の多項式の残差（最大 {most} %）",
                operation=capital_operation(record),
                degree=degree,
                most=error_text(most),
            ),
            loc="left",
        )
        panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}".replace("-", "\N{MINUS SIGN}")))
        panel.set_ylabel(say("(measured − fitted) / measured [%]", "（測定値 − 近似値）/ 測定値 [%]"), fontsize="small")
    panels[1].set_xscale("log")
    size_axis(panels[1], record)
    legend_below(figure)
    return figure


def residuals_caption() -> str:
    """Say what the figure shows."""
    return say(
        "What the polynomials leave over, relative to the measured time; above 0 the measured time is the longer one. "
        "Residuals of one sign over many neighbouring sizes let suspect that the curve has another form.",
        "多項式の残差（測定値に対する割合）。正の値は、測定値が近似値より長いことを示す。隣り合う多くのサイズで"
        "符号が揃っていれば、曲線の形が合っていない疑いがある。",
    )
