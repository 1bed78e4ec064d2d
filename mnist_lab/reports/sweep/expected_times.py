"""How the neighbours of a point tell what training time is to be expected of it, so that a reader can work it out."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mnist_lab.language import listed, say
from mnist_lab.reports.setting_names import point_label
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.outliers import DrawnOut, Expected
from mnist_lab.sweeps.result import PointResult
from mnist_lab.sweeps.setting_words import setting_name


def how_expected(shown: Sequence[tuple[PointResult, Expected]]) -> list[str]:
    """Return how each range that is shown was found: of a point between two others, and at an end, with its numbers.

    Args:
        shown: The points that were measured again, with what was expected of them.
    """
    drawn = [(entry, one.drawn_out) for entry, one in shown if one.drawn_out]
    ends = [one for _, one in drawn]
    found = _neighbours(shown)
    if shown:
        found.append(
            say(
                "Between two neighbours, a time between theirs is expected.",
                "両隣に設定がある場合は、両隣の学習時間の間を予想の範囲とした。",
            )
        )
    if drawn:
        found.append(_at_an_end(ends))
    if any(one.by_later_times for _, one in shown):
        found.append(
            say(
                "Of a neighbour that was measured again, the later time counts.",
                "隣の設定も測り直した場合は、測り直した値を用いた。",
            )
        )
    if drawn:
        found.append(
            say(
                "Here {beyond} is {each}, of times that were not rounded before.",
                "{beyond} の値は、{each}である（計算には丸める前の時間を用いた）。",
                beyond=_beyond(ends),
                each=listed([_worked_out(entry, one) for entry, one in drawn]),
            )
        )
        found.append(_why_that_power(ends))
    return found


def _neighbours(shown: Sequence[tuple[PointResult, Expected]]) -> list[str]:
    """Say along which setting neighbours lie, where it is known."""
    along: dict[str, list[str]] = {}
    for entry, one in shown:
        if one.key:
            along.setdefault(setting_name(one.key), []).append(point_label(entry))
    if not along:
        return []
    if len(along) == 1:
        return [
            say(
                "Neighbours differ in the {name} alone, by one step.",
                "隣の設定とは、{name}だけが一段階異なる設定である。",
                name=next(iter(along)),
            )
        ]
    each = [
        say("in the {name} from {entries}", "{entries} では{name}", name=name, entries=listed(entries, ja=" と "))
        for name, entries in along.items()
    ]
    return [
        say(
            "Neighbours differ in one setting alone, by one step: {each}.",
            "隣の設定とは、1 つの設定項目（{each}）だけが一段階異なる設定である。",
            each=listed(each),
        )
    ]


def _at_an_end(drawn: Sequence[DrawnOut]) -> str:
    """Give the formula of one at an end: both ends of the range are of the line's last growth, which may be below 1."""
    grows = all(one.near_s >= one.far_s for one in drawn)
    return say(
        "At an end, t₁ is the neighbour's training time and t₂ that of the next but one: a time between {near} and "
        "{beyond} is expected{power}.",
        "端の設定では、隣の設定の学習時間を t₁、その一つ先の設定の学習時間を t₂ とし、{near} から {beyond} までを予想の"
        "範囲とした{power}。",
        near="t₁" if grows else say("the longer of the two", "t₁ と t₂ の長いほう"),
        beyond=_beyond(drawn),
        power=""
        if all(map(_is_even, drawn))
        else say(
            " (k: twice the setting's last step over the one before it, by logarithms where all are above 0)",
            "（k は、設定の値の端での間隔を、その前の間隔で割った値の 2 倍。値がすべて正なら間隔は対数で測る）",
        ),
    )


def _beyond(drawn: Sequence[DrawnOut]) -> str:
    """Return the formula of what a line reaches at its end."""
    return "t₁ × (t₁ ÷ t₂)²" if all(map(_is_even, drawn)) else "t₁ × (t₁ ÷ t₂)^k"


def _why_that_power(drawn: Sequence[DrawnOut]) -> str:
    """Say why the last step may multiply the time by more than the step before it did."""
    if all(map(_is_even, drawn)):
        return say(
            "Why the square: the time may grow more from step to step, so that a last step is let pass that multiplies "
            "it by up to the square of what the step before did, t₁ ÷ t₂.",
            "2 乗としたのは、学習時間が段階を追うごとに大きく伸びることがあるためであり、最後の段階での比が一つ前の"
            "段階での比 t₁ ÷ t₂ の 2 乗になる場合までを予想に含めた。",
        )
    return say(
        "Why that power: the time may grow more from step to step, so that up to twice the growth of the step before "
        "is let pass in the last one, by logarithms and for steps of equal length.",
        "k 乗としたのは、学習時間が段階を追うごとに大きく伸びることがあるためであり、最後の段階での伸びが、間隔の違いを"
        "考えたうえで一つ前の伸びの 2 倍（対数で測った値）になる場合までを予想に含めた。",
    )


def _worked_out(entry: PointResult, drawn: DrawnOut) -> str:
    return say(
        "{near} s × ({near} s ÷ {far} s){power} = {beyond} s with {name}",
        "{name} では {near} s × ({near} s ÷ {far} s){power} = {beyond} s",
        name=point_label(entry),
        near=significant(drawn.near_s),
        far=significant(drawn.far_s),
        power="²" if _is_even(drawn) else f"^{drawn.power:.2g}",
        beyond=significant(drawn.beyond_s),
    )


def _is_even(drawn: DrawnOut) -> bool:
    return math.isclose(drawn.power, 2.0, rel_tol=1e-6)
