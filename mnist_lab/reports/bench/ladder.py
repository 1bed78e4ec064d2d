"""The ladder from Python to NumPy: for each rung the hypothesis, the change and the check, and the figure of all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from mnist_lab.bench.bench_record import BenchRecord, CacheCount, Series
from mnist_lab.bench.cache_counts import FIRST_LEVEL_KIB, LAST_LEVEL_KIB
from mnist_lab.language import Phrase, say, spaced
from mnist_lab.reports.bench.bench_figures import plain_tick
from mnist_lab.reports.bench.bench_styles import styles_of_series
from mnist_lab.reports.bench.bench_words import (
    duration,
    factor_text,
    label_of,
    mark,
    milliseconds,
    operation_of,
    rounded,
)
from mnist_lab.reports.document import Block, Heading, TableBlock
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.sections import prose
from mnist_lab.runs.spread import significant

_HYPOTHESES: Mapping[str, Phrase] = {
    "c-naive": Phrase(
        "Each step of Python is interpreted: objects, types and bounds are looked at for one multiplication.",
        "Python では、1 回の乗算のたびにオブジェクト、型、範囲が調べられている。",
    ),
    "c-loop-order": Phrase(
        "The inner loop walks down a column of b; of each cache line one value in 8 is used (cache misses).",
        "内側のループが b の列をたどるため、キャッシュラインの 8 個の値のうち 1 個しか使われない（キャッシュミス）。",
    ),
    "c-blocked": Phrase(
        "All of b goes through the cache again for each row of c.",
        "c の 1 行ごとに b の全体がキャッシュを通り抜けている。",
    ),
    "c-simd": Phrase(
        "One instruction multiplies one pair of numbers, and each sum goes to the memory and back (vector "
        "width, registers).",
        "1 つの命令で 1 組の数しか掛けておらず、和を毎回メモリに読み書きしている（ベクトル幅、レジスタ）。",
    ),
    "c-threads": Phrase("One core computes while the others wait.", "1 つのコアだけが計算し、ほかのコアは待っている。"),
    "numpy-1": Phrase(
        "NumPy's BLAS works in the same way (vectors, tiles, packed operands), so it should take about as long.",
        "NumPy の BLAS も同じ手法（ベクトル命令、ブロック、並べ替え）を使うので、同程度の時間になるはずである。",
    ),
    "numpy": Phrase(
        "NumPy's BLAS shares the rows out among threads too, so it should take about as long.",
        "NumPy の BLAS も行をスレッドに分担させるので、同程度の時間になるはずである。",
    ),
}
_CHANGES: Mapping[str, Phrase] = {
    "c-naive": Phrase("the same three loops in C", "同じ 3 重ループを C 言語で書く"),
    "c-loop-order": Phrase("the order i, k, j in place of i, j, k", "ループの順序を i, j, k から i, k, j に変える"),
    "c-blocked": Phrase(
        "blocks of b that stay in the cache, four rows at once", "キャッシュに収まるブロックに分け、4 行ずつ計算する"
    ),
    "c-simd": Phrase(
        "vectors, a tile of c in registers, a and b packed",
        "ベクトル命令を使い、c の一部をレジスタに置き、a と b を並べ替える",
    ),
    "c-threads": Phrase("rows of c shared out among threads", "c の行をスレッドに分担させる"),
    "numpy-1": Phrase("a @ b", "a @ b を呼ぶ"),
    "numpy": Phrase("a @ b, all threads", "a @ b を全スレッドで呼ぶ"),
}
_BEFORE = {"c-naive": "python", "c-loop-order": "c-naive", "c-blocked": "c-loop-order", "c-simd": "c-blocked"} | {
    "c-threads": "c-simd",
    "numpy-1": "c-simd",
    "numpy": "c-threads",
}
# A rung that is so much faster than the one before bears its hypothesis out.
_BORNE_OUT = 1.2
_EXPECTED_EQUAL = ("numpy-1", "numpy")
"""Rungs of which the hypothesis says that they take as long as the one before."""
LADDER_STEM = "ladder"


@dataclass(frozen=True)
class Rung:
    """An implementation at the ladder's size."""

    series: Series
    time_s: float
    measured_at: int
    """The ladder's size, or a smaller one that the time was computed from by the number of steps."""


def rungs(record: BenchRecord) -> tuple[int, list[Rung]]:
    """Return the largest size of all, and every implementation's time at it."""
    size = max(point.size for series in record.measured for point in series.points)
    steps = operation_of(record).steps
    return size, [
        Rung(series, series.points[-1].median_s * steps(size) / steps(series.points[-1].size), series.points[-1].size)
        for series in record.measured
    ]


