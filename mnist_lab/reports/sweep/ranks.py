"""Which of a parameter's values without an order is ahead, where their repeats bear it out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from mnist_lab.language import say
from mnist_lab.reports.setting_names import point_name
from mnist_lab.reports.sweep.accuracy_digits import accuracy_decimals
from mnist_lab.reports.sweep.first_times import of_unlike_conditions
from mnist_lab.reports.sweep.tested import Tested, accuracies, logarithms, tested
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.result import PointResult
from mnist_lab.sweeps.setting_words import value_name

_WIDE = 3
"""Repeats that spread so many times as far as those of every other point are worth a remark."""


@dataclass(frozen=True)
class FarthestApart:
    """The two points that lie farthest apart in one quantity, the better one first, and their test."""

    quantity: Literal["time", "accuracy"]
    pair: tuple[PointResult, PointResult]
    shown: tuple[str, str]
    """Their values, with the unit."""
    test: Tested | None
    """Corrected after Bonferroni for all pairs there are; None where no t-test applies."""

    @property
    def name(self) -> str:
        """What the quantity is called."""
        return say("training time", "学習時間") if self.quantity == "time" else say("test accuracy", "テスト精度")

    @property
    def values(self) -> Callable[[Sequence[PointResult]], list[float]]:
        """What is tested of a point."""
        return logarithms if self.quantity == "time" else accuracies


def farthest_apart(points: Sequence[PointResult]) -> list[FarthestApart]:
    """Return which of points without an order lie farthest apart in time and in accuracy; none where one has no repeat.

    Times that are not to be trusted have no part in it.
    """
    if min(len(entry.times_s) for entry in points) < 2:
        return []
    decimals, found = accuracy_decimals(points), []
    by_time = sorted((entry for entry in points if not entry.disturbed), key=lambda entry: entry.train_s)
    if len(by_time) > 1:
        fast, slow = by_time[0], by_time[-1]
        test = tested(logarithms([fast]), logarithms([slow]), math.comb(len(by_time), 2))
        shown = f"{significant(fast.train_s)} s", f"{significant(slow.train_s)} s"
        found.append(FarthestApart("time", (fast, slow), shown, test))
    by_score = sorted(points, key=lambda entry: entry.test_accuracy)
    good, bad = by_score[-1], by_score[0]
    test = tested(accuracies([good]), accuracies([bad]), math.comb(len(points), 2))
    percents = f"{100 * good.test_accuracy:.{decimals}f} %", f"{100 * bad.test_accuracy:.{decimals}f} %"
    return [*found, FarthestApart("accuracy", (good, bad), percents, test)]


def ranks(points: Sequence[PointResult]) -> str:
    """Say which of points without an order is ahead, where their repeats bear it out; else why not."""
    found = farthest_apart(points)
    if not found:
        return say(
            " Each was trained once, so they are not ranked.",
            "各設定の学習は 1 回であるため、順位はつけない。",
        )
    return "".join(_verdict(entry) + _again(entry) + _wide_spread(entry, points) for entry in found)


def _verdict(found: FarthestApart) -> str:
    """Say whether the two that lie farthest apart differ."""
    test, what = found.test, found.name
    first, second = (
        say("{name} ({value})", "{name}（{value}）", name=_short_name(entry), value=value)
        for entry, value in zip(found.pair, found.shown, strict=True)
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
            how=say("less than", "より短い") if found.quantity == "time" else say("more than", "より高い"),
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


def _again(found: FarthestApart) -> str:
    """Give the first time of the one of the two whose time alone was measured again."""
    if found.quantity != "time" or not of_unlike_conditions(found.pair):
        return ""
    entry = next(entry for entry in found.pair if entry.again)
    return say(
        " Of the two, the time of {name} alone was measured again; before it was {s} s.",
        "このうち {name} の学習時間だけは測り直した値であり、測り直す前は {s} s である。",
        name=_short_name(entry),
        s=significant(entry.first_train_s),
    )


def _wide_spread(found: FarthestApart, points: Sequence[PointResult]) -> str:
    """Name one point whose repeats spread far wider than all others', where no difference is borne out."""
    if found.test is None or found.test.is_larger_than_noise or len(points) < 3:
        return ""
    counted = [entry for entry in points if found.quantity == "accuracy" or not entry.disturbed]
    wide = max(found.pair, key=lambda entry: _width(found.values([entry])))
    others = max((_width(found.values([entry])) for entry in counted if entry is not wide), default=0.0)
    if _width(found.values([wide])) < _WIDE * others:
        return ""
    if found.quantity == "time":
        low, high = (f"{significant(pick(wide.times_s))} s" for pick in (min, max))
        within = say("a factor of {factor}", "{factor} 倍", factor=significant(math.exp(others)))
    else:
        decimals = accuracy_decimals(points)
        low, high = (f"{100 * pick(wide.test_accuracies):.{decimals}f} %" for pick in (min, max))
        points_within = f"{100 * others:.{decimals}f}"
        within = say("{points} percentage points", "{points} ポイント", points=points_within)
    return say(
        " The repeats of {name} lie between {low} and {high}, those of each other one within {within}.",
        "{name} では繰り返しの値が {low} から {high} に分かれており、ほかの設定の広がりは最大 {within}である。",
        name=_short_name(wide),
        low=low,
        high=high,
        within=within,
    )


def _short_name(entry: PointResult) -> str:
    """Return a point's values; of a single parameter, which the paragraph has named, the value alone."""
    values = list(entry.point.values.values())
    return value_name(values[0]) if len(values) == 1 else point_name(entry)


def _width(values: Sequence[float]) -> float:
    return max(values) - min(values)
