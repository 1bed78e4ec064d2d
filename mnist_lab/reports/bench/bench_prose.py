"""What the tables and figures of a bench's results show, in whole sentences, a paragraph a subject."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mnist_lab.bench.bench_record import BenchRecord, Point, Series
from mnist_lab.bench.fits import PowerFit, power_fit
from mnist_lab.language import listed, say
from mnist_lab.reports.bench.bench_sentences import SAME, ratio_of, ratio_pairs
from mnist_lab.reports.bench.bench_summary import side_of, trusted_fits
from mnist_lab.reports.bench.bench_words import (
    WIDE,
    is_disturbed,
    is_wide_time,
    label_of,
    milliseconds,
    on_gpu,
    operation_of,
    peak_share,
    percent_text,
    range_text,
    spread,
    step_times_ns,
    times_text,
    transfer_share,
)
from mnist_lab.reports.numbering import cite
from mnist_lab.runs.spread import significant

# A time that grows by this factor more than the number of steps from one size to the next is named.
_JUMP = 2.0
_MIB = 2**20
# With so few points a fit's interval is wide whatever the times are: Student's t is 12.7 for three and 4.3 for four.
_FEW_POINTS = 4
# Below that share of the memory's peak, the transfer is no limit; nor is it where a cache may hold the matrices.
_MUCH_MOVED = 0.1
_OUT_OF_CACHE_BYTES = 256 * _MIB


def times_sentences(record: BenchRecord, figures: Collection[str]) -> list[str]:
    """Return where the times stand, and where one grows far more than the steps.

    Args:
        record: Of the bench.
        figures: File names, without an ending, of those there are.
    """
    return _times(figures) + _jumps(record) + _wide_times(record)


def _times(figures: Collection[str]) -> list[str]:
    if not {"time_log", "time"} <= set(figures):
        return [
            say(
                "{times} lists the run times, {growth} how they grow.",
                "実行時間を {times} に、その増え方を {growth} に示す。",
                times=cite("times"),
                growth=cite("growth"),
            )
        ]
    return [
        say(
            "{times} lists the run times; {time_log} shows them on logarithmic axes, {time} on ordinary ones.",
            "実行時間を {times} に示す。{time_log} は同じ時間を両対数の目盛で、{time} は普通の目盛で表す。",
            times=cite("times"),
            time_log=cite("time_log"),
            time=cite("time"),
        ),
        say(
            "The slopes of the broad lines of {time_log} are the powers of N in {growth}.",
            "{time_log} の太い線の傾きが、{growth} の N の指数である。",
            time_log=cite("time_log"),
            growth=cite("growth"),
        ),
    ]


def _jumps(record: BenchRecord) -> list[str]:
    """Return where a time grows far more than the steps, how sure it is, and how large a matrix is there."""
    found = [
        (series, before, after)
        for series in record.measured
        for before, after in zip(series.points, series.points[1:], strict=False)
        if _grows_far_more(record, before, after)
    ]
    if not found:
        return []
    return [
        say(
            "From one size to the next, the time grows more than {factor:.0f} times as much as the number of steps "
            "for {jumps} ({times}).",
            "隣り合うサイズの間で、実行時間の比がステップ数の比の {factor:.0f} 倍を超えるのは、"
            "{jumps}である（{times}）。",
            factor=_JUMP,
            jumps=listed([_jump(record, *entry) for entry in found]),
            times=cite("times"),
        ),
        *_certainty(found),
    ]


def _certainty(found: list[tuple[Series, Point, Point]]) -> list[str]:
    """Return whether the repeats of the jumps' times leave room for chance, and what may be behind the jumps."""
    times = {(series.name, point.size): (series, point) for series, *points in found for point in points}
    widest = max((spread(point) for _, point in times.values() if point.repeats > 1), default=0.0)
    once = times_text([entry for entry in times.values() if entry[1].repeats == 1])
    if widest >= _JUMP - 1:
        return [
            say(
                "The interquartile ranges of these times are up to {spread} % of their medians, so that chance "
                "may have "
                "a part in it; they are to be measured again, in more rounds.",
                "これらの時間の四分位範囲は最大で中央値の {spread} % であり、繰り返しのばらつきの影響かもしれない。"
                "測定の回数を増やして、測り直す必要がある。",
                spread=percent_text(widest),
            )
        ]
    said = []
    if once:
        said.append(
            say(
                "Measured only once, so that nothing is known of its spread, was the time of {once}.",
                "{once}の時間は 1 回しか測定していないため、ばらつきは分からない。",
                once=once,
            )
        )
    else:
        said.append(
            say(
                "The interquartile ranges of these times are at most {spread} % of their medians, so that the "
                "spread of "
                "the repeats does not explain the jumps.",
                "これらの時間の四分位範囲は中央値の {spread} % 以内であり、急な増え方は繰り返しのばらつきでは"
                "説明できない。",
                spread=percent_text(widest),
            )
        )
    return [
        *said,
        say(
            "The matrices may have outgrown a cache that held them before, which the sizes of the processor's caches "
            "can confirm. The fitted power levels such jumps out.",
            "行列が大きくなり、それまで収まっていたキャッシュに収まらなくなったことが考えられ、プロセッサのキャッシュの"
            "大きさと比べれば確かめられる。N の指数は、このような急な増え方をならした値である。",
        ),
    ]