def draw_ladder(record: BenchRecord) -> Figure:
    """Draw a bar a rung, the time on a logarithmic axis."""
    size, found = rungs(record)
    figure = Figure(figsize=(7.2, 1.4 + 0.5 * len(found)), layout="constrained")
    axes = figure.subplots()
    styles = styles_of_series([rung.series.name for rung in found])
    for place, rung in enumerate(found):
        style = styles[rung.series.name]
        computed = rung.measured_at != size
        axes.barh(
            place,
            rung.time_s,
            color="white" if computed else style.colour,
            edgecolor=style.colour if computed else "black",
            hatch="///" if computed else "",
            linewidth=0.8,
        )
        text = f"≈ {duration(rung.time_s)}" if computed else duration(rung.time_s)
        axes.annotate(
            text, (rung.time_s, place), xytext=(4, 0), textcoords="offset points", va="center", fontsize="small"
        )
    axes.set_yticks(range(len(found)), [label_of(rung.series.name) for rung in found])
    axes.invert_yaxis()
    axes.set_xscale("log")
    low, high = axes.get_xlim()
    axes.set_xlim(low / 2, high * 4)
    axes.xaxis.set_major_formatter(FuncFormatter(plain_tick))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(say("run time [s], logarithmic", "実行時間 [s]（対数目盛）"))
    slowest, fastest = max(found, key=lambda rung: rung.time_s), min(found, key=lambda rung: rung.time_s)
    estimated = {slowest.measured_at, fastest.measured_at} != {size}
    ratio = _factor(slowest.time_s / fastest.time_s, estimated=estimated)
    figure.suptitle(
        spaced(
            say(
                "N = {size:,}: {fast} is {ratio} times as fast as {slow}{estimated}",
                "N = {size:,}：{fast}は{slow}の {ratio} 倍速い{estimated}",
                size=size,
                fast=label_of(fastest.series.name),
                slow=label_of(slowest.series.name),
                ratio=ratio,
                estimated=say(" (estimated)", "（推定）") if estimated else "",
            )
        ),
        x=0.01,
        ha="left",
        fontsize=11,
    )
    return figure


def ladder_caption() -> str:
    """Say what the figure shows."""
    return say(
        "The ladder. Hatched: computed from a smaller size by the number of steps, since a call would take too long.",
        "各段の実行時間。斜線の棒は、計算に時間がかかりすぎるため、小さなサイズの時間からステップ数の比で求めた値である。",
    )


def _factor(ratio: float, *, estimated: bool) -> str:
    """Return a ratio; one of an estimated time with two digits and "about" before it."""
    if not estimated:
        return factor_text(ratio)
    return say("about {ratio}", "約 {ratio}", ratio=significant(float(f"{ratio:.1e}"), 2))


def ladder_section(record: BenchRecord, figures: Collection[str]) -> list[Block]:
    """Return the table of rungs with what it says, and where a cache was simulated, its counts.

    Args:
        record: Of the ladder.
        figures: File names, without an ending, of the figures there are.
    """
    size, found = rungs(record)
    by_name = {rung.series.name: rung for rung in found}
    rows = []
    for rung in found:
        name = rung.series.name
        before = by_name.get(_BEFORE.get(name, ""))
        rows.append(
            [
                label_of(name),
                str(_HYPOTHESES.get(name, "–")),
                str(_CHANGES.get(name, "–")),
                ("≈ " if rung.measured_at != size else "") + milliseconds(rung.time_s) + mark(rung.series.points[-1:]),
                spaced(_check(rung, before, size)),
            ]
        )
    table = TableBlock(
        say(
            "The ladder at N = {size:,}: what is thought to hold the rung before back, what was changed, and "
            "whether the run time bears it out.",
            "N = {size:,} における各段。前の段を遅くしている原因の仮説、変更したこと、実行時間による検証を示す。",
            size=size,
        ),
        (
            say("rung", "段"),
            say("hypothesis", "仮説"),
            say("change", "変更"),
            say("run time [ms]", "実行時間 [ms]"),
            say("check", "検証"),
        ),
        rows,
        (3,),
        "rungs",
    )
    blocks: list[Block] = [
        Heading(say("The ladder, rung by rung", "段ごとの説明")),
        *prose(_said(record, size, found, figures)),
        table,
    ]
    return blocks + _counted(record.counts)


def _said(record: BenchRecord, size: int, found: list[Rung], figures: Collection[str]) -> list[str]:
    """Say where the rungs are shown, and how the times were estimated that were not measured."""
    said = [say("{table} goes through the rungs.", "各段を {table} に示す。", table=cite("rungs"))]
    if LADDER_STEM in figures:
        said = [
            say(
                "{table} goes through the rungs; {figure} shows their times.",
                "各段を {table} に、その実行時間を {figure} に示す。",
                table=cite("rungs"),
                figure=cite(LADDER_STEM),
            )
        ]
    estimated = [rung for rung in found if rung.measured_at != size]
    for rung in estimated:
        said.append(
            say(
                "The time of {name} (≈) was not measured but estimated: that at N = {small:,}, {time}, times the ratio "
                "of the steps, {ratio}.",
                "{name}の時間（≈）は測定値ではなく推定値であり、N = {small:,} の {time} にステップ数の比 {ratio} を"
                "掛けたものである。",
                name=label_of(rung.series.name),
                small=rung.measured_at,
                time=duration(rung.series.points[-1].median_s),
                ratio=rounded(operation_of(record).steps(size) / operation_of(record).steps(rung.measured_at), 2),
            )
        )
    if estimated:
        said.append(
            say(
                "Where a step takes longer with larger matrices, the real time is longer. What a call was predicted to "
                "take before it was left out goes by how the time grew last too, and so is more.",
                "1 ステップの時間がサイズとともに長くなれば、実際の時間はこれより長い。除外したときの見込みの時間は、"
                "直前のサイズからの増え方も用いて求めるため、ステップ数の比だけによる推定値とは一致しない。",
            )
        )
    if record.counts:
        said.append(
            say(
                "{table} says how often each rung missed a simulated cache.",
                "模擬実行で数えたキャッシュのミスを {table} に示す。",
                table=cite("counts"),
            )
        )
    return said


