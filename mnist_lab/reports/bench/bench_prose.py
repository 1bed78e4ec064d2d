"""A bench's report in whole sentences: the summary, what tables and figures show, and which term dominates."""

from __future__ import annotations

from collections.abc import Collection

from mnist_lab.bench.bench_record import BenchRecord, Series
from mnist_lab.bench.fits import PowerFit, polynomial_fit, power_fit
from mnist_lab.language import listed, say
from mnist_lab.reports.bench.bench_sentences import compared_sizes, degree_warnings, ratio_of, ratio_pairs
from mnist_lab.reports.bench.bench_words import (
    exponent_text,
    factor_text,
    is_disturbed,
    label_of,
    mark,
    milliseconds,
    operation_name,
    operation_of,
    peak_share,
    step_times_ns,
    term_word,
)
from mnist_lab.reports.numbering import cite
from mnist_lab.runs.spread import significant

# A time that grows by this factor more than the number of steps from one size to the next is named.
_JUMP = 2.0
# What the summary says of speeds; the table of ratios has all.
_IN_SUMMARY = (("c-naive", "python"), ("c-simd", "c-naive"), ("numpy-1", "c-simd"), ("cuda-fp32", "torch"))


def trusted_fits(record: BenchRecord) -> list[tuple[Series, PowerFit]]:
    """Return the powers of N, the lowest first, without those that rest on a time which other programs disturbed."""
    found = []
    for series in record.measured:
        fit = power_fit(series.points)
        if fit and not any(is_disturbed(point) and point.size in fit.sizes for point in series.points):
            found.append((series, fit))
    return sorted(found, key=lambda entry: entry[1].exponent)


def side_of(fit: PowerFit, degree: int) -> int:
    """Return 1 where a power is above a degree, -1 where it is below, 0 where its interval holds the degree.

    The interval is taken as it is printed too: no sentence says other than the numbers beside it.
    """
    middle, half = round(fit.exponent, 2), round(fit.high - fit.exponent, 2)
    if min(fit.low, middle - half) > degree:
        return 1
    return -1 if max(fit.high, middle + half) < degree else 0


def summary_sentences(record: BenchRecord) -> list[str]:
    """Return the powers of N, what can be said of them beside that of the steps, and the main ratios."""
    said = _powers(record) + _sides(record)
    if few := [label_of(series.name) for series in record.measured if power_fit(series.points) is None]:
        said.append(
            say(
                "{names} was measured at fewer than three large sizes, too few to tell how the time grows.",
                "{names}は、大きなサイズが 3 通りに満たないため、実行時間の増え方を判断できない。",
                names=listed(few),
            )
        )
    trusted = {series.name for series, _ in trusted_fits(record)}
    marked = [
        label_of(series.name) for series in record.measured if power_fit(series.points) and series.name not in trusted
    ]
    if marked:
        said.append(
            say(
                "Nothing is said here of the power of {names}, since other programs disturbed one of the times (marked "
                "† in {growth}).",
                "{names}の指数は、ほかのプログラムの影響を受けた時間を含むため、ここでは述べない（{growth} の †）。",
                names=listed(marked),
                growth=cite("growth"),
            )
        )
    return said + _speeds(record)


def _powers(record: BenchRecord) -> list[str]:
    fits = trusted_fits(record)
    if not fits:
        return []
    (low, low_fit), (high, high_fit) = fits[0], fits[-1]
    if len(fits) == 1:
        powers = say("{low} with {slow}", "{slow}で {low}", low=exponent_text(low_fit), slow=label_of(low.name))
    else:
        powers = say(
            "between {low} with {slow} and {high} with {fast}",
            "{slow}の {low} から{fast}の {high} まで",
            low=exponent_text(low_fit),
            slow=label_of(low.name),
            high=exponent_text(high_fit),
            fast=label_of(high.name),
        )
    return [
        say(
            "The number of steps of the {operation} grows as N to the power {degree}; the run time grows as N to a "
            "power {powers} ({growth}, 95 % confidence).",
            "{operation}の計算ステップ数は N の {degree} 乗に比例し、実行時間の指数は、{powers}である"
            "（{growth}、95 % 信頼区間）。",
            operation=operation_name(record),
            degree=operation_of(record).degree,
            powers=powers,
            growth=cite("growth"),
        )
    ]