def _wide_times(record: BenchRecord) -> list[str]:
    """Return the times whose repeats spread far: by name where a power, a ratio or a rate comes from them."""
    used: dict[str, set[int]] = {}
    for series in record.measured:
        fit = power_fit(series.points)
        used[series.name] = {series.points[-1].size, *(fit.sizes if fit else ())}
    for first, second in ratio_pairs(record):
        if found := ratio_of(first, second):
            used[first.name].add(found.size)
            used[second.name].add(found.size)
    wide = [(series, point) for series in record.measured for point in series.points if is_wide_time(point)]
    named = [(series, point) for series, point in wide if point.size in used[series.name]]
    said = []
    if named:
        said.append(
            say(
                "Of the times that the powers ({growth}), the rates or the ratios come from, these have an "
                "interquartile range of more than {limit:.0f} % of the median: {names}. The powers and ratios made of "
                "them are less sure by as much.",
                "指数（{growth}）、計算速度、速さの比に用いた時間のうち、四分位範囲が"
                "中央値の {limit:.0f} % を超えるのは、{names}である。これらから求めた指数と比は、"
                "その分だけ不確かである。",
                growth=cite("growth"),
                limit=100 * WIDE,
                names=_spreads(named),
            )
        )
    if others := len(wide) - len(named):
        said.append(
            say(
                "Of the times at smaller sizes, from which no power, rate or ratio comes, {others} have an "
                "interquartile range above {limit:.0f} % (data/times.csv).",
                "指数、計算速度、速さの比に用いない小さなサイズでは、{others} 個の時間の四分位範囲が {limit:.0f} % を"
                "超える（data/times.csv）。",
                others=others,
                limit=100 * WIDE,
            )
        )
    return said


def _spreads(times: list[tuple[Series, Point]]) -> str:
    by_name: dict[str, list[str]] = {}
    for series, point in times:
        by_name.setdefault(label_of(series.name), []).append(
            say("{size:,}: {share} %", "{size:,} で {share} %", size=point.size, share=percent_text(spread(point)))
        )
    return listed(
        [
            say("{name} (N = {sizes})", "{name}（N = {sizes}）", name=name, sizes=listed(sizes))
            for name, sizes in by_name.items()
        ]
    )


def _grows_far_more(record: BenchRecord, before: Point, after: Point) -> bool:
    steps = operation_of(record).steps
    if is_disturbed(before) or is_disturbed(after):
        return False
    return after.median_s / before.median_s > _JUMP * steps(after.size) / steps(before.size)


