"""What a sweep's report says of a stretch of time in which runs were slow whatever their setting, or that none was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from mnist_lab.language import first_of, listed, paragraph, say
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.p_values import p_text
from mnist_lab.reports.setting_names import point_label
from mnist_lab.reports.sweep.allowing_for import changes_allowing_for
from mnist_lab.reports.sweep.remarks import learned
from mnist_lab.reports.sweep.wide_spreads import widest_times
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.result import SweepResult
from mnist_lab.sweeps.slow_phase import LEVEL, SHORTEST, SHUFFLES, SlowPhase, slow_phase

_MOST_NAMED = 4
_ALIKE = 1.05
"""A time that is longer by no more than this, beside the whole phase, is explained by it."""


def slow_times(result: SweepResult, figures: Callable[[str], str | None]) -> list[str]:
    """Return what there is to say of a slow phase: how slow, whose times it moved, and which tests hang on it.

    Args:
        result: With at least one point.
        figures: Returns the figure of an option by its file name, without an ending; None where there is none.
    """
    phase = slow_phase(result.points)
    if phase is None or not phase.is_one:
        return []
    first, last = _from_to(phase)
    said = say(
        "By {table}, in the order in which they began and beside runs of the same points, the {count} runs from "
        "{first} to {last} took {factor} times as long as the other {others} (permutation test, {p}), and longer at "
        "{longer} of the {compared} points that have runs in both. Since it concerns many settings, the likely cause "
        "is not the models but the state of the computer meanwhile, such as the processor's clock.",
        "{table} の実行を始めた順に並べ、学習時間を同じ設定の実行どうしで比べると、{first} から {last} までに始めた "
        "{count} 回は、ほかの {others} 回の {factor} 倍である（並べ替え検定、{p}）。両方に実行のある {compared} 通りの"
        "設定のうち、{longer} 通りで長い。多くの設定に及ぶため、原因はモデルではなく、その間の計算機の状態"
        "（プロセッサの動作周波数など）と考えられる。",
        table=cite("runs"),
        count=len(phase.runs),
        first=first,
        last=last,
        others=phase.others,
        factor=significant(phase.factor),
        p=p_text([phase.p]),
        longer=phase.longer,
        compared=phase.compared,
    )
    parts = [said, _moved(phase), *_widest(result, phase), *changes_allowing_for(learned(result), phase, figures)]
    return [paragraph(parts)]


def _moved(phase: SlowPhase) -> str:
    if not phase.moved:
        return say(
            "No point has more than half of its repeats there, so that the medians hardly depend on it.",
            "繰り返しの半数を超える回がこの間にあたる設定はないため、中央値への影響は小さい。",
        )
    return say(
        "More than half of the repeats of {names} were made there, so that the median is too long there as well.",
        "{names} では、繰り返しの半数を超える回がこの間にあたるため、中央値も長くなっている。",
        names=_names(phase),
    )


def _widest(result: SweepResult, phase: SlowPhase) -> list[str]:
    """Say whether the phase explains the widest spread of times, where that is named and its longest time is there."""
    wide = widest_times(learned(result))
    if wide is None:
        return []
    longest = max(wide.again or wide.runs, key=lambda run: run.train_s or 0.0)
    rest = [run.train_s or 0.0 for run in wide.again or wide.runs if run is not longest]
    if longest not in phase.runs or not rest or not min(rest):
        return []
    times = (longest.train_s or 0.0) / (sum(rest) / len(rest))
    if times <= _ALIKE * phase.factor:
        return [
            say(
                "The longest time of the widest spread, {name} with {s} s, lies there, too, which explains it.",
                "繰り返しの広がりが最も大きい {name} の最も長い時間（{s} s）もこの間の値であり、広がりはこれで説明"
                "できる。",
                name=point_label(wide),
                s=significant(longest.train_s or 0.0),
            )
        ]
    return [
        say(
            "The longest time of the widest spread, {name} with {s} s, lies there, too; but at {times} times the mean "
            "of its other repeats the phase explains only a part of it.",
            "繰り返しの広がりが最も大きい {name} の最も長い時間（{s} s）もこの間の値であるが、ほかの回の平均の "
            "{times} 倍であり、この間の遅れで説明できるのはその一部だけである。",
            name=point_label(wide),
            s=significant(longest.train_s or 0.0),
            times=significant(times),
        )
    ]


def why_slow(result: SweepResult) -> list[str]:
    """Return the question that a slow phase leaves to the reader.

    Args:
        result: With at least one point.
    """
    phase = slow_phase(result.points)
    if phase is None or not phase.is_one:
        return []
    first, last = _from_to(phase)
    return [
        say(
            "What slowed the computer from {first} to {last}? Train {names} again, and see whether the times become "
            "shorter.",
            "{first} から {last} までの間に学習時間が長くなったのは、何が原因と考えられるか。{names} をもう一度学習"
            "させて、学習時間が短くなるかを確かめること。",
            first=first,
            last=last,
            names=_names(phase) if phase.moved else say("some of its settings", "その間に測った設定"),
        )
    ]


def how_slow_times_are_found(result: SweepResult) -> list[str]:
    """Return how the test for a slow phase is made; nothing where none is.

    Args:
        result: With at least one point.
    """
    if slow_phase(result.points) is None:
        return []
    return [
        say(
            "Whether runs that began one after another were slow is tested by a permutation test. Of each stretch of "
            "{shortest} runs or more, the deviations of the logarithm of the time from the mean of its point are "
            "added, and divided by √(k(m − k)/m) for k of m runs; the largest of these is the slowest stretch. The "
            "times of each point were then shuffled among its runs {shuffles:,} times; p is how often the largest was "
            "at least that of the measurement. How many times as long it took is the geometric mean of the ratios of "
            "the geometric means, inside to outside, of the points with runs in both.",
            "続けて行った実行が遅かったかどうかは、並べ替え検定で調べた。{shortest} 回以上続く実行のすべて"
            "の区間について、学習時間の対数の、設定ごとの平均からの偏差を合計し、√(k(m − k)/m) で割った（k は区間"
            "の実行回数、m は全体の実行回数）。この値が最大の区間を最も遅い区間とする。次に、"
            "設定ごとに学習時間を実行の間で入れ替えることを {shuffles:,} 回行い、最大値が測定における値以上になる割合"
            "を p とした。"
            "区間の学習時間が何倍かは、区間の内と外の両方に実行のある設定における、比（内の幾何平均 ÷ 外の幾何平均）の"
            "幾何平均である。",
            shortest=SHORTEST,
            shuffles=SHUFFLES,
        )
    ]


def slow_times_looked_for(result: SweepResult) -> list[str]:
    """Return that no slow phase was found, where one was looked for; nothing where the observations tell of one.

    Args:
        result: With at least one point.
    """
    phase = slow_phase(result.points)
    if phase is None or phase.is_one or not phase.runs:
        return []
    first, last = _from_to(phase)
    return [
        say(
            "In the order in which the runs began, the slowest stretch is that of the {count} runs from {first} to "
            "{last}, which took {factor} times as long as the other {others}; {verdict} (permutation test, {p}).",
            "実行を始めた順に見て最も遅い区間は、{first} から {last} までに始めた {count} 回であり、その学習時間は"
            "ほかの {others} 回の {factor} 倍であるが、{verdict}（並べ替え検定、{p}）。",
            count=len(phase.runs),
            first=first,
            last=last,
            others=phase.others,
            factor=significant(phase.factor),
            verdict=say("that cannot be told from the noise", "有意に遅いとはいえない")
            if phase.p >= LEVEL
            else say("that is too little to matter", "その差は小さい"),
            p=p_text([phase.p]),
        )
    ]


def supposes_a_cause(result: SweepResult) -> bool:
    """Return whether the observations suppose why times were long: of a slow phase they do.

    Args:
        result: With at least one point.
    """
    phase = slow_phase(result.points)
    return phase is not None and phase.is_one


def _names(phase: SlowPhase) -> str:
    return listed(first_of([point_label(entry) for entry in phase.moved], _MOST_NAMED, ja="通り"), ja="と")


def _from_to(phase: SlowPhase) -> tuple[str, str]:
    """Return when the first and the last of its runs began, with the day where that is not the same."""
    first, last = (datetime.fromisoformat((run.record or {})["started"]) for run in (phase.runs[0], phase.runs[-1]))
    form = "%H:%M:%S" if first.date() == last.date() else "%Y-%m-%d %H:%M:%S"
    return first.strftime(form), last.strftime(form)
