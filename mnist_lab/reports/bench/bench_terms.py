"""Which term of the polynomials dominates, at which sizes, and what that says of the growth, in whole sentences."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby

from mnist_lab.bench.bench_record import BenchRecord, Series
from mnist_lab.bench.fits import PolynomialFit, polynomial_fit, power_fit
from mnist_lab.language import listed, say
from mnist_lab.reports.bench.bench_sentences import (
    compared_sizes,
    degree_caution,
    degree_warnings,
    undetermined,
)
from mnist_lab.reports.bench.bench_summary import side_of, trusted_fits
from mnist_lab.reports.bench.bench_words import error_text, label_of, mark, operation_of, range_text, term_word
from mnist_lab.reports.bench.residual_prose import residual_sentences
from mnist_lab.reports.numbering import cite

# A polynomial whose relative error is above that is no description of the times.
_FAR = 0.2


def term_paragraphs(record: BenchRecord, figures: Collection[str]) -> list[list[str]]:
    """Return where the polynomials stand and how well they fit, and which of their terms dominates at which sizes."""
    said = [
        say(
            "{polynomials} lists the polynomials.",
            "当てはめた多項式を {polynomials} に示す。",
            polynomials=cite("polynomials"),
        )
    ]
    if {"terms", "residuals"} <= set(figures):
        said.append(
            say(
                "{terms} shows what each term contributes, {residuals} what the polynomials leave over.",
                "各項の寄与を {terms} に、残差を {residuals} に示す。",
                terms=cite("terms"),
                residuals=cite("residuals"),
            )
        )
    determined = [
        (series, square, cubic)
        for series in record.measured
        if (square := polynomial_fit(series.points, 2))
        and (cubic := polynomial_fit(series.points, 3))
        and cubic.is_determined
    ]
    left_out = bool(undetermined(record))
    said += degree_warnings(record) + (_left_out_from_here(record) if determined else [])
    said += _errors(determined, figures, left_out=left_out) + degree_caution()
    dominance = _dominance(record, [(series, cubic) for series, _, cubic in determined], figures, left_out=left_out)
    residuals = residual_sentences(record) if "residuals" in figures else []
    return [paragraph for paragraph in (said, residuals, dominance) if paragraph]


def term_summary(record: BenchRecord) -> list[str]:
    """Return which term dominates at the largest size, for the summary: of the polynomials that describe the times."""
    few, far, marked = [], [], []
    found: dict[int, list[tuple[Series, float]]] = {}
    for series in record.measured:
        fit, name = polynomial_fit(series.points, 3), label_of(series.name)
        if fit is None or not fit.is_determined:
            few.append(name)
        elif mark(series.points):
            marked.append(name)
        elif fit.error > _FAR:
            far.append(name)
        else:
            size = compared_sizes(record, series)[-1]
            power = _dominant(fit, size)
            found.setdefault(power, []).append((series, fit.shares(size)[power]))
    if not found:
        return []
    reasons = [
        say("{names}, whose points are too few", "点の少ない{names}", names=listed(few)) if few else "",
        say("{names}, one of whose times was disturbed", "† の{names}", names=listed(marked)) if marked else "",
        say("{names}, which it does not describe", "3 次多項式では表せない{names}", names=listed(far)) if far else "",
    ]
    without = listed([reason for reason in reasons if reason])
    return [
        say(
            "The dominant term of the cubic polynomial {place} is {terms} ({polynomials}{without}).",
            "{place} 3 次多項式の最も大きな項は、{terms}である（{polynomials}{without}）。",
            place=say("there", "同じサイズで")
            if record.at is None
            else say("at N = {at:,}", "N = {at:,} で", at=record.at),
            terms=listed([_term(power, found[power], 0, left_out=False) for power in sorted(found)]),
            polynomials=cite("polynomials"),
            without=say("; without {names}", "、{names}を除く", names=without) if without else "",
        )
    ]


def _left_out_from_here(record: BenchRecord) -> list[str]:
    """Return, once, that the rest leaves those out whose points tell no degree; nothing where that is nobody."""
    few = undetermined(record)
    if not few:
        return []
    return [
        say(
            "What follows on errors and terms is about the others.",
            "以下の誤差と項についての記述は、ほかの実装のものである。",
        )
    ]


def _errors(
    determined: list[tuple[Series, PolynomialFit, PolynomialFit]], figures: Collection[str], *, left_out: bool
) -> list[str]:
    """Return how far both polynomials miss, and which degree the points that had no part in the fit speak for."""
    if not determined:
        return []
    squares = sorted(square.error for _, square, _ in determined)
    cubics = sorted(cubic.error for _, _, cubic in determined)
    said = [
        say(
            "The error is {squares} % with degree 2 and {cubics} % with degree 3.",
            "誤差は、2 次の多項式で {squares} %、3 次の多項式で {cubics} % である。",
            squares=range_text([error_text(squares[0]), error_text(squares[-1])]),
            cubics=range_text([error_text(cubics[0]), error_text(cubics[-1])]),
        )
    ]
    better: dict[int, list[str]] = {3: [], 2: []}
    for series, square, cubic in determined:
        if square.left_out_error is not None and cubic.left_out_error is not None:
            better[3 if cubic.left_out_error < square.left_out_error else 2].append(
                label_of(series.name) + mark(series.points)
            )
    if parts := [
        (degree, _those(names, len(determined), left_out=left_out)) for degree, names in better.items() if names
    ]:
        *firsts, last = parts
        said.append(
            say(
                "The error of points without a part in the fit is {parts}.",
                "当てはめに使わなかった点の誤差（除外誤差）は、{parts}。",
                parts=listed([_smaller(*part, last=False) for part in firsts] + [_smaller(*last, last=True)]),
            )
        )
    if far := [label_of(series.name) + mark(series.points) for series, _, cubic in determined if cubic.error > _FAR]:
        said.append(
            say(
                "With {names} even degree 3 misses by more than {far:.0f} %: neither polynomial describes the times, "
                "and the shares of the terms are no more than a hint ({shown}).",
                "{names}では、3 次の多項式でも誤差が {far:.0f} % を超える。どちらの多項式も実行時間を表しておらず、"
                "項の割合は目安にとどまる（{shown}）。",
                names=listed(far),
                far=100 * _FAR,
                shown=cite("residuals" if "residuals" in figures else "polynomials"),
            )
        )
    return said


def _smaller(degree: int, names: str, *, last: bool) -> str:
    if last:
        return say(
            "smaller with degree {degree} for {names}",
            "{names} {degree} 次のほうが小さい",
            degree=degree,
            names=names,
        )
    return say(
        "smaller with degree {degree} for {names}",
        "{names} {degree} 次のほうが小さく",
        degree=degree,
        names=names,
    )


def _those(names: list[str], count: int, *, left_out: bool) -> str:
    """Return names, or that it is all of so many which are meant; in Japanese with the particle behind them."""
    if len(names) == count > 1:
        return say("all the others", "ほかのどの実装でも") if left_out else say("all of them", "どの実装でも")
    return say("{names}", "{names}では", names=listed(names))


def _dominance(
    record: BenchRecord, fits: list[tuple[Series, PolynomialFit]], figures: Collection[str], *, left_out: bool
) -> list[str]:
    ends: list[dict[int, list[tuple[Series, float]]]] = [{}, {}]
    for series, fit in fits:
        for end, size in zip(ends, compared_sizes(record, series), strict=False):
            power = _dominant(fit, size)
            end.setdefault(power, []).append((series, fit.shares(size)[power]))
    if record.at is not None:
        places = [say("at N = {at:,}", "N = {at:,} で", at=record.at)]
    else:
        places = [
            say("at the smallest size of each", "それぞれの最小のサイズで"),
            say("at the largest size of each", "それぞれの最大のサイズで"),
        ]
    said = [
        say(
            "What dominates the cubic polynomial {place} is {terms}{shown}.",
            "{place} 3 次多項式の最も大きな項となるのは、{terms}である{shown}。",
            place=place,
            terms=listed([_term(power, end[power], len(fits), left_out=left_out) for power in sorted(end)]),
            shown=say(" ({terms})", "（{terms}）", terms=cite("terms")) if "terms" in figures else "",
        )
        for place, end in zip(places, ends, strict=False)
        if end
    ]
    if record.at is None:
        said += _changes(fits)
    return said + _cubic_of_quadratic_steps(record, [series for end in ends for series, _ in end.get(3, [])])


def _dominant(fit: PolynomialFit, size: int) -> int:
    shares = fit.shares(size)
    return max(range(len(shares)), key=lambda place: shares[place])


def _changes(fits: list[tuple[Series, PolynomialFit]]) -> list[str]:
    """Return at which measured sizes a term dominates that does so at some largest one, and not at all sizes."""
    runs = {series.name: _runs(series, fit) for series, fit in fits}
    powers = {found[-1][0] for found in runs.values() if len(found) > 1}
    return [
        say(
            "The {term} dominates {sizes}.",
            "{term}が最も大きな項であるのは、{sizes}である。",
            term=term_word(power),
            sizes=listed(
                [
                    say("{where} with {names}", "{names}では {where}", where=where, names=listed(names))
                    for where, names in _places(fits, runs, power).items()
                ]
            ),
        )
        for power in sorted(powers)
    ]


def _runs(series: Series, fit: PolynomialFit) -> list[tuple[int, list[int]]]:
    """Return which term dominates at which neighbouring measured sizes, in their order."""
    sizes = [point.size for point in series.points]
    return [(power, list(run)) for power, run in groupby(sizes, key=lambda size: _dominant(fit, size))]


def _places(
    fits: list[tuple[Series, PolynomialFit]], runs: dict[str, list[tuple[int, list[int]]]], power: int
) -> dict[str, list[str]]:
    """Return the implementations by the sizes at which a term dominates; the smallest sizes first."""
    found: dict[str, list[tuple[int, str]]] = {}
    for series, _ in fits:
        mine = [run for dominant, run in runs[series.name] if dominant == power]
        if mine:
            where = listed([_where(run, series) for run in mine], ja="と ")
            found.setdefault(where, []).append((mine[0][0], label_of(series.name) + mark(series.points)))
    ordered = sorted(found.items(), key=lambda entry: min(entry[1])[0])
    return {where: [name for _, name in entry] for where, entry in ordered}


def _where(run: list[int], series: Series) -> str:
    smallest, largest = series.points[0].size, series.points[-1].size
    if (run[0], run[-1]) == (smallest, largest):
        return say("at all sizes", "すべてのサイズ")
    if run[-1] == largest:
        return say("from N = {size:,} on", "N = {size:,} 以上のサイズ", size=run[0])
    if len(run) == 1:
        return say("at N = {size:,}", "N = {size:,} のサイズ", size=run[0])
    return say("from N = {first:,} to {last:,}", "N = {first:,}〜{last:,} のサイズ", first=run[0], last=run[-1])


def _cubic_of_quadratic_steps(record: BenchRecord, cubic: list[Series]) -> list[str]:
    if not cubic or operation_of(record).degree != 2:
        return []
    fits = [power_fit(series.points) for series in cubic]
    count = len(trusted_fits(record))
    below = all(fit is not None and side_of(fit, 3, count) < 0 for fit in fits)
    return [
        say(
            "A cubic term that dominates does not make the growth O(N³): the steps are of degree 2{power}. "
            "The term takes up that a step takes longer with larger matrices.",
            "3 次の項が最も大きいことは、実行時間が O(N³) であることを意味しない。"
            "ステップ数は N の 2 次である{power}。"
            "3 次の項は、大きな行列で 1 ステップの時間が長くなることを表している。",
            power=say(
                ", and the powers of these in {growth} are below 3",
                "うえ、{growth} の指数もこれらの実装では 3 より小さい",
                growth=cite("growth"),
            )
            if below
            else "",
        )
    ]


def _term(power: int, found: list[tuple[Series, float]], count: int, *, left_out: bool) -> str:
    shares = sorted((f"{100 * share:.0f}" for _, share in found), key=float)
    return say(
        "the {term} for {names} ({shares} %)",
        "{names} {term}（{shares} %）",
        term=term_word(power),
        names=_those([label_of(series.name) + mark(series.points) for series, _ in found], count, left_out=left_out),
        shares=range_text(shares),
    )
