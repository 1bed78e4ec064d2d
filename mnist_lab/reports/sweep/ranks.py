"""Which of a parameter's values without an order is ahead, where their repeats bear it out."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from mnist_lab.language import say
from mnist_lab.reports.setting_names import point_name
from mnist_lab.reports.sweep.families import varied_keys
from mnist_lab.reports.sweep.first_times import of_unlike_conditions
from mnist_lab.reports.sweep.tested import Tested, accuracies, logarithms, tested
from mnist_lab.reports.sweep.verdicts import verdicts
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.axis import axis_of
from mnist_lab.sweeps.result import PointResult, SweepResult
from mnist_lab.sweeps.setting_words import value_name
from mnist_lab.sweeps.shown_digits import accuracy_decimals

_WIDE = 3
"""Repeats that spread so many times as far as those of every other point are worth a remark."""


@dataclass(frozen=True)
class TestedPair:
    """Two points, and the test of their difference in one quantity."""

    one: PointResult
    other: PointResult
    test: Tested | None
    """Corrected for all pairs there are; None where no t-test applies."""


@dataclass(frozen=True)
class FarthestApart:
    """The two points that lie farthest apart in one quantity, the better one first, and their test."""

    quantity: Literal["time", "accuracy"]
    pair: tuple[PointResult, PointResult]
    shown: tuple[str, str]
    """Their values, with the unit."""
    test: Tested | None
    """Corrected after Bonferroni for all pairs there are; None where no t-test applies."""
    pairs: tuple[TestedPair, ...]
    """All pairs, in the order of the points."""

    @property
    def borne_out(self) -> list[TestedPair]:
        """The pairs whose difference is larger than the noise, that of the widest first."""
        found = [pair for pair in self.pairs if pair.test and pair.test.is_larger_than_noise]
        return sorted(found, key=lambda pair: -abs(self.middle(pair.one) - self.middle(pair.other)))

    def middle(self, entry: PointResult) -> float:
        """Return a point's median time in seconds, or its mean test accuracy from 0 to 1."""
        return entry.train_s if self.quantity == "time" else entry.test_accuracy

    @property
    def name(self) -> str:
        """What the quantity is called."""
        return say("training time", "学習時間") if self.quantity == "time" else say("test accuracy", "テスト精度")

    @property
    def values(self) -> Callable[[Sequence[PointResult]], list[float]]:
        """What is tested of a point."""
        return logarithms if self.quantity == "time" else accuracies


def farthest_of_models(result: SweepResult) -> list[FarthestApart]:
    """Return which points of each model lie farthest apart, where one setting alone was varied and has no order."""
    keys = varied_keys(result)
    if len(keys) != 1 or axis_of(keys[0], [entry.point.values[keys[0]] for entry in result.points]).positions:
        return []
    of_models = [result.of_model(model) for model in result.models]
    return [found for points in of_models if len(points) > 1 for found in farthest_apart(points)]


def farthest_apart(points: Sequence[PointResult]) -> list[FarthestApart]:
    """Return which of points without an order lie farthest apart in time and in accuracy; none where one has no repeat.

    Times that are not to be trusted have no part in it.
    """
    if min(len(entry.times_s) for entry in points) < 2:
        return []
    found, timed = [], [entry for entry in points if not entry.disturbed]
    if len(timed) > 1:
        found.append(_farthest("time", timed, min(timed, key=_time_s), max(timed, key=_time_s), logarithms))
    good, bad = (pick(points, key=lambda entry: entry.test_accuracy) for pick in (max, min))
    return [*found, _farthest("accuracy", points, good, bad, accuracies)]


def _farthest(
    quantity: Literal["time", "accuracy"],
    points: Sequence[PointResult],
    better: PointResult,
    worse: PointResult,
    values: Callable[[Sequence[PointResult]], list[float]],
) -> FarthestApart:
    all_pairs = list(itertools.combinations(points, 2))
    pairs = [TestedPair(a, b, tested(values([a]), values([b]), len(all_pairs))) for a, b in all_pairs]
    test = tested(values([better]), values([worse]), len(all_pairs))
    shown = shown_value(quantity, better, points), shown_value(quantity, worse, points)
    return FarthestApart(quantity, (better, worse), shown, test, tuple(pairs))


