"""What a sweep's report says of a stretch of time in which all runs were slow, and of where none was found."""

from __future__ import annotations

from datetime import datetime

from mnist_lab.language import first_of, listed, paragraph, say
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.p_values import p_text
from mnist_lab.reports.setting_names import point_label
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.result import SweepResult
from mnist_lab.sweeps.slow_phase import LEVEL, SlowPhase, can_be_found, slow_phase

_MOST_NAMED = 4


def slow_times(result: SweepResult) -> list[str]:
    """Return what there is to say of a slow phase, and whose times it has moved; nothing where none was found.

    Args:
        result: With at least one point.
    """
    phase = slow_phase(result.points)
    if phase is None:
        return []
    first, last = _from_to(phase)
    said = say(
        "By {table}, in the order in which they began and beside runs of the same points, the {count} runs from "
        "{first} to {last} took {factor} times as long as the other {others} (permutation test, {p}). Since this holds "
        "whatever the setting, the likely cause is not the models but the state of the computer meanwhile, such as the "
        "processor's clock.",
        "{table} の実行を始めた順に並べ、学習時間を同じ設定の実行どうしで比べると、{first} から {last} までに始めた "
        "{count} 回は、ほかの {others} 回の {factor} 倍である（並べ替え検定、{p}）。設定によらず続けて長くなって"
        "いるため、原因はモデルではなく、その間の計算機の状態（プロセッサの動作周波数など）と考えられる。",
        table=cite("runs"),
        count=len(phase.runs),
        first=first,
        last=last,
        others=phase.others,
        factor=significant(phase.factor),
        p=p_text([phase.p]),
    )
    return [paragraph([said, *_moved(phase)])]


def _moved(phase: SlowPhase) -> list[str]:
    if not phase.moved:
        return [
            say(
                "No point has more than half of its repeats there, so that the medians hardly depend on it.",
                "繰り返しの半数を超える回がこの間にあたる設定はないため、中央値への影響は小さい。",
            )
        ]
    return [
        say(
            "More than half of the repeats of {names} were made there, so that the median is too long there as well: "
            "where its time does not fit that of other settings, this may be why.",
            "{names} では、繰り返しの半数を超える回がこの間にあたるため、中央値も長くなっている。その学習時間がほかの"
            "設定と合わないところでは、これが原因である可能性がある。",
            names=_names(phase),
        )
    ]


def why_slow(result: SweepResult) -> list[str]:
    """Return the question that a slow phase leaves to the reader.

    Args:
        result: With at least one point.
    """
    phase = slow_phase(result.points)
    if phase is None:
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


def slow_times_looked_for(result: SweepResult) -> list[str]:
    """Return that no slow phase was found, where one was looked for; nothing where the observations tell of one.

    Args:
        result: With at least one point.
    """
    if not can_be_found(result.points) or slow_phase(result.points) is not None:
        return []
    return [
        say(
            "In the order in which the runs began, no stretch of them was slower than chance explains (permutation "
            "test, level of significance {level:.0f} %).",
            "実行を始めた順に見て、偶然では説明できないほど続けて遅くなった時間帯はなかった（並べ替え検定、有意水準 "
            "{level:.0f} %）。",
            level=100 * LEVEL,
        )
    ]


def _names(phase: SlowPhase) -> str:
    return listed(first_of([point_label(entry) for entry in phase.moved], _MOST_NAMED, ja="通り"), ja="と")


def _from_to(phase: SlowPhase) -> tuple[str, str]:
    """Return when the first and the last of its runs began, with the day where that is not the same."""
    first, last = (datetime.fromisoformat((run.record or {})["started"]) for run in (phase.runs[0], phase.runs[-1]))
    form = "%H:%M:%S" if first.date() == last.date() else "%Y-%m-%d %H:%M:%S"
    return first.strftime(form), last.strftime(form)