def _jump(record: BenchRecord, series: Series, before: Point, after: Point) -> str:
    steps = operation_of(record).steps
    return say(
        "{name} from N = {small:,} to {large:,} ({first} to {last} ms, {time} times; the steps {steps} times; a matrix "
        "of {small_mib} MiB becomes one of {large_mib} MiB)",
        "{name}の N = {small:,} から {large:,}（{first} ms から {last} ms へ {time} 倍、ステップ数は {steps} 倍、"
        "1 つの行列は {small_mib} MiB から {large_mib} MiB）",
        name=label_of(series.name),
        small=before.size,
        large=after.size,
        first=milliseconds(before.median_s),
        last=milliseconds(after.median_s),
        time=significant(after.median_s / before.median_s, 2),
        steps=significant(steps(after.size) / steps(before.size), 2),
        small_mib=significant(8 * before.size**2 / _MIB, 2),
        large_mib=significant(8 * after.size**2 / _MIB, 2),
    )


def step_time_sentences(record: BenchRecord) -> list[str]:
    """Return how the time of a step changes where the power differs from the steps', and how few points that is."""
    fits, degree = trusted_fits(record), operation_of(record).degree
    changed = [(series, fit) for series, fit in fits if side_of(fit, degree, len(fits)) != 0]
    said = []
    if changed:
        said.append(
            say(
                "Where the power differs from {degree}, the time per step changes with N: for {changes} ({growth}).",
                "指数が {degree} と異なるといえる実装では、1 ステップの時間が N とともに変わり、"
                "{changes}になる（{growth}）。",
                degree=degree,
                changes=listed([_step_change(record, series, fit) for series, fit in changed]),
                growth=cite("growth"),
            )
        )
    counts = sorted(len(fit.sizes) for _, fit in fits)
    if counts and counts[0] <= _FEW_POINTS:
        said.append(
            say(
                "The powers come from the sizes from an eighth of the largest on, {counts} points each: so few that "
                "the intervals are easily wide; sizes in between would narrow them.",
                "指数は、最大のサイズの 8 分の 1 以上のサイズから求めた。点はそれぞれ {counts} 個と少なく、"
                "信頼区間が広くなりやすい。間のサイズを加えて測定すれば、狭くできる。",
                counts=range_text([str(counts[0]), str(counts[-1])]),
            )
        )
    return said


def _step_change(record: BenchRecord, series: Series, fit: PowerFit) -> str:
    first_ns, last_ns = step_times_ns(series, fit, operation_of(record))
    return say(
        "{name} from {first} ns at N = {small:,} to {last} ns at N = {large:,} ({ratio} times)",
        "{name}では N = {small:,} の {first} ns から N = {large:,} の {last} ns へ {ratio} 倍",
        name=label_of(series.name),
        first=significant(first_ns),
        last=significant(last_ns),
        small=fit.sizes[0],
        large=fit.sizes[-1],
        ratio=significant(last_ns / first_ns, 2),
    )


def peak_summary(record: BenchRecord) -> list[str]:
    """Return the highest and the lowest share of the measured peak, for the summary."""
    shares = _shares(record)
    if len(shares) < 2:
        return []
    nearest, farthest = _nearest(shares), min(shares, key=lambda name: shares[name])
    return [
        say(
            "At the largest size of each, the share of the measured peak is highest with {nearest}, {most} %, and "
            "lowest with {farthest}, {least} % ({rates}{but}).",
            "それぞれの最大のサイズで、実測した最大性能に対する割合が最も高いのは{nearest}の {most} %、最も低いのは"
            "{farthest}の {least} % である（{rates}{but}）。",
            nearest=listed(nearest),
            most=range_text(sorted((percent_text(shares[name]) for name in nearest), key=_number)),
            farthest=farthest,
            least=percent_text(shares[farthest]),
            rates=cite("rates"),
            but=say(", without †", "、† の値を除く") if _is_marked(record, shares) else "",
        )
    ]


def _shares(record: BenchRecord) -> dict[str, float]:
    """Return the shares of the peak at the largest size by name, without those of a disturbed time."""
    return {
        label_of(series.name): share
        for series in _undisturbed(record)
        if (share := peak_share(record, series)) is not None
    }


