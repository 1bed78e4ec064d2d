"""Times that do not go as the steps do: those that jump, that fall with N, and changes that make nothing faster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from mnist_lab.bench.bench_record import BenchRecord, Point, Series
from mnist_lab.language import Phrase, listed, say
from mnist_lab.reports.bench.bench_words import (
    factor_text,
    is_disturbed,
    is_unsure_time,
    label_of,
    milliseconds,
    operation_of,
    percent_text,
    point_at,
    range_text,
    spread,
    times_text,
)
from mnist_lab.reports.bench.ladder_words import BEFORE
from mnist_lab.reports.numbering import cite
from mnist_lab.runs.spread import significant

Jump = tuple[Series, Point, Point]

# A time that grows by this factor more than the number of steps from one size to the next is named.
_JUMP = 2.0
_MIB = 2**20
_NEIGHBOURS = 9
_WRITES_NEIGHBOURS_OUT = ("torch", "torch-1")
_CHANGES = ("c-loop-order", "c-blocked", "c-simd")
"""Rungs in C that were changed in order to be faster than the one before."""
_NOT_PAID = 1.05
_WHY_NOT: Mapping[tuple[str, str], Phrase] = {
    ("conv2d", "c-loop-order"): Phrase(
        "with one weight at a time each value of the result is read and written nine times, where the naive loop keeps "
        "its sum in a register",
        "重みを 1 つずつ掛けるため、結果の各要素を 9 回ずつ読み書きすること（C（そのまま）では和をレジスタに置ける）",
    ),
}


def strange_paragraphs(record: BenchRecord) -> list[list[str]]:
    """Return where a time grows far more than the steps, where it falls, and which change made nothing faster."""
    return [_jumps(record), _falls(record) + _not_paid(record)]


def _jumps(record: BenchRecord) -> list[str]:
    """Return where a time grows far more than the steps; of one that rests on a single timing no more than that."""
    found = [
        (series, before, after)
        for series in record.measured
        for before, after in pairwise(series.points)
        if _grows_far_more(record, before, after)
    ]
    if not found:
        return []
    once = [entry for entry in found if any(point.repeats == 1 for point in entry[1:])]
    repeated = [entry for entry in found if entry not in once]
    said = _repeated(record, repeated) if repeated else []
    return [*said, *(_once(record, once) if once else []), *_causes(record, found)]


def _repeated(record: BenchRecord, found: Sequence[Jump]) -> list[str]:
    widest = max(spread(point) for _, *points in found for point in points)
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
        say(
            "The interquartile ranges of these times are up to {spread} % of their medians, so that chance may have a "
            "part in it; they are to be measured again, in more rounds.",
            "これらの時間の四分位範囲は最大で中央値の {spread} % であり、繰り返しのばらつきの影響かもしれない。"
            "測定の回数を増やして、測り直す必要がある。",
            spread=percent_text(widest),
        )
        if widest >= _JUMP - 1
        else say(
            "The interquartile ranges of these times are at most {spread} % of their medians, so that the spread of "
            "the repeats does not explain the jumps.",
            "これらの時間の四分位範囲は中央値の {spread} % 以内であり、急な増え方は繰り返しのばらつきでは"
            "説明できない。",
            spread=percent_text(widest),
        ),
    ]


def _once(record: BenchRecord, found: Sequence[Jump]) -> list[str]:
    times = {(series.name, point.size): (series, point) for series, *points in found for point in points}
    return [
        say(
            "With a time that was measured only once ({once}{rounds}), the time grew more than {factor:.0f} times as "
            "much as the number of steps for {jumps} ({times}). A time without repeats cannot tell a real jump from "
            "something that slowed the machine at that moment: it is to be measured again, with more time for a call "
            "(--max-seconds).",
            "繰り返し測定していない時間（{once}{rounds}）を含む{jumps}では、実行時間の比がステップ数の比の "
            "{factor:.0f} 倍を超えた（{times}）。1 つの値からは、実際に急に増えるのか、そのとき偶然に"
            "遅かったのかを区別できない。1 回の計算に使える時間（--max-seconds）を長くして、測り直す必要がある。",
            once=times_text([entry for entry in times.values() if entry[1].repeats == 1]),
            rounds=say(", the faster of {rounds} rounds", "、{rounds} 回の測定のうち速い回の値", rounds=record.rounds)
            if record.rounds > 1
            else "",
            factor=_JUMP,
            jumps=listed([_jump(record, *entry) for entry in found]),
            times=cite("times"),
        )
    ]


def _causes(record: BenchRecord, found: Sequence[Jump]) -> list[str]:
    """Return what may be behind the jumps, as a supposition, and where the caches' sizes stand."""
    said = [
        say(
            "A jump that is real may come from matrices that have outgrown a cache.",
            "実際に急に増えているとすれば、行列が大きくなり、それまで収まっていたキャッシュに収まらなくなったことが"
            "考えられる。",
        )
        if any(point.repeats == 1 for _, *points in found for point in points)
        else say(
            "The matrices may have outgrown a cache that held them before.",
            "行列が大きくなり、それまで収まっていたキャッシュに収まらなくなったことが考えられる。",
        )
    ]
    outgrown = [entry for entry in found if entry[0].name in _WRITES_NEIGHBOURS_OUT]
    if record.operation == "conv2d" and outgrown:
        said.append(_neighbours(record, outgrown))
    said.append(
        say(
            "This is a supposition: the sizes of the processor's caches ({machine}) can bear it out, and were not "
            "varied here.",
            "これは仮説であり、キャッシュの大きさ（{machine}）と比べることはできるが、ここでは確かめていない。",
            machine=cite("machine"),
        )
        if record.machine.get("caches")
        else say(
            "This is a supposition: the sizes of the processor's caches, which would bear it out or not, are unknown "
            "({machine}).",
            "これは仮説であり、プロセッサのキャッシュの大きさが分からない（{machine}）ため、ここでは確かめられない。",
            machine=cite("machine"),
        )
    )
    said.append(say("The fitted power levels such jumps out.", "N の指数は、このような急な増え方をならした値である。"))
    return said


