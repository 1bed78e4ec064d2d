"""The ladder from Python to NumPy: for each rung the hypothesis, the change and the check."""

from __future__ import annotations

from collections.abc import Collection

from mnist_lab.bench.bench_record import BenchRecord
from mnist_lab.language import listed, say, spaced
from mnist_lab.reports.bench.bench_words import (
    WIDE,
    factor_text,
    is_disturbed,
    is_unsure_time,
    label_of,
    mark,
    milliseconds,
    operation_of,
    rounded,
)
from mnist_lab.reports.bench.ladder_counts import counted
from mnist_lab.reports.bench.ladder_figure import LADDER_STEM
from mnist_lab.reports.bench.ladder_rungs import Rung, ratio_text, rungs
from mnist_lab.reports.bench.ladder_words import BEFORE, CAUSES, CHANGES, HYPOTHESES, TOGETHER
from mnist_lab.reports.document import Block, Heading, TableBlock
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.sections import prose

# A rung that is so much faster than the one before bears its hypothesis out.
_BORNE_OUT = 1.2
_EXPECTED_EQUAL = ("numpy-1", "numpy")
"""Rungs of which the hypothesis says that they take as long as the one before."""
_REMOVED = ("c-loop-order", "c-blocked", "c-simd")
"""Rungs of one thread in C, each of which takes a cause away."""
_POINTS_FOR_TERMS = 6


def ladder_summary(record: BenchRecord) -> list[str]:
    """Return how far plain C stays behind NumPy on one thread, and how far the changes bring it."""
    size, found = rungs(record)
    known = {
        rung.series.name: rung
        for rung in found
        if rung.measured_at == size and not is_disturbed(rung.series.points[-1])
    }
    if not {"c-naive", "numpy-1"} <= set(known):
        return []
    goal = known["numpy-1"].time_s
    behind = known["c-naive"].time_s / goal
    ratio = factor_text(behind, wide=known["c-naive"].is_wide(known["numpy-1"]))
    if behind < _BORNE_OUT:
        return [
            say(
                "At N = {size:,}, C naive takes {ratio} times the time of NumPy (1 thread): C alone is enough here "
                "({rungs}).",
                "N = {size:,} では、C（そのまま）の時間は NumPy（1 スレッド）の {ratio} 倍であり、このサイズでは "
                "C 言語で書くだけで足りる（{rungs}）。",
                size=size,
                ratio=ratio,
                rungs=cite("rungs"),
            )
        ]
    said = [
        say(
            "At N = {size:,} on one thread, C naive takes {ratio} times as long as NumPy: writing the same three loops "
            "in C is not enough ({rungs}).",
            "N = {size:,}、1 スレッドでは、C（そのまま）は NumPy の {ratio} 倍の時間がかかり、同じ 3 重ループを "
            "C 言語で書くだけでは不十分である（{rungs}）。",
            size=size,
            ratio=ratio,
            rungs=cite("rungs"),
        )
    ]
    return said + _gains(known)


def _gains(known: dict[str, Rung]) -> list[str]:
    """Return what each change in C brought, which was not borne out, and how near to NumPy the last comes."""
    pairs = [(known[name], known[BEFORE[name]]) for name in _REMOVED if name in known and BEFORE[name] in known]
    borne = [(rung, before) for rung, before in pairs if before.time_s >= _BORNE_OUT * rung.time_s]
    if not borne:
        return []
    last = pairs[-1][0]
    said = [
        say(
            "Where the causes were taken away step by step, {gains}.",
            "遅さの原因を段階的に取り除くと、{gains}の速さになった。",
            gains=listed(
                [
                    say(
                        "{name} ({cause}) became {ratio} times as fast as the rung before",
                        "{cause}{name}は前の段の {ratio} 倍",
                        name=label_of(rung.series.name),
                        cause=CAUSES[rung.series.name],
                        ratio=factor_text(before.time_s / rung.time_s, wide=rung.is_wide(before)),
                    )
                    for rung, before in borne
                ]
            ),
        )
    ]
    if unproven := [label_of(rung.series.name) for rung, _ in pairs if rung not in [found for found, _ in borne]]:
        said.append(
            say(
                "The hypotheses of {names} were not borne out.",
                "{names}の仮説は確かめられなかった。",
                names=listed(unproven),
            )
        )
    return [
        *said,
        say(
            "{last} takes {ratio} times the time of NumPy.",
            "{last}の時間は NumPy の {ratio} 倍である。",
            last=label_of(last.series.name),
            ratio=factor_text(last.time_s / known["numpy-1"].time_s, wide=last.is_wide(known["numpy-1"])),
        ),
    ]


