"""What the table and the figures of the run times show, in whole sentences, a paragraph a subject."""

from __future__ import annotations

from collections.abc import Collection

from mnist_lab.bench.bench_record import BenchRecord, Point, Series
from mnist_lab.bench.fits import power_fit
from mnist_lab.language import listed, say
from mnist_lab.reports.bench.bench_sentences import ratio_of, ratio_pairs
from mnist_lab.reports.bench.bench_words import (
    WIDE,
    extremes_at,
    factor_text,
    is_unsure_time,
    is_wide_time,
    label_of,
    largest_common,
    mark,
    milliseconds,
    percent_text,
    spread_text,
)
from mnist_lab.reports.bench.strange_times import strange_paragraphs
from mnist_lab.reports.numbering import cite

# Of the highest point on ordinary axes: what is lower cannot be told from the axis.
_ON_THE_AXIS = 0.01


def times_paragraphs(record: BenchRecord, figures: Collection[str]) -> list[list[str]]:
    """Return where the times stand and what the figures show, which times are strange, and which spread widely.

    Args:
        record: Of the bench.
        figures: File names, without an ending, of those there are.
    """
    return [_times(record, figures), *strange_paragraphs(record), _wide_times(record)]


def _times(record: BenchRecord, figures: Collection[str]) -> list[str]:
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
        *_apart(record),
        _highest(record),
    ]


def _apart(record: BenchRecord) -> list[str]:
    """Return how far the lines of the figure with logarithmic axes are apart, where all were measured."""
    size = largest_common(record.measured)
    found = extremes_at(record, size) if size is not None else None
    if found is None:
        return []
    (slow, most), (fast, least) = found
    return [
        say(
            "The lines of {time_log} are apart by the ratio of the times: at N = {size:,}, the largest at which all "
            "were measured, {slow} takes {ratio} times the time of {fast} ({most} against {least} ms).",
            "{time_log} の線の縦の間隔は時間の比を表す。すべての実装を測定した最大のサイズ N = {size:,} では、"
            "最も遅い{slow}の時間が、最も速い{fast}の {ratio} 倍である（{most} ms と {least} ms）。",
            time_log=cite("time_log"),
            size=size,
            slow=label_of(slow.name),
            fast=label_of(fast.name),
            ratio=factor_text(most.median_s / least.median_s, wide=is_unsure_time(most) or is_unsure_time(least)),
            most=milliseconds(most.median_s),
            least=milliseconds(least.median_s),
        )
    ]


def _highest(record: BenchRecord) -> str:
    """Return what the figure with ordinary axes shows: the longest times, and how many lie on the axis."""
    points = [(series, point) for series in record.measured for point in series.points]
    series, top = max(points, key=lambda entry: entry[1].median_s)
    low = sum(point.median_s < _ON_THE_AXIS * top.median_s for _, point in points)
    place = series.points.index(top)
    return say(
        "In {time} the highest point is that of {name} at N = {size:,}, {most} ms{before}; {low} of the {count} points "
        "are lower than {share:.0f} % of it and lie on the axis, so that they are to be read in {time_log}.",
        "{time} で最も高い点は{name}の N = {size:,} の {most} ms である{before}。{count} 個の点のうち {low} 個は"
        "その {share:.0f} % より低く、横軸に重なって見えるため、{time_log} で読む。",
        time=cite("time"),
        time_log=cite("time_log"),
        name=label_of(series.name) + mark([top]),
        size=top.size,
        most=milliseconds(top.median_s),
        before=say(
            ", beside {first} ms ({percent} % of it) at N = {small:,}",
            "（N = {small:,} では {first} ms で、その {percent} %）",
            first=milliseconds(before.median_s),
            percent=percent_text(before.median_s / top.median_s),
            small=before.size,
        )
        if place and (before := series.points[place - 1])
        else "",
        low=low,
        count=len(points),
        share=100 * _ON_THE_AXIS,
    )


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
                "Of the times that the powers ({growth}), the rates ({rates}) or the ratios come from, these "
                "have an interquartile range of more than {limit:.0f} % of the median: {names}. What is made "
                "of them is less sure by as much.",
                "指数（{growth}）、計算速度（{rates}）、速さの比に用いた時間のうち、四分位範囲が"
                "中央値の {limit:.0f} % を超えるのは、{names}である。これらから求めた値は、"
                "その分だけ不確かである。",
                growth=cite("growth"),
                rates=cite("rates"),
                limit=100 * WIDE,
                names=_spreads(named),
            )
        )
    if others := len(wide) - len(named):
        said.append(
            say(
                "Of the times at smaller sizes, which none of these uses, {others} have an "
                "interquartile range above {limit:.0f} % (data/times.csv).",
                "これらに用いない小さなサイズでは、{others} 個の時間の四分位範囲が {limit:.0f} % を"
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
            say("{size:,}: {share} %", "{size:,} で {share} %", size=point.size, share=spread_text(point))
        )
    return listed(
        [
            say("{name} (N = {sizes})", "{name}（N = {sizes}）", name=name, sizes=listed(sizes))
            for name, sizes in by_name.items()
        ]
    )