def _check(rung: Rung, before: Rung | None, size: int) -> str:
    if before is None:
        return "–"
    ratio = before.time_s / rung.time_s
    estimated = {rung.measured_at, before.measured_at} != {size}
    times, name = _factor(max(ratio, 1 / ratio), estimated=estimated), label_of(before.series.name)
    if rung.series.name in _EXPECTED_EQUAL:
        return _check_of_equal(ratio, times, name)
    if ratio >= _BORNE_OUT:
        return say(
            "{ratio} times as fast as {before}: borne out",
            "{before}の {ratio} 倍速く、仮説と合う",
            ratio=times,
            before=name,
        )
    if ratio <= 1 / _BORNE_OUT:
        return say(
            "takes {ratio} times as long as {before}: not borne out",
            "{before}の {ratio} 倍の時間がかかり、仮説と合わない",
            ratio=times,
            before=name,
        )
    return say(
        "as fast as {before} ({ratio} times): not borne out at this size",
        "{before}と同程度（{ratio} 倍）であり、このサイズでは仮説を確かめられない",
        ratio=times,
        before=name,
    )


def _check_of_equal(ratio: float, times: str, name: str) -> str:
    """Say whether a rung takes about as long as the one before, as its hypothesis has it."""
    if 1 / _BORNE_OUT < ratio < _BORNE_OUT:
        verdict = say("within {limit} times, borne out", "{limit} 倍未満の差であり、仮説と合う", limit=_BORNE_OUT)
    else:
        verdict = say("not borne out", "同程度とはいえず、仮説と合わない")
    if ratio >= 1:
        return say(
            "{ratio} times as fast as {before}: {verdict}",
            "{before}の {ratio} 倍速い（{verdict}）",
            ratio=times,
            before=name,
            verdict=verdict,
        )
    return say(
        "takes {ratio} times as long as {before}: {verdict}",
        "{before}の {ratio} 倍の時間がかかる（{verdict}）",
        ratio=times,
        before=name,
        verdict=verdict,
    )


def _counted(counts: list[CacheCount]) -> list[Block]:
    if not counts:
        return []
    rows = [
        [
            label_of(count.name),
            f"{count.data_refs / 1e6:,.1f}",
            f"{count.first_misses / 1e6:,.2f}",
            f"{100 * count.first_misses / max(count.data_refs, 1):.2g}",
            f"{count.last_misses / 1e6:,.3f}",
        ]
        for count in counts
    ]
    table = TableBlock(
        say(
            "What cachegrind counted at N = {size:,} in a simulated cache that is as small as these "
            "matrices: {first} "
            "KiB in the first level, {last} KiB in the last, so that a column does not fit, as in a real cache "
            "at N = 1,000.",
            "cachegrind がキャッシュの模擬実行で数えた回数（N = {size:,}）。"
            "行列に合わせて小さくしたキャッシュ（1 次 {first} KiB、"
            "最終 {last} KiB）であり、実際のキャッシュにおける N = 1,000 の場合と同じく、"
            "1 列分が 1 次キャッシュに収まらない。",
            size=counts[0].size,
            first=FIRST_LEVEL_KIB,
            last=LAST_LEVEL_KIB,
        ),
        (
            say("rung", "段"),
            say("reads and writes [10⁶]", "読み書き [10⁶ 回]"),
            say("missed the first-level cache [10⁶]", "1 次キャッシュのミス [10⁶ 回]"),
            say("of them [%]", "その割合 [%]"),
            say("missed the last-level cache [10⁶]", "最終キャッシュのミス [10⁶ 回]"),
        ),
        rows,
        (1, 2, 3, 4),
        "counts",
    )
    by_name = {count.name: count for count in counts}
    said = []
    for name in ("c-loop-order", "c-blocked", "c-simd"):
        before = by_name.get(_BEFORE[name])
        count = by_name.get(name)
        if before and count:
            said.append(
                say(
                    "{name} has {misses} times the misses of {before} in the first-level cache, and {refs} times its "
                    "reads and writes.",
                    "{name}では、{before}に比べ、1 次キャッシュのミスが {misses} 倍、読み書きが {refs} 倍である。",
                    name=label_of(name),
                    before=label_of(before.name),
                    misses=significant(count.first_misses / max(before.first_misses, 1), 2),
                    refs=significant(count.data_refs / max(before.data_refs, 1), 2),
                )
            )
    return [table, *prose(said)]
