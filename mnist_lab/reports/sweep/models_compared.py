"""The most accurate points of a sweep's models beside each other, where sizes were not varied."""

from __future__ import annotations

from mnist_lab.language import listed, paragraph, say
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.setting_names import point_label
from mnist_lab.reports.sweep.first_times import in_brackets, of_unlike_conditions
from mnist_lab.reports.sweep.tested import Pair
from mnist_lab.reports.sweep.verdicts import differences_text
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.result import PointResult, SweepResult, best_of
from mnist_lab.sweeps.shown_digits import accuracy_decimals


def models_compared(result: SweepResult, of_accuracies: str | None = None, of_times: str | None = None) -> list[str]:
    """Return how the first model's most accurate point compares with those of the others.

    Of sweeps that varied sizes the summary compares the smallest.

    Args:
        result: Of points that learned.
        of_accuracies: File name, without an ending, of the figure of test accuracies that is cited beside the table;
            None: none is.
        of_times: The same of the figure in which all models have one axis of times.
    """
    best = best_of_models(result)
    if len(best) < 2 or result.sizes_vary:
        return []
    decimals = accuracy_decimals(result.points)
    shown = [
        *([say("{figure} (accuracies)", "{figure}（精度）", figure=cite(of_accuracies))] if of_accuracies else []),
        *([say("{figure} (times)", "{figure}（学習時間）", figure=cite(of_times))] if of_times else []),
    ]
    where = listed([cite("points"), *shown])
    found = []
    for other in best[1:]:
        times = times_compare(best[0], other)
        said = say(
            "By the validation accuracies of {table}, {one} and {two} are the most accurate of each model. Beside each "
            "other in {where}, {beside}.",
            "{table} の検証精度がモデルごとに最も高いのは {one} と {two} である。両者を {where} で比べると、{beside}。",
            table=cite("points"),
            where=where,
            one=point_label(best[0]),
            two=point_label(other),
            beside=beside(best[0], other, decimals, timed=times, behind=None),
        )
        pair: Pair = ([best[0]], [other])
        differences = differences_text([pair], times=times, of=len(best) - 1)
        found.append(said + differences + (_chosen_before() if differences and len(best) == 2 else ""))
        found[-1] += _once(best[0], other) + _not_compared(best[0], other)
    return [paragraph(found)]


def beside(one: PointResult, other: PointResult, decimals: int, *, timed: bool, behind: tuple[str, str] | None) -> str:
    """Return how many times as long the slower of two models trains, and how much more or less accurate it is.

    Args:
        one: Of one model.
        other: Of another.
        decimals: Of accuracies.
        timed: Whether their times can be compared; else the accuracy of the first is.
        behind: What stands in brackets behind the time and the accuracy; None: the two values of each.
    """
    if timed and other.train_s > one.train_s:
        one, other = other, one
    ours, theirs = (f"{100 * entry.test_accuracy:.{decimals}f}" for entry in (one, other))
    times_s = f"{significant(one.train_s)} s", f"{significant(other.train_s)} s"
    values = [
        say("{one} against {other}", "{one} と {other}", one=a, other=b)
        for a, b in (times_s, (f"{ours} %", f"{theirs} %"))
    ]
    of_time, of_accuracy = map(in_brackets, behind or values)
    how = _how_accurate(100 * (one.test_accuracy - other.test_accuracy), decimals, other.model if not timed else "")
    if not timed or not other.train_s:
        return say(
            "the test accuracy of {one} is {how}{behind}",
            "{one} のテスト精度は{how}{behind}",
            one=one.model,
            how=how,
            behind=of_accuracy,
        )
    return say(
        "{one} trains {ratio} times as long as {other}{of_time}, and its test accuracy is {how}{of_accuracy}",
        "{one} の学習時間は {other} の {ratio} 倍{of_time}であり、テスト精度は{how}{of_accuracy}",
        one=one.model,
        other=other.model,
        ratio=significant(one.train_s / other.train_s, 2),
        how=how,
        of_time=of_time,
        of_accuracy=of_accuracy,
    )


def _how_accurate(points: float, decimals: int, other: str) -> str:
    """Say how far an accuracy lies above or below another model's, which is named where it has not been before."""
    than = say(" than that of {other}", " {other} より", other=other) if other else ""
    if not round(points, decimals):
        return (
            say("the same as that of {other}", " {other} と等しい", other=other) if other else say("the same", "等しい")
        )
    return say(
        "{points} percentage points {how}{than}",
        "{than} {points} ポイント{how}",
        points=f"{abs(points):.{decimals}f}",
        how=say("higher", "高い") if points > 0 else say("lower", "低い"),
        than=than,
    )


def _chosen_before() -> str:
    """Say why the test of the two is not corrected, although they may be one of the pairs that are elsewhere."""
    return say(
        " The two were chosen beforehand, by validation accuracy alone: as a single pair, they need no correction.",
        "この 2 つの設定は、検定の前に検証精度だけによって選んだ 1 組であるため、補正していない。",
    )


def best_of_models(result: SweepResult) -> list[PointResult]:
    """Return the most accurate point of each model by validation, in the order of the sweep."""
    return [best_of(result.of_model(model)) for model in result.models]


def times_compare(one: PointResult, other: PointResult) -> bool:
    """Return whether two times can be compared: of one device, both to be trusted, both measured again or neither."""
    alike = one.device == other.device and not of_unlike_conditions([one, other])
    return alike and not one.disturbed and not other.disturbed


def _not_compared(one: PointResult, other: PointResult) -> str:
    """Say why the times are not compared where one of them alone was measured again."""
    if not of_unlike_conditions([one, other]):
        return ""
    return say(
        " The training times are not compared, since that of one alone was measured again.",
        "一方だけ時間を測り直しており、測った条件が異なるため、学習時間は比べていない。",
    )


def _once(one: PointResult, other: PointResult) -> str:
    if min(len(one.runs), len(other.runs)) > 1:
        return ""
    return say(
        " One of them was trained once, so they are not ranked.", "学習が 1 回の設定があるため、順位はつけない。"
    )
