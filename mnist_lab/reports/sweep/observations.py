"""What a sweep's figures bear out, and no more: how time and accuracy change with each parameter."""

from __future__ import annotations

import math
from collections.abc import Container, Sequence

from mnist_lab.language import listed, say
from mnist_lab.reports.group_comparison import SIGNIFICANCE, welch_test
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.report_folder import as_file_name
from mnist_lab.reports.setting_names import axis_name, axis_texts, point_name
from mnist_lab.reports.sweep.accuracy_digits import accuracy_decimals
from mnist_lab.reports.sweep.families import Family, families_of, varied_keys
from mnist_lab.reports.sweep.remarks import learned
from mnist_lab.reports.sweep.value_steps import accuracy_percent, at_value, reversals, time_s, times_count
from mnist_lab.reports.words import unit
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.axis import Axis, axis_of
from mnist_lab.sweeps.points import short_key
from mnist_lab.sweeps.result import PointResult, SweepResult, pareto_front, smallest_within
from mnist_lab.sweeps.setting_words import named_value

_Ends = tuple[list[PointResult], list[PointResult]]
_MOST_ON_FRONT = 3


def observations(result: SweepResult, within: float, figures: Container[str] = ()) -> list[str]:
    """Return one sentence for each model and parameter, one on the front, one on the smallest models' times.

    Of points that hardly learned nothing is said here: their differences are of no account.

    Args:
        result: With at least one point.
        within: Percentage points of validation accuracy that the smallest model may stay behind the best.
        figures: File names, without an ending, of the figures that can be cited.
    """
    counted = learned(result)
    found = _left_out(len(result.points) - len(counted.points))
    for key in varied_keys(counted):
        stem = as_file_name(short_key(key))
        found += observations_along(counted, key, stem if stem in figures else None)
    found.append(front_sentence(result, "pareto" if "pareto" in figures else None))
    return found + _smallest_times(result, within)


def _left_out(lost: int) -> list[str]:
    if not lost:
        return []
    return [
        say(
            "Points that hardly learned ({lost}) are left out of what follows on single parameters.",
            "ほとんど学習できていない設定（{lost} 通り）は、設定項目ごとの以下の記述から除く。",
            lost=lost,
        )
    ]


def observations_along(result: SweepResult, key: str, figure: str | None = None) -> list[str]:
    """Return one sentence for each model whose points differ in a parameter.

    Args:
        result: Of the sweep.
        key: The parameter's option.
        figure: File name, without an ending, of the figure that the first sentence cites; None: none is.
    """
    found: list[str] = []
    for model in result.models:
        families = [family for family in families_of(result, key) if family.model == model]
        values = [entry.point.values[key] for family in families for entry in family.points]
        axis = axis_of(key, values) if values else None
        if axis is not None and len(axis.values) > 1:
            describe = _ordered if axis.positions is not None else _named
            where = say(" ({figure})", "{figure} に示すように、", figure=cite(figure)) if figure and not found else ""
            found.append(describe(model, families, axis, where))
    return found


def _ordered(model: str, families: Sequence[Family], axis: Axis, where: str) -> str:
    """Compare the smallest value with the largest, in each family that has both."""
    low, high = axis.values[0], axis.values[-1]
    ends = [(at_value(family, axis, low), at_value(family, axis, high)) for family in families]
    pairs = [(first, last) for first, last in ends if first and last]
    if not pairs:
        return _named(model, families, axis, where)
    points = [entry for family in families for entry in family.points]
    describe = _one_family if len(pairs) == 1 else _several_families
    said = describe(pairs, accuracy_decimals(points), times=times_count(points))
    return (
        say(
            "With {model}{where}, as the {name} goes from {low} to {high}, {said}",
            "{where}{model} では、{name}を {low} から {high}にすると、{said}",
            model=model,
            where=where,
            name=axis_name(axis),
            low=_least(axis),
            high=_with_unit(axis),
            said=said,
        )
        + reversals(families, axis)
        + _no_times(points)
    )


def _several_families(pairs: Sequence[_Ends], decimals: int, *, times: bool) -> str:
    ratios = [time_s(last) / time_s(first) for first, last in pairs if time_s(first)]
    points = [accuracy_percent(last) - accuracy_percent(first) for first, last in pairs]
    return say(
        "depending on the other settings, {time}the test accuracy changes by {down} to {up} percentage points.",
        "ほかの設定に応じて、{time}テスト精度の変化は {down} ポイントから {up} ポイントであった。",
        time=say(
            "the training time becomes {least} to {most} times as long and ",
            "学習時間は {least} 倍から {most} 倍になり、",
            least=significant(min(ratios, default=1.0), _digits(pairs)),
            most=significant(max(ratios, default=1.0), _digits(pairs)),
        )
        if times
        else "",
        down=_signed(min(points), decimals),
        up=_signed(max(points), decimals),
    )