def _sides(record: BenchRecord) -> list[str]:
    operation, fits = operation_of(record), trusted_fits(record)
    if not fits:
        return []
    degree, said = operation.degree, []
    for side, word in ((1, say("above", "大きい")), (-1, say("below", "小さい"))):
        outside = [(series, fit) for series, fit in reversed(fits) if side_of(fit, degree) == side]
        if not outside:
            continue
        said.append(
            say(
                "The power is {word} {degree}, with an interval that does not hold {degree}, for {names}.",
                "信頼区間が {degree} を含まず、指数が {degree} より{word}といえるのは、{names}である。",
                word=word,
                degree=degree,
                names=listed([_step_change(series, fit, record) for series, fit in outside]),
            )
        )
    if inside := [label_of(series.name) for series, fit in fits if side_of(fit, degree) == 0]:
        if len(inside) == len(fits):
            said.append(
                say(
                    "Every interval holds {degree}, so that no power can be said to differ from {degree}.",
                    "どの信頼区間も {degree} を含み、指数が {degree} と異なるとはいえない。",
                    degree=degree,
                )
            )
        else:
            said.append(
                say(
                    "For {names} the interval holds {degree}, so that the power cannot be said to differ from it.",
                    "{names}の信頼区間は {degree} を含み、指数が {degree} と異なるとはいえない。",
                    names=listed(inside),
                    degree=degree,
                )
            )
    return said


def _step_change(series: Series, fit: PowerFit, record: BenchRecord) -> str:
    first_ns, last_ns = step_times_ns(series, fit, operation_of(record))
    return say(
        "{name} (a step took {first} ns at N = {small:,} and {last} ns at N = {large:,}, {ratio} times as long)",
        "{name}（1 ステップの時間は N = {small:,} で {first} ns、N = {large:,} で {last} ns、{ratio} 倍）",
        name=label_of(series.name),
        first=significant(first_ns),
        last=significant(last_ns),
        small=fit.sizes[0],
        large=fit.sizes[-1],
        ratio=significant(last_ns / first_ns, 2),
    )


def _speeds(record: BenchRecord) -> list[str]:
    parts = []
    for first, second in ratio_pairs(record):
        found = ratio_of(first, second)
        if found is None or found.disturbed or (first.name, second.name) not in _IN_SUMMARY:
            continue
        parts.append(
            say(
                "that of {fast} {ratio} times that of {slow} (N = {size:,})",
                "{fast}が{slow}の {ratio} 倍（N = {size:,}）",
                fast=label_of(first.name),
                slow=label_of(second.name),
                ratio=factor_text(found.ratio),
                size=found.size,
            )
        )
    if not parts:
        return []
    return [
        say(
            "At the largest size of both, the speeds compare thus: {parts} ({ratios}).",
            "共通の最大のサイズで速さを比べると、{parts}である（{ratios}）。",
            parts=listed(parts),
            ratios=cite("ratios"),
        )
    ]


def result_sentences(record: BenchRecord, figures: Collection[str], *, ratios: bool) -> list[str]:
    """Return what tables and figures of the results show.

    Args:
        record: Of the bench.
        figures: File names, without an ending, of those there are.
        ratios: Whether there is a table of ratios.
    """
    said = []
    if {"time_log", "time"} <= set(figures):
        said.append(
            say(
                "{times} lists the run times; {time_log} shows them on logarithmic axes, {time} on ordinary ones.",
                "実行時間を {times} に示す。{time_log} は同じ時間を両対数の目盛で、{time} は普通の目盛で表す。",
                times=cite("times"),
                time_log=cite("time_log"),
                time=cite("time"),
            )
        )
        said.append(
            say(
                "The slopes of the broad lines of {time_log} are the powers of N in {growth}.",
                "{time_log} の太い線の傾きが、{growth} の N の指数である。",
                time_log=cite("time_log"),
                growth=cite("growth"),
            )
        )
    else:
        said.append(
            say(
                "{times} lists the run times, {growth} how they grow.",
                "実行時間を {times} に、その増え方を {growth} に示す。",
                times=cite("times"),
                growth=cite("growth"),
            )
        )
    if jumps := _jumps(record):
        said.append(
            say(
                "From one size to the next, the time grows more than {factor:.0f} times as much as the number of steps "
                "for {jumps} ({times}); the fitted power levels such steps out, and the times alone do not tell the "
                "cause.",
                "隣り合うサイズの間で、実行時間の比がステップ数の比の {factor:.0f} 倍を超えるのは、"
                "{jumps}である（{times}）。"
                "指数はこのような急な増え方をならした値であり、時間だけからその原因は分からない。",
                factor=_JUMP,
                jumps=listed(jumps),
                times=cite("times"),
            )
        )
    said += _peak(record, figures)
    if ratios:
        said.append(
            say(
                "{ratios} compares the implementations in pairs.",
                "実装どうしの速さの比を {ratios} に示す。",
                ratios=cite("ratios"),
            )
        )
    return said


