"""A bench's summary: how the run time of each implementation grows with the matrix size, and the main ratios."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mnist_lab.bench.bench_record import BenchRecord, Series
from mnist_lab.bench.fits import PowerFit, power_fit
from mnist_lab.language import listed, say
from mnist_lab.reports.bench.bench_sentences import Ratio, ratio_of, ratio_pairs
from mnist_lab.reports.bench.bench_words import (
    exponent_text,
    is_disturbed,
    label_of,
    on_gpu,
    operation_name,
    operation_of,
)
from mnist_lab.reports.numbering import cite

# What the summary says of speeds; the table of ratios has all.
_IN_SUMMARY = (
    *(("c-naive", "python"), ("c-simd", "c-naive"), ("numpy-1", "c-simd"), ("numpy", "numpy-1"), ("torch", "numpy")),
    *(("torch", "torch-1"), ("cuda-fp32", "torch"), ("cupy", "cuda-fp32")),
)
# What stands for one of these pairs where it was not measured.
_INSTEAD = {
    ("numpy-1", "python"): ("c-naive", "python"),
    ("numpy-1", "c-naive"): ("numpy-1", "c-simd"),
    ("torch", "numpy-1"): ("torch", "numpy"),
}


def trusted_fits(record: BenchRecord) -> list[tuple[Series, PowerFit]]:
    """Return the powers of N, without those that rest on a time which other programs disturbed."""
    found = []
    for series in record.measured:
        fit = power_fit(series.points)
        if fit and not any(is_disturbed(point) and point.size in fit.sizes for point in series.points):
            found.append((series, fit))
    return found


def side_of(fit: PowerFit, degree: int, count: int = 1) -> int:
    """Return 1 where a power is above a degree, -1 where it is below, 0 where its interval holds the degree.

    Args:
        fit: Of the power.
        degree: What it is held against.
        count: Intervals that are read at once, for which this one is corrected.
    """
    low, high = interval_of(fit, count)
    if low > degree:
        return 1
    return -1 if high < degree else 0


def interval_of(fit: PowerFit, count: int = 1) -> tuple[float, float]:
    """Return the ends of a power's interval, no nearer than as printed: no sentence says other than its numbers."""
    exact, middle, half = fit.half(count), round(fit.exponent, 2), round(fit.half(count), 2)
    return min(fit.exponent - exact, middle - half), max(fit.exponent + exact, middle + half)


def summary_paragraphs(record: BenchRecord) -> list[list[str]]:
    """Return the powers of N with what can be said of them beside that of the steps, and the main ratios."""
    return [growth_sentences(record) + _not_said(record), _speeds(record)]


def growth_sentences(record: BenchRecord) -> list[str]:
    """Return for each implementation with which power of N its run time grows, grouped by what the interval bears."""
    fits, degree = trusted_fits(record), operation_of(record).degree
    said = [
        say(
            "The number of steps of the {operation} grows as N to the power {degree}.",
            "{operation}の計算ステップ数は、行列サイズ N の {degree} 乗に比例する。",
            operation=operation_name(record),
            degree=degree,
        )
    ]
    if not fits:
        return said
    said.append(
        say(
            "{growth} gives the powers of N of the run times (95 % confidence).",
            "実行時間の N の指数を {growth} に示す（95 % 信頼区間）。",
            growth=cite("growth"),
        )
    )
    wide = [(series, fit) for series, fit in fits if is_wide(fit, degree)]
    narrow = [entry for entry in fits if entry not in wide]
    count = len(fits)
    close = [(series, fit) for series, fit in narrow if side_of(fit, degree) and not side_of(fit, degree, count)]
    clear = [entry for entry in narrow if entry not in close]
    sides = {side: [entry for entry in clear if side_of(entry[1], degree) == side] for side in (1, -1, 0)}
    said += [_grown(group, side, degree) for side, group in sides.items() if group]
    said += [_close(close, degree, count)] if close else []
    return [*said, _too_wide(wide, degree)] if wide else said


def is_wide(fit: PowerFit, degree: int) -> bool:
    """Return whether an interval holds a whole number beside the degree, so that neither can be told."""
    low, high = interval_of(fit)
    return any(low <= whole <= high for whole in range(math.ceil(low), math.floor(high) + 1) if whole != degree) and (
        low <= degree <= high
    )


def _grown(group: Sequence[tuple[Series, PowerFit]], side: int, degree: int) -> str:
    powers = _powers(group)
    if side > 0:
        return say(
            "The run time grows as {powers}: faster than N to the power {degree}, which the intervals do not hold.",
            "実行時間は、{powers}に比例する傾向を示し、信頼区間が {degree} を含まないことから、"
            "{degree} 乗より急に増えるといえる。",
            powers=powers,
            degree=degree,
        )
    if side < 0:
        return say(
            "The run time grows as {powers}: slower than N to the power {degree}, which the intervals do not hold.",
            "実行時間は、{powers}に比例する傾向を示し、信頼区間が {degree} を含まないことから、"
            "{degree} 乗より緩やかに増えるといえる。",
            powers=powers,
            degree=degree,
        )
    return say(
        "The run time grows as {powers}: this agrees with N to the power {degree}, which the intervals hold.",
        "実行時間は、{powers}に比例する傾向を示し、信頼区間が {degree} を含むことから、ステップ数と同じ {degree} 乗に"
        "比例するという予想と矛盾しない。",
        powers=powers,
        degree=degree,
    )


