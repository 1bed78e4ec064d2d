"""What the tables and figures of a bench's results show, in whole sentences, a paragraph a subject."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from mnist_lab.bench.bench_record import BenchRecord, Series
from mnist_lab.bench.fits import PowerFit
from mnist_lab.language import listed, say
from mnist_lab.reports.bench.bench_sentences import SAME
from mnist_lab.reports.bench.bench_summary import side_of, trusted_fits
from mnist_lab.reports.bench.bench_words import (
    is_disturbed,
    label_of,
    on_gpu,
    operation_of,
    peak_share,
    percent_text,
    range_text,
    rounded,
    step_times_ns,
    transfer_share,
)
from mnist_lab.reports.bench.ladder_counts import missed_share
from mnist_lab.reports.numbering import cite
from mnist_lab.runs.spread import significant

_MIB = 2**20
# With so few points a fit's interval is wide whatever the times are: Student's t is 12.7 for three and 4.3 for four.
_FEW_POINTS = 4
# Below that share of the memory's peak, the transfer is no limit; nor is it where a cache may hold the matrices.
_MUCH_MOVED = 0.1
# A step that takes so many times as long as at the best size is a rate that was lost.
_LOST = 1.25
_OUT_OF_CACHE_BYTES = 256 * _MIB


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
    return said + (_lost(record) if "rate" in figures else []) + _transfers(record)


def _lost(record: BenchRecord) -> list[str]:
    """Return what the figure of the rates shows: whose rate is far lower at the largest size than at a smaller one."""
    flops = operation_of(record).flops
    lost, slow = [], []
    for series in record.measured:
        points = [point for point in series.points if not is_disturbed(point)]
        if len(points) < 2:
            continue
        best, last = min(points, key=lambda point: point.median_s / flops(point.size)), points[-1]
        slower = (last.median_s / flops(last.size)) / (best.median_s / flops(best.size))
        if slower > _LOST and last.low_s / flops(last.size) > best.high_s / flops(best.size):
            slow.append(series.name)
            lost.append(
                say(
                    "{name} from {most} GFLOP/s at N = {best:,} to {least} at N = {last:,}{once}",
                    "{name}（N = {best:,} の {most} GFLOP/s から N = {last:,} の {least} GFLOP/s{once}）",
                    name=label_of(series.name),
                    most=rounded(flops(best.size) / best.median_s / 1e9),
                    best=best.size,
                    least=rounded(flops(last.size) / last.median_s / 1e9),
                    last=last.size,
                    once=say(" (without repeats)", "、後者は繰り返しなし") if last.repeats == 1 else "",
                )
            )
    if not lost:
        return [
            say(
                "In {rate} no implementation takes more than {limit} times as long a step at the largest size as at "
                "that of its highest rate, with quartiles that do not overlap.",
                "{rate} では、計算速度の最も高いサイズと比べて、最大のサイズでの 1 ステップの時間が {limit} 倍より長く"
                "四分位範囲も重ならない実装はない。",
                rate=cite("rate"),
                limit=_LOST,
            )
        ]
    return [
        say(
            "In {rate} these fall from their highest rate to the largest size, so that a step takes more than {limit} "
            "times as long, and where it was repeated the quartiles do not overlap: {lost}. That large matrices wait "
            "for the memory is a possible reason{counted}.",
            "{rate} で、計算速度が最も高いサイズから最大のサイズまでに下がり、1 ステップの時間が {limit} 倍より長くなる"
            "（繰り返した測定では四分位範囲も重ならない）"
            "のは、{lost}である。大きな行列ではメモリからの転送を待つことが原因と"
            "考えられる{counted}。",
            rate=cite("rate"),
            limit=_LOST,
            lost=listed(lost),
            counted=_counted(record, slow) or say(", not tested here", "が、これは仮説であり、ここでは確かめていない"),
        )
    ]


def _counted(record: BenchRecord, names: Sequence[str]) -> str:
    """Return which of some implementations' reads and writes missed a simulated cache; empty where none was counted."""
    counts = [count for count in record.counts if count.name in names]
    if not counts:
        return ""
    return say(
        ": in a simulated cache, {shares} of the reads and writes missed the first level ({counts}); the misses of the "
        "real one were not counted, so that it remains a supposition",
        "。模擬実行では、{shares} が 1 次キャッシュのミスになった（{counts}）。ただし、実際のキャッシュのミスは"
        "数えていないため、仮説にとどまる",
        shares=listed(
            [
                say(
                    "{share} % with {name}",
                    "{name}の読み書きの {share} %",
                    share=percent_text(missed_share(count)),
                    name=label_of(count.name),
                )
                for count in counts
            ]
        ),
        counts=cite("counts"),
    )


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
            "the nearer limit. Below {least:.0f} % the transfer is no limit, and of less than {mib:.0f} MiB a cache "
            "may hold much, which is then not moved.",
            "最大転送速度比が {least:.0f} % 以上、入力と結果が合わせて {mib:.0f} MiB 以上の実装のうち{but}、"
            "最大転送速度比が"
            "最大性能比を上回るのは、{names}である。これらでは、演算よりメモリの転送のほうが上限に近い。"
            "{least:.0f} % 未満では転送の上限に遠く、{mib:.0f} MiB 未満ではキャッシュに残って転送されない部分が"
            "多い可能性があるため、この比較から除いた。",
            least=100 * _MUCH_MOVED,
            mib=_OUT_OF_CACHE_BYTES / _MIB,
            but=say(" and no †", "（† の値を除く）") if len(_undisturbed(record)) < len(record.measured) else "",
            names=listed(found),
        )
    ]