def _nearest(shares: Mapping[str, float]) -> list[str]:
    most = max(shares.values())
    return [name for name, share in shares.items() if share * SAME > most]


def _is_marked(record: BenchRecord, shares: Mapping[str, float]) -> bool:
    return len(shares) < sum(not on_gpu(series) for series in record.measured)


def rate_sentences(record: BenchRecord, figures: Collection[str]) -> list[str]:
    """Return how near the implementations come to the machine's peak of arithmetic, and who to that of the memory."""
    shares = _shares(record)
    if not shares:
        return (
            [say("{rate} shows the rates.", "計算速度を {rate} に示す。", rate=cite("rate"))]
            if "rate" in figures
            else []
        )
    marked = _is_marked(record, shares)
    most, nearest = max(shares.values()), _nearest(shares)
    farthest = min(shares, key=lambda name: shares[name])
    said = [
        say(
            "{rates} gives the rates at the largest size and their share of the measured peak{where}: "
            "the highest{but}, {most} %, is that of {nearest}, the lowest, {least} %, that of {farthest}.",
            "最大のサイズでの計算速度と、実測した最大性能に対する割合を {rates} に示す{where}。"
            "{but}最大性能に最も近いのは{nearest}の {most} %、最も遠いのは{farthest}の {least} % である。",
            rates=cite("rates"),
            where=say("; {rate} shows them at all sizes", "（すべてのサイズでの計算速度は {rate}）", rate=cite("rate"))
            if "rate" in figures
            else "",
            nearest=listed(nearest),
            but=say(" of those without †", "† の値を除けば、") if marked else "",
            most=range_text(sorted((percent_text(shares[name]) for name in nearest), key=_number)),
            farthest=farthest,
            least=percent_text(shares[farthest]),
        )
        if len(shares) > 1
        else say(
            "{rates} gives the rate at the largest size{but}: {nearest} reaches {most} % of the measured peak.",
            "最大のサイズでの計算速度を {rates} に示す。{but}{nearest}は、実測した最大性能の {most} % に達する。",
            rates=cite("rates"),
            but=say(" without †", "† の値を除けば、") if marked else "",
            nearest=farthest,
            most=percent_text(most),
        )
    ]
    return said + _transfers(record)


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def _undisturbed(record: BenchRecord) -> list[Series]:
    return [series for series in record.measured if not is_disturbed(series.points[-1])]


def _transfers(record: BenchRecord) -> list[str]:
    """Return who comes nearer to the memory's peak than to that of arithmetic."""
    found = []
    for series in _undisturbed(record):
        arithmetic, memory = peak_share(record, series), transfer_share(record, series)
        if 8 * operation_of(record).values_moved(series.points[-1].size) < _OUT_OF_CACHE_BYTES:
            continue
        if arithmetic is not None and memory is not None and memory >= _MUCH_MOVED and memory > arithmetic:
            found.append(
                say(
                    "{name} ({memory} % against {arithmetic} %)",
                    "{name}（{memory} % に対し {arithmetic} %）",
                    name=label_of(series.name),
                    memory=percent_text(memory),
                    arithmetic=percent_text(arithmetic),
                )
            )
    if not found:
        return []
    return [
        say(
            "Of those that reach {least:.0f} % of the peak transfer rate, with operands and result of {mib:.0f} "
            "MiB and "
            "more together{but}, nearer to that peak than to the peak of arithmetic come {names}: there the memory is "
            "the nearer limit.",
            "最大転送速度比が {least:.0f} % 以上、入力と結果が合わせて {mib:.0f} MiB 以上の実装のうち{but}、"
            "最大転送速度比が"
            "最大性能比を上回るのは、{names}である。これらでは、演算よりメモリの転送のほうが上限に近い。",
            least=100 * _MUCH_MOVED,
            mib=_OUT_OF_CACHE_BYTES / _MIB,
            but=say(" and no †", "（† の値を除く）") if len(_undisturbed(record)) < len(record.measured) else "",
            names=listed(found),
        )
    ]