def _one_family(pairs: Sequence[_Ends], decimals: int, *, times: bool) -> str:
    (pair,) = pairs
    (low_s, high_s), scores = [time_s(end) for end in pair], [accuracy_percent(end) for end in pair]
    return say(
        "{time}the test accuracy goes from {low} % to {high} % ({change} percentage points).",
        "{time}テスト精度は {low} % から {high} %（{change} ポイント）になった。",
        time=say(
            "the training time goes from {low_s} s to {high_s} s ({ratio} times) and ",
            "学習時間は {low_s} s から {high_s} s（{ratio} 倍）、",
            low_s=significant(low_s),
            high_s=significant(high_s),
            ratio=significant(high_s / low_s, _digits(pairs)) if low_s else "–",
        )
        if times
        else "",
        low=f"{scores[0]:.{decimals}f}",
        high=f"{scores[1]:.{decimals}f}",
        change=_signed(scores[1] - scores[0], decimals),
    )


def _no_times(points: Sequence[PointResult]) -> str:
    if times_count(points):
        return ""
    return say(
        " Of the training times nothing is said, since some of them are not to be trusted.",
        "学習時間には信頼できない値が含まれるため、学習時間については述べない。",
    )


def _digits(pairs: Sequence[tuple[list[PointResult], list[PointResult]]]) -> int:
    """Return how many digits a ratio of times has: two where a time was measured once."""
    return 2 if min(len(entry.times_s) for pair in pairs for end in pair for entry in end) == 1 else 3


def _named(model: str, families: Sequence[Family], axis: Axis, where: str) -> str:
    """Say how far values that have no order lie apart; which is ahead only where their repeats bear it out."""
    points = [entry for family in families for entry in family.points]
    decimals = accuracy_decimals(points)
    return say(
        "With {model}{where}, over the {count} values of the {name}, {time}the test accuracy lies between {low} % and "
        "{high} %.{ranks}{untrusted}",
        "{where}{model} では、{name}の {count} 通りの値に対して、{time}"
        "テスト精度は {low} % から {high} % であった。{ranks}{untrusted}",
        model=model,
        where=where,
        count=len(axis.values),
        name=axis_name(axis),
        time=say(
            "the training time lies between {low_s} s and {high_s} s and ",
            "学習時間は {low_s} s から {high_s} s、",
            low_s=significant(min(entry.train_s for entry in points)),
            high_s=significant(max(entry.train_s for entry in points)),
        )
        if times_count(points)
        else "",
        low=f"{100 * min(entry.test_accuracy for entry in points):.{decimals}f}",
        high=f"{100 * max(entry.test_accuracy for entry in points):.{decimals}f}",
        ranks=_ranks(points),
        untrusted=_no_times(points),
    )


