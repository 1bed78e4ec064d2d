"""What a sweep has found, in sentences: the smallest model, or the best where sizes are equal, and others near it."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import listed, paragraph, say
from mnist_lab.reports.setting_names import point_label, point_name, point_names
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.result import (
    PointResult,
    SweepResult,
    best_of,
    margin_points,
    one_sample_points,
    smallest_within,
)

_MOST_NAMED = 4
_ROUNDING = 1e-5
"""Of accuracies from 0 to 1."""


def main_sentence(result: SweepResult, within: float) -> str:
    """Return which model is the smallest that holds the accuracy; where sizes are equal, which comes out best.

    Args:
        result: With at least one point.
        within: Percentage points of validation accuracy that a model may stay behind the best.
    """
    return _smallest(result, within) if result.sizes_vary else _best(result, within)


def _smallest(result: SweepResult, within: float) -> str:
    (_, first), *rest = smallest_within(result.points, within).items()
    assert first is not None, "the best point is within any distance of itself"
    best = best_of(result.points)
    parts = [
        say(
            "The smallest model within {margin} of the best validation accuracy ({best:.1f} %) is {name}: "
            "{parameters:,} parameters, validation accuracy {val:.1f} % (test accuracy {test:.1f} %)",
            "検証精度の最高値（{best:.1f} %）との差が{margin}以内で最も小さいモデルは {name} であり、"
            "パラメータ数は {parameters:,}、検証精度は {val:.1f} %（テスト精度は {test:.1f} %）である",
            margin=_margin(result.points, within),
            best=100 * best.val_accuracy,
            name=point_label(first),
            parameters=first.parameters,
            val=100 * first.val_accuracy,
            test=100 * first.test_accuracy,
        )
    ]
    for other, entry in rest:
        parts.append(_none_near(result, other) if entry is None else _smallest_other(other, entry, first))
    return say("; ", "。").join(parts) + say(".", "。")


def chosen_from_one_each(result: SweepResult) -> list[str]:
    """Say that the smallest was chosen by one training each, where it was: others may choose otherwise."""
    if not result.sizes_vary or max(len(entry.times_s) for entry in result.points) > 1:
        return []
    return [
        say(
            "Each point was trained once; where another lies near it, repeats may choose that one.",
            "各設定の学習は 1 回であり、差が小さい設定どうしでは、学習を繰り返すと選ばれる設定が変わる可能性がある。",
        )
    ]


def _best(result: SweepResult, within: float) -> str:
    sizes = [
        say("{model} {parameters:,}", "{model} は {parameters:,}", model=entry.model, parameters=entry.parameters)
        for entry in {entry.model: entry for entry in result.points}.values()
    ]
    first = say(
        "The number of parameters is the same at all points of a model ({sizes}).",
        "パラメータ数は、同じモデルのどの設定でも等しい（{sizes}）。",
        sizes=listed(sizes, en=", "),
    )
    of_models = [[entry for entry in result.points if entry.model == model] for model in result.models]
    return paragraph([first, *(_best_of_model(points, within) for points in of_models)])


def _best_of_model(points: Sequence[PointResult], within: float) -> str:
    best = best_of(points)
    needed = best.val_accuracy - margin_points(points, within) / 100 - _ROUNDING
    tied = [entry for entry in points if entry.val_accuracy >= best.val_accuracy - _ROUNDING]
    near = [entry for entry in points if entry not in tied and entry.val_accuracy >= needed]
    return say(
        "The highest validation accuracy of {model}, {val:.1f} %, was measured with {name} (test accuracy {test} %); "
        "{others}.",
        "{model} の検証精度の最高値 {val:.1f} % は {name} で得られた（テスト精度は {test} %）。{others}。",
        model=best.model,
        val=100 * best.val_accuracy,
        name=listed(_named(tied)),
        test=_span([entry.test_accuracy for entry in tied]),
        others=_others_near(_named(near), _margin(points, within)),
    )


def _named(entries: Sequence[PointResult]) -> list[str]:
    shown = point_names(entries[:_MOST_NAMED]) if entries else []
    if len(entries) > _MOST_NAMED:
        shown.append(say("{more} more", "ほか {more} 通り", more=len(entries) - _MOST_NAMED))
    return shown


def _span(accuracies: Sequence[float]) -> str:
    """Return accuracies in per cent: the lowest and the highest where they differ."""
    low, high = (f"{100 * pick(accuracies):.1f}" for pick in (min, max))
    return low if low == high else say("{low} to {high}", "{low} % から {high}", low=low, high=high)


def _others_near(shown: Sequence[str], margin: str) -> str:
    if not shown:
        return say(
            "no other comes within {margin} of it", "これとの差が{margin}以内の設定は、ほかにない", margin=margin
        )
    return say(
        "within {margin} of it lie {near}, which are not ranked",
        "これとの差が{margin}以内の設定は {near} であり、これらの順位はつけない",
        margin=margin,
        near=listed(shown),
    )


def _margin(points: Sequence[PointResult], within: float) -> str:
    """Write the margin; where one validation sample is worth more than was asked for, as that sample."""
    sample = one_sample_points(points)
    if sample <= within:
        return say("{within:g} percentage points", " {within:g} ポイント", within=within)
    return say(
        "one validation sample ({points} percentage points)",
        "検証用データ 1 サンプル分（{points} ポイント）",
        points=significant(sample, 2),
    )


def _none_near(result: SweepResult, model: str) -> str:
    best = best_of([entry for entry in result.points if entry.model == model])
    return say(
        "no {model} comes that near (the highest validation accuracy of {model} is {accuracy:.1f} %, with {name}: "
        "{parameters:,} parameters)",
        "{model} でこの範囲に入る設定はない（{model} の検証精度の最高値は {accuracy:.1f} %、"
        "{name}、パラメータ数 {parameters:,}）",
        model=model,
        name=point_name(best),
        accuracy=100 * best.val_accuracy,
        parameters=best.parameters,
    )


def _smallest_other(model: str, entry: PointResult, first: PointResult) -> str:
    return say(
        "the smallest {model} is {name}: {parameters:,} parameters ({ratio} times as many), validation accuracy "
        "{val:.1f} % (test accuracy {test:.1f} %)",
        "{model} で最も小さいものは {name} であり、パラメータ数は {parameters:,}（{ratio} 倍）、"
        "検証精度は {val:.1f} %（テスト精度は {test:.1f} %）である",
        model=model,
        name=point_name(entry),
        parameters=entry.parameters,
        ratio=significant(entry.parameters / first.parameters) if first.parameters else "–",
        val=100 * entry.val_accuracy,
        test=100 * entry.test_accuracy,
    )