def _neighbours(record: BenchRecord, found: Sequence[Jump]) -> str:
    """Say how large what PyTorch writes out is at the jumps: it leaves a cache long before the matrix does."""
    operation = operation_of(record)
    sizes = sorted({point.size for _, *points in found for point in points})
    buffers = [
        say(
            "{mib} MiB at N = {size:,}",
            "N = {size:,} で {mib} MiB",
            mib=significant(8 * _NEIGHBOURS * operation.output_size(size) ** 2 / _MIB, 2),
            size=size,
        )
        for size in sizes
    ]
    return say(
        "With PyTorch that is sooner so of the neighbours that it writes out, nine times the matrix: {buffers}.",
        "PyTorch では、書き出した近傍（行列の約 9 倍、{buffers}）が、行列より先に収まらなくなる。",
        buffers=listed(buffers),
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


def _falls(record: BenchRecord) -> list[str]:
    """Return where a larger matrix takes less time, whether the repeats bear that out, and what may be behind it."""
    said = []
    for series in record.measured:
        for before, after in pairwise(series.points):
            if after.median_s < before.median_s and not (is_disturbed(before) or is_disturbed(after)):
                said.append(_fall(series, before, after))
    return said


def _fall(series: Series, before: Point, after: Point) -> str:
    repeated = before.repeats > 1 and after.repeats > 1
    return say(
        "With {name} the time falls from {first} ms at N = {small:,} to {last} ms at N = {large:,} ({times}); "
        "{verdict}. {why}",
        "{name}の時間は、N = {small:,} の {first} ms から N = {large:,} の {last} ms へ減っている（{times}）。"
        "{verdict}。{why}",
        name=label_of(series.name),
        small=before.size,
        large=after.size,
        first=milliseconds(before.median_s),
        last=milliseconds(after.median_s),
        times=cite("times"),
        verdict=say(
            "one of the two was measured only once, so that it may be chance",
            "一方は 1 回しか測定しておらず、偶然かもしれない",
        )
        if not repeated
        else say("the interquartile ranges of the two do not overlap", "両者の四分位範囲は重ならない")
        if after.high_s < before.low_s
        else say(
            "the interquartile ranges of the two overlap, so that it may be the spread of the repeats",
            "両者の四分位範囲は重なり、繰り返しのばらつきによる差かもしれない",
        ),
        why=say(
            "At such sizes most of the time may be that of starting the threads, which does not grow with N and varies "
            "(a supposition).",
            "このようなサイズでは、時間の大半がスレッドの起動と待ち合わせにかかり、その長さは N によらずに変動すると"
            "考えられる（仮説）。",
        )
        if series.threads > 1
        else say(
            "Something may have slowed the machine down at the smaller size (a supposition).",
            "小さいほうのサイズを測定したときに、一時的に遅くなっていたことが考えられる（仮説）。",
        ),
    )


def _not_paid(record: BenchRecord) -> list[str]:
    """Return which changes in C are slower than the version before them, at which sizes, and why that may be."""
    known = {series.name: series for series in record.measured}
    said = []
    for name in _CHANGES:
        if name not in known or BEFORE[name] not in known:
            continue
        changed, before = known[name], known[BEFORE[name]]
        pairs = [(point, other) for point in changed.points if (other := point_at(before, point.size))]
        slower = [pair for pair in pairs if _is_slower(*pair)]
        if slower:
            said.append(_slower(record, changed, before, slower))
    return said


def _sizes(changed: Series, before: Series, sizes: Sequence[int]) -> str:
    """Return sizes one by one, or as a range where none between them is missing."""
    common = [point.size for point in changed.points if point_at(before, point.size)]
    texts = [f"{size:,}" for size in sizes]
    between = [size for size in common if sizes[0] <= size <= sizes[-1]]
    return range_text(texts) if len(sizes) > 2 and between == list(sizes) else listed(texts)


def _is_slower(point: Point, other: Point) -> bool:
    clear = (
        min(point.repeats, other.repeats) > 1
        and point.low_s > other.high_s
        and point.median_s > _NOT_PAID * other.median_s
    )
    return clear and not (is_disturbed(point) or is_disturbed(other))


def _slower(record: BenchRecord, changed: Series, before: Series, slower: Sequence[tuple[Point, Point]]) -> str:
    point, other = max(slower, key=lambda pair: pair[0].median_s / pair[1].median_s)
    why = _WHY_NOT.get((record.operation, changed.name))
    return say(
        "{name}, though changed to be faster, is slower than {before} beyond the spread of the repeats at N = {sizes}: "
        "it takes up to {ratio} times the time, at N = {size:,} ({time} against {beside} ms, {times}). A possible "
        "reason, not tested here: {why}.",
        "{name}は、速くするための変更であるが、N = {sizes} では、繰り返しのばらつきを"
        "超えて{before}より遅い（{times}）。差が最も大きい N = {size:,} では {ratio} 倍の時間（{time} ms と "
        "{beside} ms）がかかる。"
        "原因としては、{why}が考えられるが、これは仮説であり、ここでは確かめていない。",
        name=label_of(changed.name),
        before=label_of(before.name),
        sizes=_sizes(changed, before, [entry.size for entry, _ in slower]),
        ratio=factor_text(point.median_s / other.median_s, wide=is_unsure_time(point) or is_unsure_time(other)),
        size=point.size,
        time=milliseconds(point.median_s),
        beside=milliseconds(other.median_s),
        times=cite("times"),
        why=why
        or say(
            "at these sizes the change costs more time than it saves",
            "これらのサイズでは、変更によって増えた処理の時間が、短縮できた時間を上回ること",
        ),
    )
