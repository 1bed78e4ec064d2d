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
    kinds = []
    if len(drawn) < len(shown):
        kinds.append(say("between two neighbours, a time between theirs", "両隣に設定がある場合は両隣の学習時間の間"))
    if drawn:
        kinds.append(_at_an_end([one for _, one in drawn]))
    found = []
    if kinds:
        kinds_text = say("; ", "、").join(kinds)
        found.append(say("What is expected: {kinds}.", "予想される値は、{kinds}とした。", kinds=kinds_text))
    found += _neighbours(shown)
    if drawn:
        found.append(_why_that_power(drawn))
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
                "Here this is {each}, of times that were not rounded before.",
                "その値は、{each}である（計算には丸める前の時間を用いた）。",
                each=listed([_worked_out(entry, one) for entry, one in drawn]),
            )
        )
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


def _why_that_power(drawn: Sequence[tuple[PointResult, DrawnOut]]) -> str:
    """Say why the last step may multiply the time by more than the step before it did."""
    return say(
        "The time may grow more from step to step: up to twice the growth of the step before is expected at an end, "
        "by logarithms{squares}.",
        "学習時間の伸びは段階が進むほど大きくなりうるため、端では、一つ前の伸びの 2 倍（対数で測った値{squares}）"
        "までを予想に含めた。",
        squares=say(", which squares the ratio", "であり、比では 2 乗にあたる")
        if all(_is_even(one) for _, one in drawn)
        else "",
    )


def _at_an_end(drawn: Sequence[DrawnOut]) -> str:
    """Say between which two times one at an end is expected: both of the line's last growth, which may be below 1."""
    return say(
        "at an end, one between {near} and the neighbour's multiplied by {power} of its ratio to that of the next but "
        "one",
        "端の設定では、{near}から、隣の学習時間に「隣の学習時間 ÷ もう一つ隣の学習時間」の{power}を掛けた値まで",
        near=say("the neighbour's training time", "隣の学習時間")
        if all(one.near_s >= one.far_s for one in drawn)
        else say("the longer one of the next two training times", "隣ともう一つ隣の学習時間のうち長いほう"),
        power=say("the square", " 2 乗")
        if all(map(_is_even, drawn))
        else say(
            "a power (twice the setting's last step over the one before it, by logarithms where all are above 0)",
            "累乗（指数は、設定の値の端での間隔を、その前の間隔で割った値の 2 倍。値がすべて正なら間隔は対数で測る）",
        ),
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
