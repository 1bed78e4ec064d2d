"""What a sweep has found, in sentences: the smallest model, or the best where sizes are equal, and others near it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mnist_lab.language import listed, paragraph, say
from mnist_lab.reports.setting_names import point_label, point_name, point_names
from mnist_lab.reports.sweep.first_times import (
    as_first_measured,
    at_first,
    change_by_measuring_again,
    in_brackets,
)
from mnist_lab.reports.sweep.tested import accuracies, logarithms, tested
from mnist_lab.runs.spread import counts_text, significant
from mnist_lab.sweeps.result import (
    PointResult,
    SweepResult,
    best_of,
    margin_points,
    one_sample_points,
    smallest_within,
)
from mnist_lab.sweeps.shown_digits import accuracy_decimals

_MOST_NAMED = 4
_ALIKE = 1.25
"""Times of single measurements that differ by less are not told apart, where nothing was measured again."""
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
    best, decimals = best_of(result.points), accuracy_decimals(result.points)
    parts = [
        say(
            "The smallest model within {margin} of the best validation accuracy ({best} %) is {name}: "
            "{parameters:,} parameters{time}, validation accuracy {val} % (test accuracy {test} %)",
            "検証精度の最高値（{best} %）との差が{margin}以内で最も小さいモデルは {name} であり、"
            "パラメータ数は {parameters:,}{time}、検証精度は {val} %（テスト精度は {test} %）である",
            margin=margin_text(result.points, within),
            best=_percent(best.val_accuracy, decimals),
            name=point_label(first),
            parameters=first.parameters,
            time="" if first.disturbed else _its_time(first),
            val=_percent(first.val_accuracy, decimals),
            test=_percent(first.test_accuracy, decimals),
        )
    ]
    if first.model == best.model and first is not best:
        parts.append(
            say(
                "against the most accurate by validation, {name}, it has {ratios}",
                "検証精度が最高の {name} と比べ、{ratios}である",
                name=point_label(best),
                ratios=ratios_of(first, best, result.points),
            )
        )
    for other, entry in rest:
        parts.append(
            _none_near(result, other, first) if entry is None else _smallest_other(result, other, entry, first)
        )
    return say("; ", "。").join(parts) + say(".", "。") + _leads_on_test(result.points)


def _its_time(entry: PointResult) -> str:
    return say(", training time {s} s", "、学習時間は {s} s", s=significant(entry.train_s))


def ratios_of(entry: PointResult, other: PointResult, points: Sequence[PointResult]) -> str:
    """Return how an entry's size, its accuracy, and where both times can be compared its time are beside another's.

    Args:
        entry: One point.
        other: Another.
        points: All of the sweep.
    """
    times, sizes = _times_ratio(entry, other), _sizes_ratio(entry.parameters, other.parameters)
    accuracy = _accuracy_difference(entry, other, accuracy_decimals(points))
    if times is None:
        return sizes + accuracy
    before = _before(entry, other)
    if alike := _alike(entry, other, points):
        return (
            sizes
            + say(
                " and about the same training time ({alike}{before})",
                "、学習時間は同程度（{alike}{before}）",
                alike=alike,
                before=before and say("; {before}", "、{before}", before=before),
            )
            + accuracy
        )
    noise = _noise(logarithms, entry, other)
    return (
        sizes
        + say(
            " and {times} the training time{before}",
            "、学習時間は {times}{before}",
            times=_times(times),
            before=in_brackets(say("; ", "、").join(text for text in (before, noise) if text)),
        )
        + accuracy
    )


def _accuracy_difference(entry: PointResult, other: PointResult, decimals: int) -> str:
    """Return the difference in test accuracy, and whether it can be told from the noise."""
    points = f"{100 * (entry.test_accuracy - other.test_accuracy):+.{decimals}f}".replace("-", "\N{MINUS SIGN}")
    return say(
        ", its test accuracy differs by {points} percentage points{noise}",
        "、テスト精度の差は {points} ポイント{noise}",
        points=points,
        noise=in_brackets(_noise(accuracies, entry, other)),
    )


def _noise(values: Callable[[Sequence[PointResult]], list[float]], entry: PointResult, other: PointResult) -> str:
    """Say whether two points that were repeated can be told apart by some values; empty where no test applies."""
    test = tested(values([entry]), values([other]), 1)
    if test is None:
        return ""
    if test.is_larger_than_noise:
        return say("larger than the noise, {test}", "有意、{test}", test=test.text)
    return say("not to be told from the noise, {test}", "有意差は認められない、{test}", test=test.text)


def _times(ratio: str) -> str:
    return say("{ratio} times", "{ratio} 倍", ratio=ratio)


def _before(entry: PointResult, other: PointResult) -> str:
    """Say how the two times compared before one of them was measured again; empty where both or none were."""
    now, before = _times_ratio(entry, other), _times_ratio(*as_first_measured([entry, other]))
    return at_first(_times(now or "–"), _times(before or "–"), [[entry, other]])


def _times_ratio(entry: PointResult, other: PointResult) -> str | None:
    """Return how many times as long the first was trained as the other; None where that cannot be compared."""
    if entry.disturbed or other.disturbed or entry.device != other.device or not other.train_s:
        return None
    return significant(entry.train_s / other.train_s, 2)


def _alike(entry: PointResult, other: PointResult, points: Sequence[PointResult]) -> str:
    """Say why two times that can be compared are not told apart; empty where they are, or both were repeated."""
    if min(len(entry.times_s), len(other.times_s)) > 1 or not entry.train_s:
        return ""
    again = change_by_measuring_again(points)
    variation = _ALIKE if again is None else again
    if _factor(entry.train_s, other.train_s) > variation:
        return ""
    if again is not None:
        return say(
            "within the {factor} times that measuring again has changed a time",
            "測り直した設定に見られた {factor} 倍の変動の範囲内",
            factor=significant(variation),
        )
    return say(
        "within the {factor} times that single measurements do not tell apart",
        "1 回ずつの測定では区別できない {factor} 倍の範囲内",
        factor=significant(variation),
    )


def _factor(one: float, other: float) -> float:
    return max(one, other) / min(one, other)


def _sizes_ratio(one: int, other: int) -> str:
    """Say how many times one number of parameters is the other: below a half in per cent."""
    if one and 2 * one < other:
        percent = significant(100 * one / other, 2)
        return say("{percent} % of the parameters", "パラメータ数はその {percent} %", percent=percent)
    ratio = significant(one / other, 2) if other else "–"
    return say("{ratio} times the parameters", "パラメータ数は {ratio} 倍", ratio=ratio)


def _percent(share: float, decimals: int) -> str:
    return f"{100 * share:.{decimals}f}"


def _leads_on_test(points: Sequence[PointResult]) -> str:
    """Say which point leads in test accuracy, where it is not the one that leads in validation accuracy."""
    best, leader = best_of(points), max(points, key=lambda entry: entry.test_accuracy)
    decimals = accuracy_decimals(points)
    if _percent(leader.test_accuracy, decimals) == _percent(best.test_accuracy, decimals):
        return ""
    return say(
        " In test accuracy, by which nothing was chosen, {leader} leads with {high} %, before {best} with {low} %.",
        "なお、テスト精度（選択には用いていない）が最も高いのは {leader}（{high} %）であり、"
        "検証精度が最も高い {best}（{low} %）ではない。",
        leader=point_label(leader),
        high=_percent(leader.test_accuracy, decimals),
        best=point_label(best),
        low=_percent(best.test_accuracy, decimals),
    )


def how_often_trained(result: SweepResult) -> list[str]:
    """Return how often each point was trained; of a smallest chosen by one training each, that others may differ."""
    counts = [len(entry.runs) for entry in result.points]
    if max(counts) > 1:
        return [
            say(
                "Each point was trained n = {n} times: times are medians, accuracies means.",
                "各設定の学習は n = {n} 回であり、時間は中央値、精度は平均である。",
                n=counts_text(counts),
            )
        ]
    if not result.sizes_vary:
        return [say("Each point was trained once (n = 1).", "各設定の学習は 1 回（n = 1）である。")]
    return [
        say(
            "Each point was trained once (n = 1); where another lies near it, repeats may choose that one.",
            "各設定の学習は 1 回（n = 1）であり、差が小さい設定どうしでは、学習を繰り返すと選ばれる設定が変わる"
            "可能性がある。",
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
    of_models = [result.of_model(model) for model in result.models]
    return paragraph([first, *(_best_of_model(points, within) for points in of_models)])


def near_the_best(points: Sequence[PointResult], within: float) -> tuple[list[PointResult], list[PointResult]]:
    """Return the most accurate of a model's points, of which there may be several alike, and the others near them.

    Args:
        points: Of one model, at least one.
        within: Percentage points of validation accuracy that others may stay behind the best.
    """
    best = best_of(points)
    needed = best.val_accuracy - margin_points(points, within) / 100 - _ROUNDING
    tied = [entry for entry in points if entry.val_accuracy >= best.val_accuracy - _ROUNDING]
    return tied, [entry for entry in points if entry not in tied and entry.val_accuracy >= needed]


def _best_of_model(points: Sequence[PointResult], within: float) -> str:
    best, (tied, near) = best_of(points), near_the_best(points, within)
    decimals = accuracy_decimals(points)
    names = named_in_short([*tied, *near], len(tied))
    sentence = say(
        "Of {model}, {name} has the highest validation accuracy ({val} %; test accuracy {test} %{time}); {others}.",
        "{model} では {name} の設定の検証精度が最も高く（{val} %、テスト精度 {test} %{time}）、{others}。",
        model=best.model,
        val=_percent(best.val_accuracy, decimals),
        name=listed(names[: len(tied)]),
        test=_span([entry.test_accuracy for entry in tied], decimals),
        time="" if len(tied) > 1 or best.disturbed else _time_beside(best),
        others=_others_near(names[len(tied) :], margin_text(points, within)),
    )
    return sentence if len(tied) > 1 else sentence + _leads_on_test(points)


def _time_beside(entry: PointResult) -> str:
    return say(", training time {s} s", "、学習時間 {s} s", s=significant(entry.train_s))


def named_in_short(entries: Sequence[PointResult], always: int = 0) -> list[str]:
    """Return the points' values, of many the first ones and how many more there are.

    Args:
        entries: The points.
        always: So many of the first are named however many there are.
    """
    shown = point_names(entries[: always + _MOST_NAMED]) if entries else []
    if (more := len(entries) - len(shown)) > 0:
        shown.append(say("{more} more", "ほか {more} 通り", more=more))
    return shown


def _span(accuracies: Sequence[float], decimals: int) -> str:
    """Return accuracies in per cent: the lowest and the highest where they differ."""
    low, high = (_percent(pick(accuracies), decimals) for pick in (min, max))
    return low if low == high else say("{low} to {high}", "{low} % から {high}", low=low, high=high)


def _others_near(shown: Sequence[str], margin: str) -> str:
    if not shown:
        return say("no other comes within {margin} of it", "これとの差が{margin}以内の設定はほかにない", margin=margin)
    if len(shown) == 1:
        return say(
            "{near} lies within {margin} of it and is not ranked",
            "{near} との差は{margin}以内であるため、順位はつけない",
            margin=margin,
            near=shown[0],
        )
    return say(
        "{near} lie within {margin} of it and are not ranked",
        "{near} との差は{margin}以内であるため、順位はつけない",
        margin=margin,
        near=listed(shown),
    )


def margin_text(points: Sequence[PointResult], within: float) -> str:
    """Write the margin; where one validation sample is worth more than was asked for, as that sample."""
    sample = one_sample_points(points)
    if sample <= within:
        if within == 1:
            return say("1 percentage point", " 1 ポイント")
        return say("{within:g} percentage points", " {within:g} ポイント", within=within)
    return say(
        "one validation sample ({points} percentage points)",
        "検証用データ 1 サンプル分（{points} ポイント）",
        points=significant(sample, 2),
    )


def _none_near(result: SweepResult, model: str, first: PointResult) -> str:
    """Say that no point of a model comes near, and how the smallest of the other compares with its best."""
    best = best_of(result.of_model(model))
    return say(
        "no {model} comes that near; against the most accurate {model} ({name}: validation accuracy {accuracy} %, "
        "{parameters:,} parameters{time}), the smallest model has {ratios}",
        "{model} にこの範囲に入る設定はなく、{model} で検証精度が最高の設定（{name}、検証精度 {accuracy} %、"
        "パラメータ数 {parameters:,}{time}）と比べ、最小のモデルの{ratios}である",
        model=model,
        name=point_name(best),
        accuracy=_percent(best.val_accuracy, accuracy_decimals(result.points)),
        parameters=best.parameters,
        time="" if best.disturbed else _time_beside(best),
        ratios=ratios_of(first, best, result.points),
    )


def _smallest_other(result: SweepResult, model: str, entry: PointResult, first: PointResult) -> str:
    times, decimals = _times_ratio(entry, first), accuracy_decimals(result.points)
    if times is not None:
        before = _before(entry, first)
        before = before and say("; {before}", "、{before}", before=before)
        times = say(" ({ratio} times as long{before})", "（{ratio} 倍{before}）", ratio=times, before=before)
        if alike := _alike(entry, first, result.points):
            times = say(" (about the same: {alike}{before})", "（同程度：{alike}{before}）", alike=alike, before=before)
    return say(
        "the smallest {model} is {name}: {parameters:,} parameters ({ratio} times as many){time}, validation accuracy "
        "{val} % (test accuracy {test} %)",
        "{model} で最も小さいものは {name} であり、パラメータ数は {parameters:,}（{ratio} 倍）{time}、"
        "検証精度は {val} %（テスト精度は {test} %）である",
        model=model,
        name=point_name(entry),
        parameters=entry.parameters,
        ratio=significant(entry.parameters / first.parameters, 2) if first.parameters else "–",
        time="" if times is None else _its_time(entry) + times,
        val=_percent(entry.val_accuracy, decimals),
        test=_percent(entry.test_accuracy, decimals),
    )
