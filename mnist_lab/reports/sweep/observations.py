"""What a sweep's figures bear out, and no more: how time and accuracy change with each parameter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from mnist_lab.language import listed, say
from mnist_lab.reports.sweep.sweep_figures import axis_label, varied_keys
from mnist_lab.reports.words import unit
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.axis import Axis, axis_of
from mnist_lab.sweeps.points import short_key
from mnist_lab.sweeps.result import PointResult, SweepResult, pareto_front, smallest_within


def observations(result: SweepResult, within: float) -> list[str]:
    """Return one sentence for each model and parameter, one on the front, one on the smallest models' times.

    Where several parameters were varied, medians are taken over the others, as the graphs show them.

    Args:
        result: With at least one point.
        within: Percentage points of validation accuracy that the smallest model may stay behind the best.
    """
    found: list[str] = []
    for key in varied_keys(result):
        for model in result.models:
            own = [entry for entry in result.points if entry.model == model and key in entry.point.values]
            axis = axis_of(key, [entry.point.values[key] for entry in own]) if own else None
            if axis is None or len(axis.values) < 2:
                continue
            describe = _ordered if axis.positions is not None else _named
            found.append(describe(model, own, axis))
    found.append(_front(result))
    return found + _smallest_times(result, within)


def _ordered(model: str, own: Sequence[PointResult], axis: Axis) -> str:
    """Compare the smallest value with the largest."""
    low, high = axis.values[0], axis.values[-1]
    times = [_middle(own, axis, value, _time_s) for value in (low, high)]
    scores = [_middle(own, axis, value, _percent) for value in (low, high)]
    return say(
        "{model}: from {name} {low} {to_high}, the training time goes from {low_s} s to {high_s} s ({ratio} times) and "
        "the test accuracy from {low_percent:.1f} % to {high_percent:.1f} % ({change} points){how}.",
        "{model}では、{name} を {low} から {to_high}すると、学習時間は {low_s} s から {high_s} s（{ratio} 倍）、"
        "テスト精度は {low_percent:.1f} % から {high_percent:.1f} %（{change} ポイント）になった{how}。",
        model=model,
        name=axis_label(axis) if axis.counts_layers else short_key(axis.key),
        low=axis.texts[0],
        to_high=_to_high(axis),
        low_s=significant(times[0]),
        high_s=significant(times[1]),
        ratio=significant(times[1] / times[0]) if times[0] else "–",
        low_percent=scores[0],
        high_percent=scores[1],
        change=f"{scores[1] - scores[0]:+.1f}".replace("-", "\N{MINUS SIGN}"),
        how=_medians(own),
    )


def _to_high(axis: Axis) -> str:
    if axis.unit is None or axis.counts_layers:
        return say("to {high}", "{high} に", high=axis.texts[-1])
    return say("to {high} {unit}", "{high} {unit}に", high=axis.texts[-1], unit=unit(axis.unit))


def _named(model: str, own: Sequence[PointResult], axis: Axis) -> str:
    """Name the fastest, the slowest, the most and the least accurate of values that have no order."""
    times = {text: _middle(own, axis, value, _time_s) for text, value in zip(axis.texts, axis.values, strict=True)}
    scores = {text: _middle(own, axis, value, _percent) for text, value in zip(axis.texts, axis.values, strict=True)}
    fast, slow = (
        say("{value} ({s} s)", "{value}（{s} s）", value=value, s=significant(times[value]))
        for value in (min(times, key=_of(times)), max(times, key=_of(times)))
    )
    good, bad = (
        say("{value} ({p:.1f} %)", "{value}（{p:.1f} %）", value=value, p=scores[value])
        for value in (max(scores, key=_of(scores)), min(scores, key=_of(scores)))
    )
    return say(
        "{model}: of the {count} values of {name}, {fast} trains fastest and {slow} slowest; {good} is the most "
        "accurate on the test set, {bad} the least{how}.",
        "{model}では、{name} の {count} 通りの値のうち、学習が最も速いのは {fast}、最も遅いのは {slow}、"
        "テスト精度が最も高いのは {good}、最も低いのは {bad}であった{how}。",
        model=model,
        count=len(times),
        name=short_key(axis.key),
        fast=fast,
        slow=slow,
        good=good,
        bad=bad,
        how=_medians(own),
    )


def _medians(own: Sequence[PointResult]) -> str:
    """Say that the figures are medians, where more than one setting was varied."""
    if len(varied_keys(SweepResult(tuple(own)))) == 1:
        return ""
    return say(" (medians over the other settings)", "（ほかの設定項目についての中央値）")


def _front(result: SweepResult) -> str:
    front = pareto_front(result.points)
    counts = [(model, sum(entry.model == model for entry in front)) for model in result.models]
    each = [say("{model} {count}", "{model}は {count} 点", model=model, count=count) for model, count in counts]
    return say(
        "Of {points} points {on_front} lie on the Pareto front ({each}): no other point is smaller, faster and more "
        "accurate by validation.",
        "{points} 点のうち {on_front} 点がパレート最適であり、"
        "大きさ、時間、検証精度のすべてで上回る点がない（{each}）。",
        points=len(result.points),
        on_front=len(front),
        each=listed(each, en=", "),
    )


def _smallest_times(result: SweepResult, within: float) -> list[str]:
    """Compare the training times of the smallest models that hold the accuracy, where there are two or more kinds."""
    found = [entry for entry in smallest_within(result.points, within).values() if entry]
    if len(found) < 2 or len({entry.device for entry in found}) > 1:
        return []
    fast, *slower = sorted(found, key=lambda entry: entry.train_s)
    ratios = [
        say(
            "{ratio} times as fast as {model}",
            "{model}の {ratio} 倍",
            ratio=significant(entry.train_s / fast.train_s),
            model=entry.model,
        )
        for entry in slower
    ]
    each = [
        say("{model} {s} s", "{model}は {s} s", model=entry.model, s=significant(entry.train_s))
        for entry in (fast, *slower)
    ]
    return [
        say(
            "Of the smallest models that hold the accuracy, {model} trains {ratios} ({each}).",
            "精度を保つ最小のモデルどうしでは、{model}の学習が{ratios}の速さである（{each}）。",
            model=fast.model,
            ratios=say(" and ", "、").join(ratios),
            each=listed(each, en=", "),
        )
    ]


def _middle(own: Sequence[PointResult], axis: Axis, value: Any, measure: Callable[[PointResult], list[float]]) -> float:
    return median(number for entry in own if entry.point.values[axis.key] == value for number in measure(entry))


def _time_s(entry: PointResult) -> list[float]:
    return entry.times_s


def _percent(entry: PointResult) -> list[float]:
    return [100 * accuracy for accuracy in entry.test_accuracies]


def _of(values: dict[str, float]) -> Callable[[str], float]:
    return lambda text: values[text]