def _ranks(points: Sequence[PointResult]) -> str:
    if min(len(entry.times_s) for entry in points) < 2:
        return say(
            " Each was trained once, so they are not ranked.",
            "各設定の学習は 1 回であるため、順位はつけない。",
        )
    decimals, found = accuracy_decimals(points), ""
    if times_count(points):
        by_time = sorted(points, key=lambda entry: entry.train_s)
        found += _verdict(
            points,
            say("training time", "学習時間"),
            say("less than", "より短い"),
            (by_time[0], f"{significant(by_time[0].train_s)} s", [math.log(s) for s in by_time[0].times_s if s]),
            (by_time[-1], f"{significant(by_time[-1].train_s)} s", [math.log(s) for s in by_time[-1].times_s if s]),
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
    test = welch_test(one[2], other[2])
    pairs = math.comb(len(points), 2)
    p = None if test.p is None else min(1.0, test.p * pairs)
    first, second = (
        say("{name} ({value})", "{name}（{value}）", name=point_name(entry), value=value)
        for entry, value, _ in (one, other)
    )
    if p is None:
        return say(
            " In {what}, {first} and {second} lie farthest apart; no t-test applies to them.",
            "{what}が最も離れている {first}と {second}には、t 検定を適用できない。",
            what=what,
            first=first,
            second=second,
        )
    low, high = sorted(test.n)
    tested = say(
        "Welch's t-test, two-sided{corrected}, n = {n}, {p}",
        "ウェルチの t 検定、両側{corrected}、n = {n}、{p}",
        corrected=say(", Bonferroni-corrected for {pairs} pairs", "、{pairs} 組についてボンフェローニ補正", pairs=pairs)
        if pairs > 1
        else "",
        n=low if low == high else f"{test.n[0]}, {test.n[1]}",
        p="p < 0.001" if p < 0.001 else f"p = {p:.2g}",
    )
    if p < SIGNIFICANCE:
        return say(
            " The {what} of {first} is {how} that of {second}; they lie farthest apart ({tested}).",
            "{what}が最も離れている 2 つの設定では、{first}が {second}{how}（{tested}）。",
            what=what,
            first=first,
            second=second,
            how=how,
            tested=tested,
        )
    if low == 2:
        return say(
            " In {what}, {first} and {second} lie farthest apart; whether they differ cannot be "
            "decided with n = 2 ({tested}).",
            "{what}が最も離れているのは {first}と {second}であるが、"
            "n = 2 では差があるかどうかを判断できない（{tested}）。",
            what=what,
            first=first,
            second=second,
            tested=tested,
        )
    return say(
        " In {what}, even {first} and {second}, the two farthest apart, cannot be told from the noise ({tested}).",
        "{what}については、最も離れた {first}と {second}の間にも有意差は認められない（{tested}）。",
        what=what,
        first=first,
        second=second,
        tested=tested,
    )


def front_sentence(result: SweepResult, figure: str | None = None) -> str:
    """Return how many points no other beats, of which models.

    Args:
        result: With at least one point.
        figure: File name, without an ending, of the figure that is cited; None: none is.
    """
    front = pareto_front(result.points)
    counts = [(model, sum(entry.model == model for entry in front)) for model in result.models]
    each = [say("{model} {count}", "{model} {count} 通り", model=model, count=count) for model, count in counts]
    if len(counts) == 1:  # the model's name says nothing more
        each = (
            [point_name(entry) for entry in front] if len(front) <= min(_MOST_ON_FRONT, len(result.points) - 1) else []
        )
    return say(
        "The Pareto front{where} holds {on_front} of {points} points{each}: no other point is {better} by "
        "validation.{but}",
        "{where}{points} 通りの設定のうち {on_front} 通り{each}は、{better}設定がほかになく、パレート最適である。{but}",
        where=say(" in {figure}", "{figure} に示す ", figure=cite(figure)) if figure else "",
        points=len(result.points),
        on_front=len(front),
        each=say(" ({each})", "（{each}）", each=listed(each, en=", ")) if each else "",
        better=say(
            "smaller, faster and more accurate", "パラメータ数がより少なく、学習時間がより短く、検証精度がより高い"
        )
        if len({entry.parameters for entry in result.points}) > 1
        else say("faster and more accurate", "学習時間がより短く、検証精度がより高い"),
        but=_front_is_uncertain(result),
    )


def _front_is_uncertain(result: SweepResult) -> str:
    """Say what the front rests on where its times are single ones, or not to be trusted."""
    if any(entry.disturbed for entry in result.points):
        return say(
            " Some of the times are not to be trusted; right ones may change the front.",
            "ただし、信頼できない学習時間を含むため、正しく測れば結果が変わる可能性がある。",
        )
    if min(len(entry.times_s) for entry in result.points) == 1:
        return say(
            " The times were measured once each; where two lie near each other, another measurement may change the "
            "front.",
            "ただし、学習時間は 1 回ずつの測定であり、差が小さい設定どうしでは、測り直すと結果が変わる可能性がある。",
        )
    return ""


def _smallest_times(result: SweepResult, within: float) -> list[str]:
    """Name the training times of the smallest models that hold the accuracy, where there are two or more kinds."""
    found = [entry for entry in smallest_within(result.points, within).values() if entry]
    if len(found) < 2 or not times_count(found) or not result.sizes_vary or len({entry.device for entry in found}) > 1:
        return []
    each = [
        say("{model} {s} s", "{model} が {s} s", model=entry.model, s=significant(entry.train_s)) for entry in found
    ]
    return [
        say(
            "The smallest models that hold the accuracy were trained in {each}.",
            "精度を保つ最小のモデルの学習時間は、{each} であった。",
            each=listed(each, en=", "),
        )
    ]


def _signed(points: float, decimals: int) -> str:
    return f"{points:+.{decimals}f}".replace("-", "\N{MINUS SIGN}")


def _least(axis: Axis) -> str:
    """Return the smallest value; no layer at all as 0."""
    low = axis.values[0]
    if low != [] or axis.counts_layers:
        return axis_texts(axis)[0]
    return say("0 ({absent})", "0（{absent}）", absent=named_value(axis.key, low))


def _with_unit(axis: Axis) -> str:
    """Return the largest value with its unit, where the axis's name does not say it."""
    high = axis_texts(axis)[-1]
    if axis.unit is None or axis.counts_layers or unit(axis.unit) in axis_name(axis):
        return high
    return f"{high} {unit(axis.unit)}"
