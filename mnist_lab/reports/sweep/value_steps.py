"""From one value of a parameter to the next: whether time and accuracy go one way throughout."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from mnist_lab.language import listed, say
from mnist_lab.reports.setting_names import axis_texts
from mnist_lab.reports.sweep.accuracy_digits import accuracy_decimals
from mnist_lab.reports.sweep.families import Family
from mnist_lab.reports.sweep.tested import accuracies, logarithms, name_of_test, tested
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.axis import Axis
from mnist_lab.sweeps.result import PointResult
from mnist_lab.sweeps.setting_words import named_value

_MOST_STEPS = 6
_Values = Callable[[Sequence[PointResult]], list[float]]


@dataclass(frozen=True)
class _Step:
    """From one value of an axis to the next, all other settings the same."""

    name: str
    change: float
    """Of the numbers as they are shown."""
    ends: tuple[Sequence[PointResult], Sequence[PointResult]]


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

    A step leads from one value to the next one in a family.
    """
    points = [entry for family in families for entry in family.points]
    decimals = accuracy_decimals(points)
    said, backward = [], []
    if times_count(points):
        steps = _steps(families, axis, lambda own: significant(time_s(own)), "s")
        backward += [(logarithms, step) for step in _fewer(steps)]
        said += _against(
            steps,
            say("the training time becomes shorter", "学習時間が短くなった"),
            say("the training time becomes longer", "学習時間が長くなった"),
        )
    steps = _steps(families, axis, lambda own: f"{accuracy_percent(own):.{decimals}f}", "%")
    backward += [(accuracies, step) for step in _fewer(steps)]
    said += _against(
        steps,
        say("the test accuracy falls", "テスト精度が低くなった"),
        say("the test accuracy rises", "テスト精度が高くなった"),
    )
    if not said:
        return ""
    return say(
        " It does not go one way throughout: of the {count} steps from a value to the next, {said}{once}.",
        "ただし、一方向の変化ではない。隣り合う値どうしの {count} 組のうち、{said}である{once}。",
        count=len(steps),
        said=listed(said),
        once=say(
            "; measured once each, this cannot be told from the noise",
            "（1 回ずつの測定であり、ばらつきとは区別できない）",
        )
        if min(len(entry.times_s) for entry in points) == 1
        else _borne_out(backward, len(steps)),
    )


def _borne_out(backward: Sequence[tuple[_Values, _Step]], steps: int) -> str:
    """Say how many of the steps against the others a test bears out, corrected for all steps of a quantity."""
    tests = [tested(values(step.ends[0]), values(step.ends[1]), steps) for values, step in backward]
    count = sum(test is not None and test.is_larger_than_noise for test in tests)
    if not count:
        return say(
            "; none of these can be told from the noise ({test})",
            "。これらの差はどれも有意とはいえない（{test}）",
            test=name_of_test(steps),
        )
    return say(
        "; of these, {count} can be told from the noise ({test})",
        "。このうち差が有意であるのは {count} 組である（{test}）",
        count=count,
        test=name_of_test(steps),
    )


def _steps(
    families: Sequence[Family], axis: Axis, write: Callable[[Sequence[PointResult]], str], of_unit: str
) -> list[_Step]:
    found = []
    for family in families:
        shown = [
            (named_value(axis.key, value) if value == [] and not axis.counts_layers else text, write(own), value)
            for text, value in zip(axis_texts(axis), axis.values, strict=True)
            if (own := at_value(family, axis, value))
        ]
        for (a, one, first), (b, two, last) in itertools.pairwise(shown):
            name = say(
                "{others}{a} to {b} ({one} {unit}, {two} {unit})",
                "{others}{a} から {b}（{one} {unit}、{two} {unit}）",
                others=say("{named}: ", "{named}の ", named=family.others) if len(families) > 1 else "",
                a=a,
                b=b,
                one=one,
                two=two,
                unit=of_unit,
            )
            change = float(two.replace(",", "")) - float(one.replace(",", ""))
            found.append(_Step(name, change, (at_value(family, axis, first), at_value(family, axis, last))))
    return found


def _fewer(steps: Sequence[_Step]) -> list[_Step]:
    """Return the steps that go against most others."""
    down, up = [step for step in steps if step.change < 0], [step for step in steps if step.change > 0]
    return down if len(down) <= len(up) else up


def _against(steps: Sequence[_Step], falls: str, rises: str) -> list[str]:
    """Name the steps that go against most others, as one part of a sentence; nothing where there are none."""
    fewer = [step.name for step in _fewer(steps)]
    if not fewer:
        return []
    how = falls if _fewer(steps)[0].change < 0 else rises
    more = len(fewer) - _MOST_STEPS
    shown = [*fewer[:_MOST_STEPS], *([say("{more} more", "ほか {more} 組", more=more)] if more > 0 else [])]
    return [
        say(
            "{how} in {count}: {steps}",
            "{how}のは {count} 組（{steps}）",
            count=len(fewer),
            how=how,
            steps=say("; ", "、").join(shown),
        )
    ]
