"""Times that do not go as the steps do: those that jump and those that fall with N."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from mnist_lab.bench.bench_record import BenchRecord, Point, Series
from mnist_lab.language import listed, say
from mnist_lab.reports.bench.bench_words import (
    is_disturbed,
    label_of,
    milliseconds,
    operation_of,
    percent_text,
    spread,
    times_text,
)
from mnist_lab.reports.bench.unpaid_changes import unpaid_changes
from mnist_lab.reports.numbering import cite
from mnist_lab.runs.spread import significant

Jump = tuple[Series, Point, Point]

# A time that grows by this factor more than the number of steps from one size to the next is named.
_JUMP = 2.0
_MIB = 2**20
_NEIGHBOURS = 9
_WRITES_NEIGHBOURS_OUT = ("torch", "torch-1")


def strange_paragraphs(record: BenchRecord) -> list[list[str]]:
    """Return where a time grows far more than the steps, where it falls, and which change made nothing faster."""
    return [_jumps(record), _falls(record) + unpaid_changes(record)]


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
    known = [entry for entry in once if all(point.rounds_s for point in entry[1:] if point.repeats == 1)]
    unknown = [entry for entry in once if entry not in known]
    held = [entry for entry in known if _grows_so_in_every_round(record, *entry[1:])]
    said = _repeated(record, repeated) if repeated else []
    for group, holds in ((held, True), ([entry for entry in known if entry not in held], False)):
        said += _by_rounds(record, group, holds=holds) if group else []
    said += _once(record, unknown) if unknown else []
    return [*said, *_causes(record, found, sure=[*repeated, *held])]


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


def _by_rounds(record: BenchRecord, found: Sequence[Jump], *, holds: bool) -> list[str]:
    """Return jumps to or from a time without repeats, with the times of all rounds and whether each has the jump."""
    times = {(series.name, point.size): (series, point) for series, *points in found for point in points}
    return [
        say(
            "With a time without repeats in its round, the time grew more than {factor:.0f} times as much as the "
            "number of steps for {jumps} ({times}).",
            "1 つの回の中で繰り返していない時間を含む{jumps}では、実行時間の比がステップ数の比の {factor:.0f} 倍を"
            "超えた（{times}）。",
            factor=_JUMP,
            jumps=listed([_jump(record, *entry) for entry in found]),
            times=cite("times"),
        ),
        say(
            "The rounds, minutes apart, gave {rounds}.",
            "時間をおいて測定した各回の値は、{rounds}である。",
            rounds=listed([_rounds(*entry) for entry in times.values()]),
        ),
        say(
            "It is more than {factor:.0f} times as much with whichever round's times: that the machine was slow at one "
            "moment does not explain it.",
            "どの回の値を組み合わせても {factor:.0f} 倍を超えるため、そのとき偶然に遅かったことでは説明できない。",
            factor=_JUMP,
        )
        if holds
        else say(
            "It is not more than {factor:.0f} times as much with every round's times, so that chance may have a part "
            "in it: it is to be measured again, with more time for a call (--max-seconds) or in more rounds "
            "(--rounds).",
            "回の組み合わせによっては {factor:.0f} 倍を超えないため、偶然に遅かったことの影響かもしれない。"
            "1 回の計算に使える時間（--max-seconds）を長くするか、測定の回数（--rounds）を増やして、"
            "測り直す必要がある。",
            factor=_JUMP,
        ),
    ]


def _rounds(series: Series, point: Point) -> str:
    return say(
        "{rounds} ms with {name} at N = {size:,}",
        "{name}の N = {size:,} で {rounds} ms",
        name=label_of(series.name),
        size=point.size,
        rounds=listed([milliseconds(median_s) for median_s in point.rounds_s or [point.median_s]], ja=" ms と "),
    )


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


def _causes(record: BenchRecord, found: Sequence[Jump], sure: Sequence[Jump]) -> list[str]:
    """Return what may be behind the jumps, as a supposition, and where the caches' sizes stand."""
    said = [
        say(
            "A jump that is real may come from matrices that have outgrown a cache.",
            "実際に急に増えているとすれば、行列が大きくなり、それまで収まっていたキャッシュに収まらなくなったことが"
            "考えられる。",
        )
        if len(sure) < len(found)
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


def _grows_so_in_every_round(record: BenchRecord, before: Point, after: Point) -> bool:
    steps = operation_of(record).steps
    return after.median_s / before.slowest_s > _JUMP * steps(after.size) / steps(before.size)


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
        if not (repeated or (before.rounds_s and after.rounds_s))
        else say(
            "one of the two has no repeats in its round, but the slowest round at the larger size is faster than the "
            "fastest at the smaller",
            "一方は 1 つの回の中で繰り返していないが、大きいほうの最も遅い回も、小さいほうの最も速い回より速い",
        )
        if not repeated and after.slowest_s < before.median_s
        else say(
            "one of the two has no repeats in its round, and the rounds of the two overlap, so that it may be chance",
            "一方は 1 つの回の中で繰り返しておらず、両者の各回の値も重なるため、偶然かもしれない",
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
