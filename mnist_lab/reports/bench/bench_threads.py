"""Where implementations are compared, and what threads bring, in whole sentences."""

from __future__ import annotations

from collections.abc import Mapping

from mnist_lab.bench.bench_record import BenchRecord, Point, Series
from mnist_lab.language import Phrase, listed, say
from mnist_lab.reports.bench.bench_sentences import SAME, Ratio, ratio_of
from mnist_lab.reports.bench.bench_words import (
    factor_text,
    is_disturbed,
    is_unsure_time,
    label_of,
    milliseconds,
    point_at,
)
from mnist_lab.reports.numbering import cite

# All threads of the same code beside one: what the threads bring.
_THREADED = (("c-threads", "c-simd"), ("numpy", "numpy-1"), ("torch", "torch-1"))
_NEIGHBOURS = Phrase(
    "PyTorch writes each value's 9 neighbours out before it computes",
    "PyTorch では、計算の前に各要素の近傍 9 個を書き出すため",
)
_WHY_SLOWER: Mapping[str, Mapping[tuple[str, str], Phrase]] = {
    "conv2d": {
        ("numpy-1", "c-simd"): Phrase(
            "NumPy goes over the values once for each of the 9 weights and writes the products in between, where C "
            "keeps the sum in a register",
            "NumPy では、9 個の重みごとに値をたどって途中の積も書き出すのに対し、C では和をレジスタに置けるため",
        ),
        ("torch-1", "numpy-1"): _NEIGHBOURS,
        ("torch", "numpy-1"): _NEIGHBOURS,
    }
}
# A version with threads that takes this many times the time of one thread is slower.
_SLOWER = 1.2
_BUSY = 0.75
"""Of the threads: an implementation that keeps fewer cores busy hardly computes in parallel."""


def thread_sentences(record: BenchRecord) -> list[str]:
    """Return where implementations are compared, and what threads bring."""
    said = [
        say(
            "{ratios} compares the implementations in pairs.",
            "実装どうしの速さの比を {ratios} に示す。",
            ratios=cite("ratios"),
        )
    ]
    known = {series.name: series for series in record.measured}
    brought = []
    for many, one in _THREADED:
        found = ratio_of(known[many], known[one]) if many in known and one in known else None
        if found and not found.disturbed and known[many].threads > 1:
            brought.append((known[many], known[one], found))
    said += _why_slower(record, known)
    if not brought:
        return said + _slower(known)
    threads = brought[0][0].threads
    said.append(
        say(
            "With {threads} threads in place of 1, {gains}.",
            "スレッド数を 1 から {threads} に増やすと、{gains}になる。",
            threads=threads,
            gains=listed([_gain(*entry) for entry in brought]),
        )
    )
    idle = [label_of(many.name) for many, _, found in brought if _cores_at(many, found.size) < _BUSY * threads]
    if not idle:
        said.append(
            say(
                "By the cores busy, this is computed in parallel.",
                "使用コア数から、並列に計算しているといえる。",
            )
        )
    said += [
        say(
            "{name} keeps hardly more than one core busy at this size.",
            "{name}は、このサイズでは 1 個を超えるコアをほとんど使っていない。",
            name=name,
        )
        for name in idle
    ]
    if above := [label_of(many.name) for many, _, found in brought if found.ratio > SAME * threads]:
        said.append(
            say(
                "What is above {threads} times for {names}, threads alone cannot explain; that each core adds its own "
                "cache, or that the two were not timed at the same moment, may have a part in it (a supposition).",
                "{names}で {threads} 倍を超える分は、並列化だけでは説明できない。使えるキャッシュがコアの"
                "数だけ増えること、両者を同時に測定してはいないことが影響しているかもしれないが、これは仮説である。",
                names=listed(above),
                threads=threads,
            )
        )
    return said + _slower(known)