def shown_value(quantity: Literal["time", "accuracy"], entry: PointResult, points: Sequence[PointResult]) -> str:
    """Return a point's time or test accuracy with its unit.

    Args:
        quantity: Which of them.
        entry: The point.
        points: All that are compared, by which accuracies get their decimals.
    """
    if quantity == "time":
        return f"{significant(entry.train_s)} s"
    return f"{100 * entry.test_accuracy:.{accuracy_decimals(points)}f} %"


def _time_s(entry: PointResult) -> float:
    return entry.train_s


def ranks(points: Sequence[PointResult]) -> str:
    """Say which of points without an order is ahead, where their repeats bear it out; else why not."""
    found = farthest_apart(points)
    if not found:
        return say(
            " Each was trained once, so they are not ranked.",
            "各設定の学習は 1 回であるため、順位はつけない。",
        )
    return "".join(_verdict(entry) + _again(entry) + _all_pairs(entry) + _wide_spread(entry, points) for entry in found)


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
    if len(found.pairs) == 1:
        return say(
            " The {what} of {first} and {second} cannot be told from the noise ({tested}).",
            "{what}については、{first}と {second}の間に有意差は認められない（{tested}）。",
            what=what,
            first=first,
            second=second,
            tested=test.text,
        )
    return say(
        " In {what}, {first} and {second} lie farthest apart, but cannot be told from the noise ({tested}).",
        "{what}が最も離れた {first}と {second}の間には、有意差は認められない（{tested}）。",
        what=what,
        first=first,
        second=second,
        tested=test.text,
    )


def _all_pairs(found: FarthestApart) -> str:
    """Say which of all pairs differ, where there is more than one and a test of n > 2 applies to any."""
    if len(found.pairs) == 1 or not any(pair.test and min(pair.test.n) > 2 for pair in found.pairs):
        return ""
    tests = [
        (
            say("{one}–{other}", "{one} と {other}", one=_short_name(pair.one), other=_short_name(pair.other)),
            pair.test,
        )
        for pair in found.pairs
    ]
    group = say("all {count} pairs compared by {what}", "{what}を比べた {count} 組", count=len(tests), what=found.name)
    return verdicts(tests, group, ja="、")


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
    wide = widest_by_far(found, points)
    if wide is None:
        return ""
    others = _widest_of_others(found, points, wide)
    if found.quantity == "time":
        low, high = (f"{significant(pick(wide.times_s))} s" for pick in (min, max))
        within = say("a factor of {factor}", "{factor} 倍", factor=significant(math.exp(others)))
    else:
        decimals = accuracy_decimals(points)
        low, high = (f"{100 * pick(wide.test_accuracies):.{decimals}f} %" for pick in (min, max))
        points_within = f"{100 * others:.{decimals}f}"
        within = say("{points} percentage points", "{points} ポイント", points=points_within)
    return say(
        " The repeats of {name} lie between {low} and {high}, those of each other one within {within}; beside so wide "
        "a spread, even this difference cannot be told from the noise.",
        "{name} では繰り返しの値が {low} から {high} に広がっており（ほかの設定の広がりは最大 {within}）、"
        "この広がりのために、差が大きくても有意とならない。",
        name=_short_name(wide),
        low=low,
        high=high,
        within=within,
    )


def widest_by_far(found: FarthestApart, points: Sequence[PointResult]) -> PointResult | None:
    """Return the one of two points whose repeats spread far wider than all others', where they are not told apart."""
    if found.test is None or found.test.is_larger_than_noise or len(points) < 3:
        return None
    wide = max(found.pair, key=lambda entry: _width(found.values([entry])))
    return wide if _width(found.values([wide])) >= _WIDE * _widest_of_others(found, points, wide) else None


def _widest_of_others(found: FarthestApart, points: Sequence[PointResult], wide: PointResult) -> float:
    counted = [entry for entry in points if found.quantity == "accuracy" or not entry.disturbed]
    return max((_width(found.values([entry])) for entry in counted if entry is not wide), default=0.0)


def _short_name(entry: PointResult) -> str:
    """Return a point's values; of a single parameter, which the paragraph has named, the value alone."""
    values = list(entry.point.values.values())
    return value_name(values[0]) if len(values) == 1 else point_name(entry)


def _width(values: Sequence[float]) -> float:
    return max(values) - min(values)
