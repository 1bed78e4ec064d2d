"""What the figure of the residuals shows, in whole sentences: how far each degree misses, where, on which side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from mnist_lab.bench.bench_record import BenchRecord, Series
from mnist_lab.bench.fits import PolynomialFit, polynomial_fit
from mnist_lab.language import listed, say
from mnist_lab.reports.bench.bench_sentences import undetermined
from mnist_lab.reports.bench.bench_words import error_text, label_of, mark, range_text
from mnist_lab.reports.numbering import cite

# Chance alone gives two or three neighbours of one sign easily.
_LONG_RUN = 4
# Of a polynomial that misses by less, rounding decides on the signs.
_ROUNDING = 1e-4


def residual_sentences(record: BenchRecord) -> list[str]:
    """Return the largest residual of each degree, and at which neighbouring sizes the signs agree."""
    few = [series.name for series in undetermined(record)]
    series = [entry for entry in record.measured if entry.name not in few]
    fits = {
        degree: [(entry, fit) for entry in series if (fit := polynomial_fit(entry.points, degree))] for degree in (2, 3)
    }
    if not fits[2] or not fits[3]:
        return []
    said = [
        say(
            "In {residuals} the largest residual of degree 2 is that of {square}; of degree 3 it is that of {cubic}.",
            "{residuals} で最も大きな残差は、2 次の多項式では{square}、3 次の多項式では{cubic}である。",
            residuals=cite("residuals"),
            square=_largest(fits[2]),
            cubic=_largest(fits[3]),
        )
    ]
    runs = {degree: [text for entry in fits[degree] if (text := _run(*entry))] for degree in (2, 3)}
    agreeing = [_agreeing(degree, found) for degree, found in runs.items() if found]
    doubt = say(
        "There the polynomial may not have the form of the times.",
        "これらでは、多項式の形が実行時間の増え方に合っていない疑いがある。",
    )
    return [*said, *agreeing, *([doubt] if agreeing else []), *_none(runs)]


def _agreeing(degree: int, runs: Sequence[str]) -> str:
    return say(
        "With degree {degree} the residuals of {least} and more neighbouring sizes have one sign for {runs}.",
        "{degree} 次の多項式の残差の符号が、隣り合う {least} 個以上のサイズで揃うのは、{runs}である。",
        degree=degree,
        least=_LONG_RUN,
        runs=listed(list(runs)),
    )


def _none(runs: dict[int, list[str]]) -> list[str]:
    """Return of which degrees no signs agree over many sizes."""
    degrees = [f"{degree}" for degree, found in runs.items() if not found]
    if not degrees:
        return []
    return [
        say(
            "With degree {degrees} no {least} neighbouring sizes have residuals of one sign.",
            "{degrees} 次の多項式では、残差の符号が隣り合う {least} 個以上のサイズで揃う実装はない。",
            degrees=listed(degrees),
            least=_LONG_RUN,
        )
    ]


def _largest(fits: Sequence[tuple[Series, PolynomialFit]]) -> str:
    series, fit = max(fits, key=lambda entry: max(map(abs, entry[1].residuals)))
    residual, point = max(zip(fit.residuals, series.points, strict=True), key=lambda pair: abs(pair[0]))
    return say(
        "{name} at N = {size:,}, {percent} % (the measured time is {side} than the fitted one)",
        "{name}の N = {size:,} における {percent} %（測定値が近似値より{side}）",
        name=label_of(series.name) + mark(series.points),
        size=point.size,
        percent=error_text(abs(residual)),
        side=say("longer", "長い") if residual > 0 else say("shorter", "短い"),
    )


def _run(series: Series, fit: PolynomialFit) -> str:
    """Return between which sizes the long runs of residuals of one sign lie; an empty text where there is none."""
    if fit.error < _ROUNDING:
        return ""
    pairs = zip(fit.residuals, series.points, strict=True)
    runs = [[point for _, point in run] for _, run in groupby(pairs, key=lambda pair: pair[0] > 0)]
    long = [range_text([f"{run[0].size:,}", f"{run[-1].size:,}"]) for run in runs if len(run) >= _LONG_RUN]
    if not long:
        return ""
    return say(
        "{name} (N = {sizes})",
        "{name}（N = {sizes}）",
        name=label_of(series.name) + mark(series.points),
        sizes=listed(long),
    )