def _why_slower(record: BenchRecord, known: dict[str, Series]) -> list[str]:
    """Return why a library may be slower than what it is compared with, where that is to be wondered at."""
    groups: dict[tuple[str, Phrase], list[tuple[str, int]]] = {}
    for (slow, fast), why in _WHY_SLOWER.get(record.operation, {}).items():
        found = ratio_of(known[slow], known[fast]) if {slow, fast} <= set(known) else None
        if found and found.ratio < 1 and not (found.equal or found.disturbed):
            groups.setdefault((fast, why), []).append((label_of(slow), found.size))
    return [
        say(
            "That {names} takes longer than {fast} is thought to be since {why} (a supposition, not tested here).",
            "{names}が{fast}より遅いのは、{why}と考えられるが、これは仮説であり、ここでは確かめていない。",
            names=listed(
                [say("{name} (N = {size:,})", "{name}（N = {size:,}）", name=n, size=size) for n, size in slow]
            ),
            fast=label_of(fast),
            why=why,
        )
        for (fast, why), slow in groups.items()
    ]


def _slower(known: dict[str, Series]) -> list[str]:
    """Return where a version with threads is slower than that of one thread, as it is with small matrices."""
    found = []
    for many, one in _THREADED:
        if not {many, one} <= set(known) or known[many].threads == 1:
            continue
        pairs = [(point, other) for point in known[many].points if (other := point_at(known[one], point.size))]
        slower = [pair for pair in pairs if _is_slower(*pair)]
        if slower:
            found.append((known[many], known[one], max(slower, key=_times_slower), slower[-1][0].size))
    if not found:
        return []
    return [
        say(
            "At small sizes more threads can take longer than one: {names}.",
            "小さなサイズでは、スレッドを増やすとかえって遅くなることがあり、{names}である。",
            names=listed([_slower_text(*entry) for entry in found]),
        ),
        say(
            "A hypothesis, not tested here: starting the threads and waiting for them takes that time.",
            "スレッドの起動と待ち合わせに時間がかかるためと考えられるが、これは仮説であり、ここでは確かめていない。",
        ),
    ]


def _is_slower(point: Point, other: Point) -> bool:
    return (
        min(point.repeats, other.repeats) > 1
        and not (is_disturbed(point) or is_disturbed(other))
        and point.low_s > other.high_s
        and _times_slower((point, other)) > _SLOWER
    )


def _times_slower(pair: tuple[Point, Point]) -> float:
    return pair[0].median_s / pair[1].median_s


def _slower_text(many: Series, one: Series, worst: tuple[Point, Point], last: int) -> str:
    point, other = worst
    return say(
        "{many} takes {ratio} times the time of {one} at N = {size:,} ({time} against {beside} ms{until})",
        "{many}の時間は N = {size:,} で{one}の {ratio} 倍（{time} ms と {beside} ms{until}）",
        many=label_of(many.name),
        one=label_of(one.name),
        ratio=factor_text(_times_slower(worst), wide=is_unsure_time(point) or is_unsure_time(other)),
        size=point.size,
        time=milliseconds(point.median_s),
        beside=milliseconds(other.median_s),
        until=say(
            ", more than {limit} times up to N = {last:,}",
            "。{limit} 倍を超えるのは N = {last:,} まで",
            limit=_SLOWER,
            last=last,
        )
        if last > point.size
        else "",
    )


def _gain(many: Series, one: Series, found: Ratio) -> str:
    if found.equal:
        return say(
            "{many} is about as fast as {one} (N = {size:,}, {cores:.1f} cores busy)",
            "{many}は{one}と同程度の速さ（N = {size:,}、使用コア数 {cores:.1f} 個）",
            many=label_of(many.name),
            one=label_of(one.name),
            size=found.size,
            cores=_cores_at(many, found.size),
        )
    return say(
        "{many} is {ratio} times as fast as {one} ({uncertain}N = {size:,}, {cores:.1f} cores busy)",
        "{many}は{one}の {ratio} 倍の速さ（{uncertain}N = {size:,}、使用コア数 {cores:.1f} 個）",
        many=label_of(many.name),
        one=label_of(one.name),
        ratio=found.said(found.ratio),
        uncertain=found.uncertain,
        size=found.size,
        cores=_cores_at(many, found.size),
    )


def _cores_at(series: Series, size: int) -> float:
    return next(point.cores for point in series.points if point.size == size)
