"""The points of a sweep that no other beats, in words."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import first_of, listed, say
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.setting_names import point_label, point_name, point_names
from mnist_lab.reports.sweep.first_times import as_first_measured, of_unlike_conditions
from mnist_lab.sweeps.result import PointResult, SweepResult
from mnist_lab.sweeps.shown_digits import pareto_front

_MOST_ON_FRONT = 3
_MOST_NAMED = 8


def front_quantities(result: SweepResult) -> str:
    """Return in what no other point is as good: in size as well where any two sizes differ."""
    if len({entry.parameters for entry in result.points}) > 1:
        return say("parameters, time and validation accuracy", "パラメータ数、学習時間、検証精度")
    return say("time and validation accuracy", "学習時間、検証精度")


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
        "The Pareto front{where} holds {on_front} of {points} points{each}: no other point is at least as good in "
        "{all} and better in one of them.{named}{but}",
        "{where}{points} 通りの設定のうち {on_front} 通り{each}は、{all}のどれでも劣らず少なくとも 1 つで優れる設定が"
        "ほかになく、パレート最適である。{named}{but}",
        where=say(" in {figure}", "{figure} に示す ", figure=cite(figure)) if figure else "",
        points=len(result.points),
        on_front=len(front),
        each=say(" ({each})", "（{each}）", each=listed(each, en=", ")) if each else "",
        all=front_quantities(result),
        named="" if len(counts) == 1 and each else _which(result, front, in_report=figure is not None),
        but=_front_is_uncertain(result),
    ) + _by_first_times(result)


def _which(result: SweepResult, front: Sequence[PointResult], *, in_report: bool) -> str:
    """Name the points of the front, or where they are marked; nothing where all points are on it."""
    if len(front) == len(result.points):
        return ""
    if len(front) > _MOST_NAMED:
        return (
            say(
                " The notes in {table} mark them.",
                "これらを {table} の備考に「パレート最適」と示した。",
                table=cite("points"),
            )
            if in_report
            else ""
        )
    each = []
    for model in dict.fromkeys(entry.model for entry in front):
        names = listed(point_names([entry for entry in front if entry.model == model]))
        each.append(say("{names} of {model}", "{model} の{names}", names=names, model=model))
    shown = say("; ", "、および ").join(each)
    if len(front) == 1:
        return say(" It is {shown}.", "それは {shown} である。", shown=shown)
    return say(" They are {shown}.", "これらは、{shown} である。", shown=shown)


def _by_first_times(result: SweepResult) -> str:
    """Say which verdicts differ by the times before some were measured again; nothing where all are alike."""
    first = as_first_measured(result.points)
    if not of_unlike_conditions(result.points) or any(entry.disturbed for entry in (*result.points, *first)):
        return ""
    now, before = ([entry.point.key for entry in pareto_front(points)] for points in (result.points, first))
    more = [entry for entry in result.points if entry.point.key in before and entry.point.key not in now]
    less = [entry for entry in result.points if entry.point.key in now and entry.point.key not in before]
    if not more and not less:
        return say(
            " Some times were measured again; by those before, the front is the same.",
            "学習時間を測り直した設定について測り直す前の値を用いても、パレート最適な設定は同じである。",
        )
    changes = [
        *([say("{names} would join it", "{names} もパレート最適となる", names=_names(more))] if more else []),
        *([say("{names} would leave it", "{names} はパレート最適ではなくなる", names=_names(less))] if less else []),
    ]
    return say(
        " Some times were measured again; by those before, {changes}.",
        "学習時間を測り直した設定について測り直す前の値を用いると、{changes}。",
        changes=say("; ", "。また、").join(changes),
    )


def _names(entries: Sequence[PointResult]) -> str:
    return listed(first_of([*map(point_label, entries)], _MOST_ON_FRONT, ja="通り"), ja="と")


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
    return say(
        " It was found by the medians of the times and the means of the accuracies, with the digits that are shown; "
        "where two lie near each other, more repeats may change it.",
        "判定には、表に示した桁の学習時間の中央値と検証精度の平均を用いており、差が小さい設定どうしでは、繰り返しを増やすと結果が"
        "変わる可能性がある。",
    )