def why_no_polynomials(record: BenchRecord) -> str:
    """Return why a ladder's report does not ask which term dominates."""
    most = max(len(series.points) for series in record.measured)
    if most >= _POINTS_FOR_TERMS:
        return say(
            "Which term of a polynomial dominates is not asked here: the ladder compares the rungs at one size.",
            "段の比較を 1 つのサイズで行うため、多項式のどの項が支配的かはここでは調べない。",
        )
    return say(
        "Which term of a polynomial dominates is not asked here: {most} points are too few to tell a quadratic from a "
        "cubic one, which takes {least}.",
        "多項式のどの項が支配的かは、ここでは調べない。点は最大で {most} 個であり、2 次と 3 次を区別するには {least} 個"
        "以上必要なためである。",
        most=most,
        least=_POINTS_FOR_TERMS,
    )


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
        before = by_name.get(BEFORE.get(name, ""))
        rows.append(
            [
                label_of(name),
                str(HYPOTHESES.get(name, "–")),
                str(CHANGES.get(name, "–")),
                ("≈ " if rung.measured_at != size else "") + milliseconds(rung.time_s) + mark(rung.series.points[-1:]),
                spaced(_check(rung, before, size)),
            ]
        )
    table = TableBlock(
        say(
            "The ladder at N = {size:,}: what is thought to hold the rung before back (with NumPy: why it should take "
            "as long as the rung in C that it is compared with), what was changed, and whether the run time bears it "
            "out, for which a rung must be at least {limit} times as fast (with NumPy: less than that apart).{wide}",
            "N = {size:,} における各段。前の段を遅くしている原因の仮説（NumPy の段では、比べる C の段と同程度の時間に"
            "なると考える理由）、変更したこと、実行時間による検証を示す。{limit} 倍以上速ければ（NumPy の"
            "段では、差が {limit} 倍未満であれば）仮説と合うとした。{wide}",
            size=size,
            limit=_BORNE_OUT,
            wide=say(
                " Ratios of a time with an interquartile range above {limit:.0f} % of its median, or measured only "
                "once, have two digits.",
                "四分位範囲が中央値の {limit:.0f} % を超える時間や、1 回だけ測定した時間による比は 2 桁で示す。",
                limit=100 * WIDE,
            )
            if any(is_unsure_time(rung.series.points[-1]) for rung in found)
            else "",
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
    return blocks + counted(record.counts)


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
    if LADDER_STEM in figures:
        said.append(_bars(found, size))
    estimated = [rung for rung in found if rung.measured_at != size]
    for rung in estimated:
        said.append(
            say(
                "The time of {name} (≈) was not measured but estimated: that at N = {small:,}, {time} ms, times the "
                "ratio of the steps, {ratio}.",
                "{name}の時間（≈）は測定値ではなく推定値であり、N = {small:,} の {time} ms にステップ数の比 {ratio} を"
                "掛けたものである。",
                name=label_of(rung.series.name),
                small=rung.measured_at,
                time=milliseconds(rung.series.points[-1].median_s),
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


def _bars(found: list[Rung], size: int) -> str:
    """Return what the figure of the rungs shows: the largest step of all, and from where to where they lead."""
    slow, fast = max(found, key=lambda rung: rung.time_s), min(found, key=lambda rung: rung.time_s)
    by_name = {rung.series.name: rung for rung in found}
    steps = [(by_name[BEFORE[name]], by_name[name]) for name in BEFORE if {name, BEFORE[name]} <= set(by_name)]
    said = say(
        "In {figure} the bars end between {most} ms with {slow} and {least} ms with {fast}",
        "{figure} の棒の右端は、{slow}の {most} ms から{fast}の {least} ms までにある",
        figure=cite(LADDER_STEM),
        slow=label_of(slow.series.name),
        most=("≈ " if slow.measured_at != size else "") + milliseconds(slow.time_s),
        fast=label_of(fast.series.name),
        least=milliseconds(fast.time_s),
    )
    if not steps:
        return say("{said}.", "{said}。", said=said)
    before, after = max(steps, key=lambda pair: pair[0].time_s / pair[1].time_s)
    return say(
        "{said}; the largest step, {ratio} times, is that from {before} to {after}.",
        "{said}。最も大きな段差は{before}から{after}への {ratio} 倍である。",
        said=said,
        before=label_of(before.series.name),
        after=label_of(after.series.name),
        ratio=ratio_text(before.time_s / after.time_s, estimated=True)
        if before.measured_at != size
        else factor_text(before.time_s / after.time_s, wide=before.is_wide(after)),
    )


def _check(rung: Rung, before: Rung | None, size: int) -> str:
    if before is None:
        return "–"
    ratio = before.time_s / rung.time_s
    estimated = {rung.measured_at, before.measured_at} != {size}
    factor, name = max(ratio, 1 / ratio), label_of(before.series.name)
    times = ratio_text(factor, estimated=True) if estimated else factor_text(factor, wide=rung.is_wide(before))
    if rung.series.name in _EXPECTED_EQUAL:
        return _check_of_equal(ratio, times, name)
    if ratio >= _BORNE_OUT:
        return say(
            "{ratio} times as fast as {before}: borne out{together}",
            "{before}の {ratio} 倍の速さであり、仮説と合う{together}",
            ratio=times,
            before=name,
            together=say(
                " for {parts} together, which this time does not tell apart",
                "（{parts}を合わせた効果であり、個々の効果はここでは区別できない）",
                parts=TOGETHER[rung.series.name],
            )
            if rung.series.name in TOGETHER
            else "",
        )
    if ratio <= 1 / _BORNE_OUT:
        return say(
            "takes {ratio} times as long as {before}: not borne out",
            "{before}の {ratio} 倍の時間がかかり、仮説と合わない",
            ratio=times,
            before=name,
        )
    return say(
        "about as fast as {before} ({ratio} times, less than {limit}): not borne out at this size",
        "{before}と同程度（{ratio} 倍で、{limit} 倍未満の差）であり、このサイズでは仮説を確かめられない",
        ratio=times,
        limit=_BORNE_OUT,
        before=name,
    )


def _check_of_equal(ratio: float, times: str, name: str) -> str:
    """Say whether a rung takes about as long as the one before, as its hypothesis has it."""
    if 1 / _BORNE_OUT < ratio < _BORNE_OUT:
        verdict = say("within {limit} times, borne out", "{limit} 倍以内の差であり、仮説と合う", limit=_BORNE_OUT)
    else:
        verdict = say("not borne out", "同程度とはいえず、仮説と合わない")
    if ratio >= 1:
        return say(
            "{ratio} times as fast as {before}: {verdict}",
            "{before}の {ratio} 倍の速さ（{verdict}）",
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