def _jumps(record: BenchRecord) -> list[str]:
    steps, found = operation_of(record).steps, []
    for series in record.measured:
        for before, after in zip(series.points, series.points[1:], strict=False):
            time, counted = after.median_s / before.median_s, steps(after.size) / steps(before.size)
            if time <= _JUMP * counted or is_disturbed(before) or is_disturbed(after):
                continue
            found.append(
                say(
                    "{name} from N = {small:,} to {large:,} ({first} to {last} ms, {time} times; the steps {steps} "
                    "times)",
                    "{name}の N = {small:,} から {large:,}（{first} ms から {last} ms へ {time} 倍、ステップ数は"
                    " {steps} 倍）",
                    name=label_of(series.name),
                    small=before.size,
                    large=after.size,
                    first=milliseconds(before.median_s),
                    last=milliseconds(after.median_s),
                    time=significant(time, 2),
                    steps=significant(counted, 2),
                )
            )
    return found


def _peak(record: BenchRecord, figures: Collection[str]) -> list[str]:
    if "rate" not in figures:
        return []
    shares = {series.name: share for series in record.measured if (share := _trusted_share(record, series)) is not None}
    if not shares:
        return [say("{rate} shows the rates.", "計算速度を {rate} に示す。", rate=cite("rate"))]
    disturbed = any(is_disturbed(series.points[-1]) for series in record.measured)
    nearest = max(shares, key=lambda name: shares[name])
    return [
        say(
            "Between the rates of {rate} and the peak, {growth} gives the share: {name} comes nearest{but}, with "
            "{share} % at its largest size.",
            "{rate} の計算速度と最大性能の線、{growth} の最大性能比を比べると、最大のサイズで最大性能に最も近いのは"
            "{but}{name}の {share} % である。",
            rate=cite("rate"),
            growth=cite("growth"),
            name=label_of(nearest),
            but=say(" of those without †", "、† の値を除けば、") if disturbed else "",
            share=significant(shares[nearest], 2),
        )
    ]


def _trusted_share(record: BenchRecord, series: Series) -> float | None:
    return None if is_disturbed(series.points[-1]) else peak_share(record, series)


def term_sentences(record: BenchRecord, figures: Collection[str]) -> list[str]:
    """Return where the polynomials stand, which of their terms dominates, and what that says of the growth."""
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
    return said + _dominance(record) + degree_warnings(record)


def _dominance(record: BenchRecord) -> list[str]:
    ends: list[dict[int, list[tuple[Series, float]]]] = [{}, {}]
    for series in record.measured:
        fit = polynomial_fit(series.points, 3)
        if fit is None or not fit.is_determined:
            continue
        for end, size in zip(ends, compared_sizes(record, series), strict=False):
            shares = fit.shares(size)
            power = max(range(len(shares)), key=lambda place: shares[place])
            end.setdefault(power, []).append((series, shares[power]))
    if record.at is not None:
        places = [say("At N = {at:,}", "N = {at:,} で", at=record.at)]
    else:
        places = [
            say("At the smallest size of each", "それぞれの最小のサイズで"),
            say("At the largest size of each", "それぞれの最大のサイズで"),
        ]
    said = [
        say(
            "{place}, what dominates the cubic polynomial is {terms}.",
            "{place} 3 次多項式の最も大きな項となるのは、{terms}である。",
            place=place,
            terms=listed([_term(power, end[power]) for power in sorted(end)]),
        )
        for place, end in zip(places, ends, strict=False)
        if end
    ]
    degree = operation_of(record).degree
    cubic = [series for end in ends for series, _ in end.get(3, [])] if degree == 2 else []
    if cubic:
        fits = [power_fit(series.points) for series in cubic]
        below = all(fit is not None and side_of(fit, 3) < 0 for fit in fits)
        said.append(
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
        )
    return said


def _term(power: int, found: list[tuple[Series, float]]) -> str:
    shares = sorted(f"{100 * share:.0f}" for _, share in found)
    shares.sort(key=float)
    return say(
        "the {term} term for {names} ({shares} %)",
        "{names}では{term}の項（{shares} %）",
        term=term_word(power),
        names=listed([label_of(series.name) + mark(series.points) for series, _ in found]),
        shares=shares[0]
        if shares[0] == shares[-1]
        else say("{low} to {high}", "{low}〜{high}", low=shares[0], high=shares[-1]),
    )
