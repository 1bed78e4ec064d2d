"""What a sweep's figures bear out, and no more: how time and accuracy change with each parameter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from mnist_lab.reports.style import Language
from mnist_lab.reports.sweep.sweep_figures import axis_label, varied_keys
from mnist_lab.reports.sweep.sweep_words import words
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.axis import Axis, axis_of
from mnist_lab.sweeps.points import short_key
from mnist_lab.sweeps.result import PointResult, SweepResult, pareto_front, smallest_within


def observations(result: SweepResult, within: float, language: Language) -> list[str]:
    """Return one sentence for each model and parameter, one on the front, one on the smallest models' times.

    Where several parameters were varied, medians are taken over the others, as the graphs show them.

    Args:
        result: With at least one point.
        within: Percentage points of validation accuracy that the smallest model may stay behind the best.
        language: Of the sentences.
    """
    found: list[str] = []
    for key in varied_keys(result):
        for model in result.models:
            own = [entry for entry in result.points if entry.model == model and key in entry.point.values]
            axis = axis_of(key, [entry.point.values[key] for entry in own]) if own else None
            if axis is None or len(axis.values) < 2:
                continue
            alone = len(varied_keys(SweepResult(tuple(own)))) == 1
            describe = _ordered if axis.positions is not None else _named
            found.append(describe(model, own, axis, alone, language))
    found.append(_front(result, language))
    return found + _smallest_times(result, within, language)


def _ordered(model: str, own: Sequence[PointResult], axis: Axis, alone: bool, language: Language) -> str:
    """Compare the smallest value with the largest."""
    name, low, high = _span(axis, language)
    first, last = (
        {"time": _middle(own, axis, value, _time_s), "accuracy": _middle(own, axis, value, _percent)}
        for value in (axis.values[0], axis.values[-1])
    )
    ratio = significant(last["time"] / first["time"]) if first["time"] else "–"
    times = significant(first["time"]), significant(last["time"])
    change = f"{last['accuracy'] - first['accuracy']:+.1f}".replace("-", "\N{MINUS SIGN}")
    if language == "ja":
        how = "" if alone else "（ほかの設定項目についての中央値）"
        return (
            f"{model}では、{name} を {low} から {high}にすると、学習時間は {times[0]} s から {times[1]} s（{ratio} 倍）、テスト精度は "
            f"{first['accuracy']:.1f} % から {last['accuracy']:.1f} %（{change} ポイント）になった{how}。"
        )
    how = "" if alone else " (medians over the other settings)"
    return (
        f"{model}: from {name} {low} to {high}, the training time goes from {times[0]} s to {times[1]} s ({ratio} times) and "
        f"the test accuracy from {first['accuracy']:.1f} % to {last['accuracy']:.1f} % ({change} points){how}."
    )


def _named(model: str, own: Sequence[PointResult], axis: Axis, alone: bool, language: Language) -> str:
    """Name the fastest, the slowest, the most and the least accurate of values that have no order."""
    times = {text: _middle(own, axis, value, _time_s) for text, value in zip(axis.texts, axis.values, strict=True)}
    scores = {text: _middle(own, axis, value, _percent) for text, value in zip(axis.texts, axis.values, strict=True)}
    bracket = "{} ({})" if language == "en" else "{}（{}）"
    fast, slow = (
        bracket.format(text, f"{significant(times[text])} s")
        for text in (min(times, key=_of(times)), max(times, key=_of(times)))
    )
    good, bad = (
        bracket.format(text, f"{scores[text]:.1f} %")
        for text in (max(scores, key=_of(scores)), min(scores, key=_of(scores)))
    )
    name = short_key(axis.key)
    if language == "ja":
        how = "" if alone else "（ほかの設定項目についての中央値）"
        return (
            f"{model}では、{name} の {len(times)} 通りの値のうち、学習が最も速いのは {fast}、最も遅いのは {slow}、テスト精度が最も高いのは "
            f"{good}、最も低いのは {bad}であった{how}。"
        )
    how = "" if alone else " (medians over the other settings)"
    return (
        f"{model}: of the {len(times)} values of {name}, {fast} trains fastest and {slow} slowest; {good} is the most "
        f"accurate on the test set, {bad} the least{how}."
    )


def _span(axis: Axis, language: Language) -> tuple[str, str, str]:
    """Return a setting's name and its ends on the axis, the upper one with its unit."""
    spoken = words(language)
    if axis.counts_layers:
        return axis_label(axis, spoken), axis.texts[0], axis.texts[-1] + " " * (language == "ja")
    unit = f" {spoken.units.get(axis.unit, axis.unit)}" if axis.unit else " " * (language == "ja")
    return short_key(axis.key), axis.texts[0], axis.texts[-1] + unit


def _front(result: SweepResult, language: Language) -> str:
    front = pareto_front(result.points)
    counts = [(model, sum(entry.model == model for entry in front)) for model in result.models]
    if language == "ja":
        each = "、".join(f"{model}は {count} 点" for model, count in counts)
        return f"{len(result.points)} 点のうち {len(front)} 点がパレート最適であり、大きさ、時間、検証精度のすべてで上回る点がない（{each}）。"
    each = ", ".join(f"{model} {count}" for model, count in counts)
    return (
        f"Of {len(result.points)} points {len(front)} lie on the Pareto front ({each}): no other point is smaller, faster "
        "and more accurate by validation."
    )


def _smallest_times(result: SweepResult, within: float, language: Language) -> list[str]:
    """Compare the training times of the smallest models that hold the accuracy, where there are two or more kinds."""
    found = [entry for entry in smallest_within(result.points, within).values() if entry]
    if len(found) < 2 or len({entry.device for entry in found}) > 1:
        return []
    fast, *slower = sorted(found, key=lambda entry: entry.train_s)
    if language == "ja":
        each = "、".join(f"{entry.model}は {significant(entry.train_s)} s" for entry in (fast, *slower))
        ratios = "、".join(f"{entry.model}の {significant(entry.train_s / fast.train_s)} 倍" for entry in slower)
        return [f"精度を保つ最小のモデルどうしでは、{fast.model}の学習が{ratios}の速さである（{each}）。"]
    each = ", ".join(f"{entry.model} {significant(entry.train_s)} s" for entry in (fast, *slower))
    ratios = " and ".join(
        f"{significant(entry.train_s / fast.train_s)} times as fast as {entry.model}" for entry in slower
    )
    return [f"Of the smallest models that hold the accuracy, {fast.model} trains {ratios} ({each})."]


def _middle(own: Sequence[PointResult], axis: Axis, value: Any, measure: Callable[[PointResult], list[float]]) -> float:
    return median(number for entry in own if entry.point.values[axis.key] == value for number in measure(entry))


def _time_s(entry: PointResult) -> list[float]:
    return entry.times_s


def _percent(entry: PointResult) -> list[float]:
    return [100 * accuracy for accuracy in entry.test_accuracies]


def _of(values: dict[str, float]) -> Callable[[str], float]:
    return lambda text: values[text]
