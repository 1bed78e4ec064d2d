"""Changes that make nothing faster: rungs in C beside the fastest of those before them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from mnist_lab.bench.bench_record import BenchRecord, Point, Series
from mnist_lab.language import Phrase, listed, say
from mnist_lab.reports.bench.bench_words import (
    factor_text,
    is_disturbed,
    is_unsure_time,
    label_of,
    milliseconds,
    point_at,
    range_text,
)
from mnist_lab.reports.numbering import cite

Pair = tuple[Point, Point]

_RUNGS = ("c-naive", "c-loop-order", "c-blocked", "c-simd")
"""In C, on one thread; each but the first was changed in order to be faster than those before it."""
_NOT_PAID = 1.05
_WHY: Mapping[tuple[str, str], Phrase] = {
    ("conv2d", "c-loop-order"): Phrase(
        "with one weight at a time each value of the result is read and written nine times, where the naive loop keeps "
        "its sum in a register",
        "重みを 1 つずつ掛けるため、結果の各要素を 9 回ずつ読み書きすること（C（そのまま）では和をレジスタに置ける）",
    ),
    ("conv2d", "c-blocked"): Phrase(
        "the three rows that a value of the result needs stay in a cache without strips too, so that the strips save "
        "nothing",
        "結果の 1 要素に必要な 3 行は、幅を区切らなくてもキャッシュに収まるため、区切っても転送が減らないこと",
    ),
}


def unpaid_changes(record: BenchRecord) -> list[str]:
    """Return which changes in C are slower than an earlier version, and which no faster, where, and why that may be."""
    known = {series.name: series for series in record.measured}
    earlier: list[Series] = []
    said = []
    for series in (known[name] for name in _RUNGS if name in known):
        said += _unpaid(record, series, earlier)
        earlier.append(series)
    return said


def _unpaid(record: BenchRecord, changed: Series, earlier: Sequence[Series]) -> list[str]:
    """Return where a change is slower than the fastest version before it, and where no faster at half the sizes."""
    said = []
    pairs = [(point, *rival) for point in changed.points if (rival := _fastest(earlier, point.size))]
    for before in earlier:
        beside = [(point, other) for point, series, other in pairs if series is before]
        slower = [pair for pair in beside if _is_slower(*pair)]
        same = [pair for pair in beside if pair not in slower and _is_same(*pair)]
        if slower:
            said.append(_slower(record, changed, before, slower))
        if same and 2 * (len(slower) + len(same)) >= len(pairs):
            said.append(_same_too(changed, before, same) if slower else _same(record, changed, before, same))
    return said


def _fastest(earlier: Sequence[Series], size: int) -> tuple[Series, Point] | None:
    found = [(series, point) for series in earlier if (point := point_at(series, size)) and not is_disturbed(point)]
    return min(found, key=lambda entry: entry[1].median_s) if found else None


def _is_told(point: Point, other: Point) -> bool:
    return min(point.repeats, other.repeats) > 1 and not (is_disturbed(point) or is_disturbed(other))


def _is_slower(point: Point, other: Point) -> bool:
    return _is_told(point, other) and point.low_s > other.high_s and point.median_s > _NOT_PAID * other.median_s


def _is_same(point: Point, other: Point) -> bool:
    """Return whether a time is not below another one beyond the spread of both and a few percent."""
    return _is_told(point, other) and (point.high_s >= other.low_s or other.median_s < _NOT_PAID * point.median_s)


def _sizes(changed: Series, before: Series, pairs: Sequence[Pair]) -> str:
    """Return sizes one by one, or as ranges where three and more follow one another without one missing between."""
    chosen = {point.size for point, _ in pairs}
    common = [point.size for point in changed.points if point_at(before, point.size)]
    runs = [[f"{size:,}" for size in run] for told, run in groupby(common, key=chosen.__contains__) if told]
    return listed([text for run in runs for text in ([range_text(run)] if len(run) > 2 else run)])


def _slower(record: BenchRecord, changed: Series, before: Series, slower: Sequence[Pair]) -> str:
    point, other = max(slower, key=lambda pair: pair[0].median_s / pair[1].median_s)
    why = _WHY.get((record.operation, changed.name))
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
        sizes=_sizes(changed, before, slower),
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


def _same(record: BenchRecord, changed: Series, before: Series, same: Sequence[Pair]) -> str:
    return say(
        "{name}, though changed to be faster, is no faster than {before} at N = {sizes} ({times}): the interquartile "
        "ranges overlap or the times are within {limit:.0f} %. A possible reason, not tested here: {why}.",
        "{name}は、速くするための変更であるが、N = {sizes} では{before}より速くない（{times}。"
        "四分位範囲が重なるか、差が {limit:.0f} % 以内）。"
        "原因としては、{why}が考えられるが、これは仮説であり、ここでは確かめていない。",
        name=label_of(changed.name),
        before=label_of(before.name),
        sizes=_sizes(changed, before, same),
        limit=100 * (_NOT_PAID - 1),
        times=cite("times"),
        why=_WHY.get((record.operation, changed.name))
        or say(
            "at these sizes the change costs as much time as it saves",
            "これらのサイズでは、変更によって増えた処理の時間が、短縮できた時間と同程度であること",
        ),
    )


def _same_too(changed: Series, before: Series, same: Sequence[Pair]) -> str:
    return say(
        "Nor is {name} faster than {before} at N = {sizes}, where the interquartile ranges overlap or the times are "
        "within {limit:.0f} %.",
        "{name}は、N = {sizes} でも{before}より速くない（四分位範囲が重なるか、差が {limit:.0f} % 以内）。",
        name=label_of(changed.name),
        before=label_of(before.name),
        sizes=_sizes(changed, before, same),
        limit=100 * (_NOT_PAID - 1),
    )
