"""From one value of a parameter to the next: whether time and accuracy go one way throughout."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from mnist_lab.language import first_of, listed, say
from mnist_lab.reports.setting_names import axis_name, axis_texts
from mnist_lab.reports.sweep.families import Family
from mnist_lab.reports.sweep.first_times import as_first_measured, change_by_measuring_again, of_unlike_conditions
from mnist_lab.reports.sweep.tested import accuracies, logarithms, tested
from mnist_lab.reports.sweep.verdicts import verdicts
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.axis import Axis
from mnist_lab.sweeps.result import PointResult
from mnist_lab.sweeps.setting_words import named_value
from mnist_lab.sweeps.shown_digits import accuracy_decimals

_MOST_STEPS = 6


@dataclass(frozen=True)
class _Step:
    """From one value of an axis to the next, all other settings the same."""

    name: str
    shown: str
    """The two numbers with their unit."""
    change: float
    """Of the numbers as they are shown."""
    ends: tuple[Sequence[PointResult], Sequence[PointResult]]

    @property
    def one_end_again(self) -> bool:
        """Whether the time of one end alone was measured again: the two times are of different conditions."""
        first, last = (any(entry.again for entry in end) for end in self.ends)
        return first != last

    @property
    def grows(self) -> bool:
        """Whether the model has more parameters at the end."""
        first, last = (max(entry.parameters for entry in end) for end in self.ends)
        return last > first


@dataclass(frozen=True)
class _Backward:
    """The steps of one quantity that go against most others."""

    how: str
    """What the quantity does there."""
    is_time: bool
    steps: Sequence[_Step]
    of: int
    """How many steps of the quantity there are."""


def at_value(family: Family, axis: Axis, value: object) -> list[PointResult]:
    """Return a family's points at one value of an axis."""
    return [entry for entry in family.points if entry.point.values[axis.key] == value]


def time_s(entries: Sequence[PointResult]) -> float:
    """Return the median training time in seconds."""
    return median(number for entry in entries for number in entry.times_s)


def accuracy_percent(entries: Sequence[PointResult]) -> float:
    """Return the mean test accuracy in per cent."""
    return 100 * fmean(number for entry in entries for number in entry.test_accuracies)


def times_count(points: Sequence[PointResult]) -> bool:
    """Return whether all of the times are to be trusted, so that something can be said of them."""
    return not any(entry.disturbed for entry in points)


def reversals(families: Sequence[Family], axis: Axis) -> str:
    """Say where time and accuracy go against the way that most steps go; nothing where all go one way.

    A step leads from one value to the next one in a family. Where one end alone was measured again, the times are not
    compared.
    """
    points = [entry for family in families for entry in family.points]
    decimals = accuracy_decimals(points)
    scores = _steps(families, axis, lambda own: f"{accuracy_percent(own):.{decimals}f}", "%")
    times = _steps(families, axis, lambda own: significant(time_s(own)), "s") if times_count(points) else []
    against = [
        *_against(
            [step for step in times if not step.one_end_again],
            say("the training time becomes shorter", "学習時間が短くなった"),
            say("the training time becomes longer", "学習時間が長くなった"),
            is_time=True,
        ),
        *_against(
            scores,
            say("the test accuracy falls", "テスト精度が低くなった"),
            say("the test accuracy rises", "テスト精度が高くなった"),
            is_time=False,
        ),
    ]
    if not against:
        return ""
    once = min(len(entry.times_s) for entry in points) == 1
    apart = [step for step in times if step.one_end_again]
    said = say(
        " The values as they are shown do not go one way throughout: of the {count}steps from a value to the next, "
        "{said}.{once}",
        "ただし、示した値には逆向きの変化もある。隣り合う値どうし{count}のうち、{said}である。{once}",
        count="" if apart else say("{count} ", "の {count} 組", count=len(scores)),
        said=listed([_named(one, count_each=bool(apart)) for one in against]),
        once=_measured_once() if once else "",
    )
    tests = "" if once else "".join(map(_borne_out, against))
    return said + tests + (_not_compared(apart, families, axis) if apart else "")


def times_that_fall(families: Sequence[Family], axis: Axis) -> int:
    """Return in how many steps from a value to the next the training time falls, by the numbers as they are shown."""
    steps = _steps(families, axis, lambda own: significant(time_s(own)), "s")
    return sum(step.change < 0 for step in steps if not step.one_end_again)


def _measured_once() -> str:
    return say(
        " Measured once each, this cannot be told from the noise.",
        "1 回ずつの測定であるため、これらの増減はばらつきと区別できない。",
    )


def with_advice_once(texts: Sequence[str]) -> list[str]:
    """Return the texts, of which the first alone says that steps back cannot be told from the noise, and what would.

    Args:
        texts: Paragraphs that may hold what ``reversals`` says.
    """
    once = _measured_once()
    places = [place for place, text in enumerate(texts) if once in text]
    advice = say(
        "{further} Repeats of each setting with other seeds would tell, three for example.",
        "{further}区別するには、同じ設定の学習を、シードを変えて（例えば 3 回）繰り返す必要がある。",
        further=say(" Nor can those named below.", "以下に述べる増減についても同じである。") if len(places) > 1 else "",
    )
    return [text.replace(once, once + advice if place in places[:1] else "") for place, text in enumerate(texts)]


def _against(steps: Sequence[_Step], falls: str, rises: str, *, is_time: bool) -> list[_Backward]:
    """Return the steps that go against most others; nothing where there are none."""
    down, up = [step for step in steps if step.change < 0], [step for step in steps if step.change > 0]
    fewer, how = (down, falls) if len(down) <= len(up) else (up, rises)
    return [_Backward(how, is_time, fewer, len(steps))] if fewer else []


