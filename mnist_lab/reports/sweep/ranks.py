"""Which of a parameter's values without an order is ahead, where their repeats bear it out."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mnist_lab.language import say
from mnist_lab.reports.setting_names import point_name
from mnist_lab.reports.sweep.accuracy_digits import accuracy_decimals
from mnist_lab.reports.sweep.tested import logarithms, tested
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.result import PointResult


def ranks(points: Sequence[PointResult]) -> str:
    """Say which of points without an order is ahead, where their repeats bear it out; else why not.

    Times that are not to be trusted have no part in it.
    """
    if min(len(entry.times_s) for entry in points) < 2:
        return say(
            " Each was trained once, so they are not ranked.",
            "各設定の学習は 1 回であるため、順位はつけない。",
        )
    decimals, found = accuracy_decimals(points), ""
    by_time = sorted((entry for entry in points if not entry.disturbed), key=lambda entry: entry.train_s)
    if len(by_time) > 1:
        found += _verdict(
            by_time,
            say("training time", "学習時間"),
            say("less than", "より短い"),
            (by_time[0], f"{significant(by_time[0].train_s)} s", logarithms(by_time[:1])),
            (by_time[-1], f"{significant(by_time[-1].train_s)} s", logarithms(by_time[-1:])),
        )
    by_score = sorted(points, key=lambda entry: entry.test_accuracy)
    good, bad = (
        (entry, f"{100 * entry.test_accuracy:.{decimals}f} %", entry.test_accuracies)
        for entry in (by_score[-1], by_score[0])
    )
    return found + _verdict(points, say("test accuracy", "テスト精度"), say("more than", "より高い"), good, bad)


_Measured = tuple[PointResult, str, list[float]]
"""A point, its value as it is shown, and what is tested."""


def _verdict(points: Sequence[PointResult], what: str, how: str, one: _Measured, other: _Measured) -> str:
    """Say whether the two that lie farthest apart differ, corrected after Bonferroni for all pairs there are."""
    test = tested(one[2], other[2], math.comb(len(points), 2))
    first, second = (
        say("{name} ({value})", "{name}（{value}）", name=point_name(entry), value=value)
        for entry, value, _ in (one, other)
    )
    if test is None:
        return say(
            " In {what}, {first} and {second} lie farthest apart; no t-test applies to them.",
            "{what}が最も離れている {first}と {second}には、t 検定を適用できない。",
            what=what,
            first=first,
            second=second,
        )
    if test.is_larger_than_noise:
        return say(
            " The {what} of {first} is {how} that of {second}; they lie farthest apart ({tested}).",
            "{what}が最も離れている 2 つの設定では、{first}が {second}{how}（{tested}）。",
            what=what,
            first=first,
            second=second,
            how=how,
            tested=test.text,
        )
    if min(test.n) == 2:
        return say(
            " In {what}, {first} and {second} lie farthest apart; whether they differ cannot be "
            "decided with n = 2 ({tested}).",
            "{what}が最も離れているのは {first}と {second}であるが、"
            "n = 2 では差があるかどうかを判断できない（{tested}）。",
            what=what,
            first=first,
            second=second,
            tested=test.text,
        )
    return say(
        " In {what}, even {first} and {second}, the two farthest apart, cannot be told from the noise ({tested}).",
        "{what}については、最も離れた {first}と {second}の間にも有意差は認められない（{tested}）。",
        what=what,
        first=first,
        second=second,
        tested=test.text,
    )