def _powers(group: Sequence[tuple[Series, PowerFit]]) -> str:
    return listed(
        [
            say(
                "N to the power {power:.2f} with {name}",
                "{name}では N の {power:.2f} 乗",
                power=fit.exponent,
                name=label_of(series.name),
            )
            for series, fit in group
        ]
    )


def _close(group: Sequence[tuple[Series, PowerFit]], degree: int, count: int) -> str:
    return say(
        "The run time grows as {powers}: the interval does not hold {degree}, but once corrected for {count} intervals "
        "it does, so that it cannot be told apart from N to the power {degree}.",
        "実行時間は、{powers}に比例する傾向を示す。信頼区間は {degree} を含まないが、{count} 個の区間を同時に見る分の"
        "補正をすると {degree} を含むため、{degree} 乗と区別できない。",
        powers=_powers(group),
        degree=degree,
        count=count,
    )


def at_once_sentence(record: BenchRecord) -> list[str]:
    """Return how many intervals are read at once, and what that means for a claim near the border."""
    count = len(trusted_fits(record))
    if count < 2:
        return []
    return [
        say(
            "{count} intervals of 95 % are read at once in {growth}{but}: that one of them misses its power by chance "
            "is likelier than 5 %, and a claim near the border may be chance. A power is called above or below that of "
            "the steps only where the interval corrected for {count} (Bonferroni, {level:.1f} % each) misses it too.",
            "{growth} では{but} {count} 個の 95 % 信頼区間を同時に見ており、そのどれかが偶然に真の指数を外す確率は "
            "5 % より高く、境界に近い主張は偶然かもしれない。ステップ数の指数より急、または緩やかと述べるのは、{count} "
            "個分の補正を"
            "した区間（Bonferroni の方法、1 個あたり {level:.1f} %）もそれを含まない場合だけである。",
            count=count,
            growth=cite("growth"),
            but=say(" (without †)", "、† を除く")
            if count < sum(power_fit(series.points) is not None for series in record.measured)
            else "",
            level=100 - 5 / count,
        )
    ]


def _too_wide(fits: Sequence[tuple[Series, PowerFit]], degree: int) -> str:
    return say(
        "The power cannot be told with {names}: the interval holds whole numbers other than {degree} too.",
        "{names}は、信頼区間が広く、{degree} 以外の整数も含むため、何乗かを判断できない。",
        names=listed(
            [
                say(
                    "{name} ({power} from {count} points)",
                    "{name}（{count} 点から {power}）",
                    name=label_of(series.name),
                    power=exponent_text(fit),
                    count=len(fit.sizes),
                )
                for series, fit in fits
            ]
        ),
        degree=degree,
    )


def _not_said(record: BenchRecord) -> list[str]:
    """Return of which implementations no power is said, and why."""
    said = []
    if few := [label_of(series.name) for series in record.measured if power_fit(series.points) is None]:
        said.append(
            say(
                "Fewer than three large sizes were measured of {names}, too few to tell how the time grows.",
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
    return said


def _speeds(record: BenchRecord) -> list[str]:
    pairs = {(first.name, second.name): (first, second) for first, second in ratio_pairs(record)}
    wanted = [pair for pair in pairs if pair in _IN_SUMMARY or (pair in _INSTEAD and _INSTEAD[pair] not in pairs)]
    parts = []
    for first, second in map(pairs.__getitem__, wanted):
        found = ratio_of(first, second)
        if found and not found.disturbed:
            parts.append(_speed(first, second, found))
    if not parts:
        return []
    return [
        say(
            "At the largest size at which both times are to be trusted, {parts} ({ratios}).",
            "両方の時間を信頼できる最大のサイズで速さを比べると、{parts}である（{ratios}）。",
            parts=listed(parts),
            ratios=cite("ratios"),
        )
    ]


def _speed(first: Series, second: Series, found: Ratio) -> str:
    """Say a ratio with the faster one first: 0.24 times as fast is hard to read."""
    fast, slow = (first, second) if found.ratio >= 1 else (second, first)
    if found.equal:
        return say(
            "{fast} is about as fast as {slow} (N = {size:,}, {threads})",
            "{fast}が{slow}と同程度（N = {size:,}、{threads}）",
            fast=label_of(fast.name),
            slow=label_of(slow.name),
            size=found.size,
            threads=threads_of_both(fast, slow),
        )
    return say(
        "{fast} is {ratio} times as fast as {slow} ({uncertain}N = {size:,}, {threads})",
        "{fast}が{slow}の {ratio} 倍（{uncertain}N = {size:,}、{threads}）",
        fast=label_of(fast.name),
        slow=label_of(slow.name),
        ratio=found.times,
        uncertain=found.uncertain,
        size=found.size,
        threads=threads_of_both(fast, slow),
    )


def threads_of_both(first: Series, second: Series) -> str:
    """Say how many threads two implementations had, or that they ran on the GPU."""
    if on_gpu(first) and on_gpu(second):
        return say("both on the GPU", "どちらも GPU")
    if on_gpu(first):
        return say("the GPU against {second} threads", "GPU と {second} スレッド", second=second.threads)
    if first.threads == second.threads:
        if first.threads == 1:
            return say("1 thread each", "どちらも 1 スレッド")
        return say("{threads} threads each", "どちらも {threads} スレッド", threads=first.threads)
    return say(
        "{first} against {second} threads",
        "{first} スレッドと {second} スレッド",
        first=first.threads,
        second=second.threads,
    )
