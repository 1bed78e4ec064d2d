"""What a sweep's figures bear out, and no more: how time and accuracy change with each parameter."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Container, Sequence
from statistics import median

from mnist_lab.language import listed, say
from mnist_lab.reports.group_comparison import SIGNIFICANCE, welch_test
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.report_folder import as_file_name
from mnist_lab.reports.setting_names import axis_name, axis_texts, point_name
from mnist_lab.reports.sweep.families import Family, families_of, varied_keys
from mnist_lab.reports.sweep.remarks import learned
from mnist_lab.reports.words import unit
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.axis import Axis, axis_of
from mnist_lab.sweeps.points import short_key
from mnist_lab.sweeps.result import PointResult, SweepResult, pareto_front, smallest_within
from mnist_lab.sweeps.setting_words import named_value


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
    ends = [(_at(family, axis, low), _at(family, axis, high)) for family in families]
    pairs = [(first, last) for first, last in ends if first and last]
    if len(pairs) == 1:
        return _one_family(model, pairs[0], axis, where) + _falls(families, axis)
    if not pairs:
        return _named(model, families, axis, where)
    ratios = [_time(last) / _time(first) for first, last in pairs if _time(first)]
    points = [_percent(last) - _percent(first) for first, last in pairs]
    return say(
        "With {model}{where}, from {name} {low} to {high} and depending on the other settings, the training time "
        "becomes {least} to {most} times as long and the test accuracy changes by {down} to {up} percentage points.",
        "{where}{model} では、{name}を {low} から {high}にすると、ほかの設定に応じて、"
        "学習時間は {least} 倍から {most} 倍になり、"
        "テスト精度の変化は {down} ポイントから {up} ポイントであった。",
        model=model,
        where=where,
        name=axis_name(axis),
        low=_least(axis),
        high=_with_unit(axis),
        least=significant(min(ratios, default=1.0), _digits(pairs)),
        most=significant(max(ratios, default=1.0), _digits(pairs)),
        down=_signed(min(points)),
        up=_signed(max(points)),
    )


def _one_family(model: str, pair: tuple[list[PointResult], list[PointResult]], axis: Axis, where: str) -> str:
    times, scores = [_time(end) for end in pair], [_percent(end) for end in pair]
    return say(
        "With {model}{where}, from {name} {low} to {high}, the training time goes from {low_s} s to {high_s} s "
        "({ratio} times) and the test accuracy from {low_percent:.1f} % to {high_percent:.1f} % ({change} percentage "
        "points).",
        "{where}{model} では、{name}を {low} から {high}にすると、学習時間は {low_s} s から {high_s} s（{ratio} 倍）、"
        "テスト精度は {low_percent:.1f} % から {high_percent:.1f} %（{change} ポイント）になった。",
        model=model,
        where=where,
        name=axis_name(axis),
        low=_least(axis),
        high=_with_unit(axis),
        low_s=significant(times[0]),
        high_s=significant(times[1]),
        ratio=significant(times[1] / times[0], _digits([pair])) if times[0] else "–",
        low_percent=scores[0],
        high_percent=scores[1],
        change=_signed(scores[1] - scores[0]),
    )


def _digits(pairs: Sequence[tuple[list[PointResult], list[PointResult]]]) -> int:
    """Return how many digits a ratio of times has: two where a time was measured once."""
    return 2 if min(len(entry.times_s) for pair in pairs for end in pair for entry in end) == 1 else 3


def _falls(families: Sequence[Family], axis: Axis) -> str:
    """Say where the time falls from one value to the next, though it rises from end to end, or the reverse."""
    (family,) = families
    middles = [
        (text, own)
        for text, value in zip(axis_texts(axis), axis.values, strict=True)
        if (own := _at(family, axis, value))
    ]
    rises = _time(middles[-1][1]) >= _time(middles[0][1])
    against = [
        say(
            "{a} to {b} ({a_s} s, {b_s} s)",
            "{a} から {b}（{a_s} s、{b_s} s）",
            a=a,
            b=b,
            a_s=significant(_time(one)),
            b_s=significant(_time(two)),
        )
        for (a, one), (b, two) in itertools.pairwise(middles)
        if (_time(two) < _time(one)) == rises and significant(_time(two)) != significant(_time(one))
    ]
    if not against:
        return ""
    once = min(len(entry.times_s) for entry in family.points) == 1
    return say(
        " It does not change in one direction throughout: it goes the other way from {steps}{once}.",
        "ただし、一方向の変化ではなく、{steps}では逆に変化した{once}。",
        steps=listed(against, en=", "),
        once=(
            say(
                "; measured once each, this cannot be told from the noise",
                "（1 回ずつの測定であり、ばらつきとは区別できない）",
            )
            if once
            else ""
        ),
    )


def _named(model: str, families: Sequence[Family], axis: Axis, where: str) -> str:
    """Say how far values that have no order lie apart; which is ahead only where their repeats bear it out."""
    points = [entry for family in families for entry in family.points]
    return say(
        "With {model}{where}, over the {count} values of {name}, the training time lies between {low_s} s and "
        "{high_s} s and the test accuracy between {low:.1f} % and {high:.1f} %.{ranks}",
        "{where}{model} では、{name}の {count} 通りの値に対して、学習時間は {low_s} s から {high_s} s、"
        "テスト精度は {low:.1f} % から {high:.1f} % であった。{ranks}",
        model=model,
        where=where,
        count=len(axis.values),
        name=axis_name(axis),
        low_s=significant(min(entry.train_s for entry in points)),
        high_s=significant(max(entry.train_s for entry in points)),
        low=100 * min(entry.test_accuracy for entry in points),
        high=100 * max(entry.test_accuracy for entry in points),
        ranks=_ranks(points),
    )


def _ranks(points: Sequence[PointResult]) -> str:
    if min(len(entry.times_s) for entry in points) < 2:
        return say(
            " Each was trained once, so they are not ranked.",
            "各設定の学習は 1 回であるため、順位はつけない。",
        )
    slow, fast = max(points, key=lambda entry: entry.train_s), min(points, key=lambda entry: entry.train_s)
    good, bad = max(points, key=lambda entry: entry.test_accuracy), min(points, key=lambda entry: entry.test_accuracy)
    time_p = _between(points, [math.log(s) for s in fast.times_s if s], [math.log(s) for s in slow.times_s if s])
    score_p = _between(points, good.test_accuracies, bad.test_accuracies)
    return _verdict(
        say("training time", "学習時間"), point_name(fast), say("less than", "より短い"), point_name(slow), time_p
    ) + _verdict(
        say("test accuracy", "テスト精度"), point_name(good), say("more than", "より高い"), point_name(bad), score_p
    )


def _between(points: Sequence[PointResult], one: Sequence[float], other: Sequence[float]) -> float | None:
    """Return p of the two that lie farthest apart, corrected after Bonferroni for all pairs there are."""
    p = welch_test(one, other).p
    return None if p is None else min(1.0, p * math.comb(len(points), 2))


def _verdict(what: str, first: str, how: str, second: str, p: float | None) -> str:
    if p is None or p >= SIGNIFICANCE:
        return say(
            " In {what} even the two farthest apart cannot be told from the noise.",
            "{what}については、最も離れた 2 つの設定の間にも有意差は認められない。",
            what=what,
        )
    return say(
        " The {what} of {first} is {how} that of {second} (Welch's t-test, Bonferroni-corrected, {p}).",
        "{what}は、{first} が {second} {how}（ウェルチの t 検定、ボンフェローニ補正、{p}）。",
        what=what,
        first=first,
        how=how,
        second=second,
        p="p < 0.001" if p < 0.001 else f"p = {p:.2g}",
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
    return say(
        "The Pareto front{where} holds {on_front} of {points} points ({each}): no other point is {better} by "
        "validation.{but}",
        "{where}{points} 通りの設定のうち {on_front} 通り（{each}）は、{better}設定がほかになく、"
        "パレート最適である。{but}",
        where=say(" in {figure}", "{figure} に示す ", figure=cite(figure)) if figure else "",
        points=len(result.points),
        on_front=len(front),
        each=listed(each, en=", "),
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
    if len(found) < 2 or not result.sizes_vary or len({entry.device for entry in found}) > 1:
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


def _at(family: Family, axis: Axis, value: object) -> list[PointResult]:
    return [entry for entry in family.points if entry.point.values[axis.key] == value]


def _time(entries: Sequence[PointResult]) -> float:
    return _middle(entries, lambda entry: entry.times_s)


def _percent(entries: Sequence[PointResult]) -> float:
    return 100 * _middle(entries, lambda entry: entry.test_accuracies)


def _middle(entries: Sequence[PointResult], measure: Callable[[PointResult], list[float]]) -> float:
    return median(number for entry in entries for number in measure(entry))


def _signed(points: float) -> str:
    return f"{points:+.1f}".replace("-", "\N{MINUS SIGN}")


def _least(axis: Axis) -> str:
    """Return the smallest value; no layer at all as 0."""
    low = axis.values[0]
    if low != [] or axis.counts_layers:
        return axis_texts(axis)[0]
    return say("0 ({absent})", "0（{absent}）", absent=named_value(axis.key, low))


def _with_unit(axis: Axis) -> str:
    """Return the largest value with its unit."""
    high = axis_texts(axis)[-1]
    return high if axis.unit is None or axis.counts_layers else f"{high} {unit(axis.unit)}"