def _named(backward: _Backward, *, count_each: bool) -> str:
    """Name the steps as one part of a sentence, with how many steps of the quantity there are where that differs."""
    each = [say("{name} ({shown})", "{name} では {shown}", name=step.name, shown=step.shown) for step in backward.steps]
    return say(
        "{how} in {count}{of}: {steps}",
        "{how}のは {of}{count} 組（{steps}）",
        of=_out_of(backward) if count_each else "",
        count=len(backward.steps),
        how=backward.how,
        steps=say("; ", "、").join(first_of(each, _MOST_STEPS, ja="組")),
    )


def _out_of(backward: _Backward) -> str:
    if backward.is_time:
        return say(" of the {of} whose times are compared", "時間を比べた {of} 組のうち ", of=backward.of)
    return say(" of {of}", "{of} 組のうち ", of=backward.of)


def _borne_out(backward: _Backward) -> str:
    """Say which of the steps a test bears out, corrected for all steps of the quantity, and what may be behind it."""
    values = logarithms if backward.is_time else accuracies
    tests = [(step, tested(values(step.ends[0]), values(step.ends[1]), backward.of)) for step in backward.steps]
    group = (
        say("the step in which {how}", "{how} 1 組", how=backward.how)
        if len(tests) == 1
        else say("the {count} steps in which {how}", "{how} {count} 組", how=backward.how, count=len(tests))
    )
    said = verdicts([(step.name, test) for step, test in tests], group)
    shorter = [step for step, test in tests if test and test.is_larger_than_noise and step.change < 0]
    return said + (_why_shorter(shorter) if backward.is_time and shorter else "")


def _why_shorter(steps: Sequence[_Step]) -> str:
    """Suppose why a time falls although a test bears it out."""
    changing = say("the state of the computer changed between the runs", "測定の間に計算機の状態が変わったこと")
    by_size = say(
        "the library computes layers of another size in another way",
        "層の大きさによってライブラリの計算方法が変わること",
    )
    return say(
        " Where the time falls beyond the noise, it may be that {reasons}; that was not tried here.",
        "有意に短くなった原因としては、{reasons}が考えられるが、ここでは確かめていない。",
        reasons=say(", or that ", "や、").join([*([by_size] if any(step.grows for step in steps) else []), changing]),
    )


def _not_compared(steps: Sequence[_Step], families: Sequence[Family], axis: Axis) -> str:
    """Say which times are not compared since one of the two was measured again, and why those of the ends are."""
    factor = change_by_measuring_again([entry for family in families for entry in family.points])
    return say(
        " Where the time of one end of a step alone was measured again ({steps}), the step's times are not compared"
        "{lost}.{ends}",
        "隣り合う値どうしのうち一方だけ時間を測り直した組（{steps}）の学習時間は、測った条件が異なるため、増減を"
        "比べていない{lost}。{ends}",
        steps=say("; ", "、").join(step.name for step in steps),
        lost=""
        if factor is None
        else say(
            ": measuring again has changed times by up to {factor} times, in which the change of a single step may be "
            "lost",
            "（測り直しによって学習時間は最大 {factor} 倍変わっており、一段階の増減はこれに隠れうる）",
            factor=significant(factor),
        ),
        ends=_ends_are_compared(families, axis),
    )


def _ends_are_compared(families: Sequence[Family], axis: Axis) -> str:
    """Say by which times the ends of an axis are compared, which no single step stands for."""
    ends = [[at_value(family, axis, value) for value in (axis.values[0], axis.values[-1])] for family in families]
    pairs = [[*first, *last] for first, last in ends if first and last]
    if not any(map(of_unlike_conditions, pairs)):
        return say(
            " The two ends are compared, since their times were measured alike.",
            "両端は、測った条件が同じ（ともに測り直したか、ともに測り直していない）であるため、比べている。",
        )
    if any(entry.disturbed for pair in pairs for entry in as_first_measured(pair)):
        return ""
    return say(
        " The two ends are compared above by the times before any was measured again, too.",
        "両端については、測り直す前の値による比も上に示した。",
    )


def _steps(
    families: Sequence[Family], axis: Axis, write: Callable[[Sequence[PointResult]], str], of_unit: str
) -> list[_Step]:
    found = []
    for family in families:
        shown = [
            (text, value, write(own), own)
            for text, value in zip(axis_texts(axis), axis.values, strict=True)
            if (own := at_value(family, axis, value))
        ]
        for (a, value, one, first), (b, beyond, two, last) in itertools.pairwise(shown):
            without = value == [] and not axis.counts_layers
            name = say(
                "{others}{a} to {b}",
                "{others}{a} から {b}",
                others=_at(family, axis, without=without) if len(families) > 1 else "",
                a=named_value(axis.key, value) if without else a,
                b=named_value(axis.key, beyond) if without else b,
            )
            numbers = say(
                "{one} {unit}, {two} {unit}", "{one} {unit} から {two} {unit}", one=one, two=two, unit=of_unit
            )
            change = float(two.replace(",", "")) - float(one.replace(",", ""))
            found.append(_Step(name, numbers, change, (first, last)))
    return found


def _at(family: Family, axis: Axis, *, without: bool) -> str:
    """Say where a step of one of several families is, and of what; a layer that is not there is named by its value."""
    if without:
        return say("{named}: ", "{named}における", named=family.others)
    return say("{named}: {name} ", "{named}における{name} ", named=family.others, name=axis_name(axis))
