"""The graph of a sweep's Pareto front: validation accuracy over size and over training time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mnist_lab.language import say
from mnist_lab.reports.figure_legend import legend_below, legend_entries
from mnist_lab.reports.log_axis import label_logarithmic
from mnist_lab.reports.style import WIDTH_INCH, say_where_axis_begins
from mnist_lab.reports.sweep.bound_text import needed_percent, reaches
from mnist_lab.reports.sweep.family_styles import model_styles
from mnist_lab.reports.sweep.first_times import DAGGER
from mnist_lab.reports.sweep.mark_labels import Mark, name_marks
from mnist_lab.reports.sweep.marks import mark_around
from mnist_lab.reports.sweep.off_scale import OffScale, draw_below, near_together
from mnist_lab.reports.sweep.pareto_titles import size_title, times_title
from mnist_lab.reports.sweep.remarks import learned
from mnist_lab.reports.sweep.sentences import margin_text
from mnist_lab.reports.words import word
from mnist_lab.sweeps.result import PointResult, SweepResult, best_of, smallest_within
from mnist_lab.sweeps.setting_words import value_name
from mnist_lab.sweeps.shown_digits import pareto_front

_MOST_TIMES, _MOST_SIZES = 10, 7
"""Labels that a logarithmic axis has room for: those of sizes are long."""
_MOST_NAMED_MARKS = 12
_LEGEND = 0.5
"""Height of a legend that the panels leave room for, in inches."""
_FAINT: Mapping[str, Any] = {"alpha": 0.35}
_ON_FRONT: Mapping[str, Any] = {"edgecolors": "black"}
_Cost = Callable[[PointResult], float]
_SMALLEST_ORDER = 4
"""Of the smallest models and their rings: no other mark covers them."""


def draw_pareto(result: SweepResult, within: float) -> Figure:
    """Draw validation accuracy over size and, below, over time; where sizes do not vary, over time alone.

    Points that no other beats in all three have a black edge; the steps show the best accuracy up to a size or time.
    Where there is room for it, marks have their values beside them: of many points those that the report speaks of.
    Where sizes vary, a line shows the accuracy that holds, and a ring the smallest models that do.

    Args:
        result: Of the sweep.
        within: Percentage points of validation accuracy that the smallest model may stay behind the best.
    """
    on_scale = points_on_axis(result)
    smallest = [entry for entry in smallest_within(result.points, within).values() if entry]
    costs = (
        [(_size, word("parameters_log"), size_title(smallest, margin_text(result.points, within)), _MOST_SIZES)]
        if result.sizes_vary
        else []
    )
    costs.append((_time_s, word("train_s_log"), times_title(result), _MOST_TIMES))
    figure = Figure(figsize=(WIDTH_INCH, 0.6 + 3.6 * len(costs)), layout="constrained")
    panels = list(figure.subplots(len(costs), 1, sharey=True, squeeze=False)[:, 0])
    for panel, (cost, label, title, most) in zip(panels, costs, strict=True):
        _points_and_steps(panel, result, on_scale, cost)
        at = {entry.point.key: (cost(entry), 100 * entry.val_accuracy) for entry in result.points}
        if cost is _time_s:
            mark_around(panel, at, [entry for entry in on_scale if entry.disturbed], "s", word("disturbed"))
            _daggers(panel, on_scale, at)
        if result.sizes_vary:
            panel.axhline(needed_percent(result.points, within), color="black", linewidth=0.8, linestyle=":")
            _draw_smallest(panel, result, smallest, at, margin_text(result.points, within))
        panel.set(title=title, xlabel=label, ylabel=word("val_accuracy"), xscale="log")
        label_logarithmic(panel.xaxis, most)
    for panel in panels:
        say_where_axis_begins(panel)
    draw_below(panels, [_off_scale(result, on_scale, cost) for cost, *_ in costs])
    front_label = say("on the Pareto front", "パレート最適な設定")
    panels[0].scatter([], [], color="white", edgecolors="black", label=front_label)
    handles, labels = legend_entries(result.models, *panels)
    legend_below(figure, handles, labels, has_room_inch=_LEGEND)
    named = _named(result, on_scale, within)
    for panel, (cost, *_) in zip(panels, costs, strict=True):
        marks = [Mark(cost(entry), 100 * entry.val_accuracy, _short(entry)) for entry in on_scale]
        name_marks(figure, panel, marks, [entry in named for entry in on_scale])
    return figure


def points_on_axis(result: SweepResult) -> list[PointResult]:
    """Return the points that learned and are not far less accurate than the others: the rest stands below the axis."""
    return near_together(learned(result).points, lambda entry: entry.val_accuracy)


def names_all(on_scale: Sequence[PointResult]) -> bool:
    """Return whether all marks of a figure may have names: of many, those alone that the report speaks of."""
    return len(on_scale) <= _MOST_NAMED_MARKS


def _named(result: SweepResult, on_scale: Sequence[PointResult], within: float) -> list[PointResult]:
    """Return the points whose marks have names: of many those that hold the accuracy, and each model's best."""
    if names_all(on_scale):
        return list(on_scale)
    needed = needed_percent(result.points, within) if result.sizes_vary else 100.0
    best = [
        best_of([entry for entry in on_scale if entry.model == model])
        for model in dict.fromkeys(entry.model for entry in on_scale)
    ]
    return [entry for entry in on_scale if reaches(entry, needed) or entry in best]


def _points_and_steps(panel: Axes, result: SweepResult, on_scale: Sequence[PointResult], cost: _Cost) -> None:
    """Draw each model's points and its steps, without those that hardly learned: they alone widen the x axis."""
    front = pareto_front(result.points)
    panel.update_datalim([(cost(entry), 0) for entry in result.points], updatey=False)
    for model, style in model_styles(result.models).items():
        own = result.of_model(model)
        best = [entry for entry in front if entry.model == model]
        panel.scatter([], [], color=style.colour, marker=style.marker, label=model)  # for the legend alone, not faint
        for entries, look in ((own, _FAINT), (best, _ON_FRONT)):
            kept = [entry for entry in entries if entry in on_scale]
            x, y = [cost(entry) for entry in kept], [100 * entry.val_accuracy for entry in kept]
            panel.scatter(x, y, color=style.colour, marker=style.marker, **look)
        line = _best_so_far([entry for entry in own if entry in on_scale], cost)
        if len(line) > 1:
            panel.plot(*zip(*line, strict=True), color=style.colour, linewidth=1, drawstyle="steps-post")


def _off_scale(result: SweepResult, on_scale: Sequence[PointResult], cost: _Cost) -> list[OffScale]:
    styles, front = model_styles(result.models), pareto_front(result.points)
    has_learned = learned(result).points
    return [
        OffScale(
            cost(entry),
            100 * entry.val_accuracy,
            styles[entry.model],
            edged=entry in front,
            squared=cost is _time_s and bool(entry.disturbed),
            learned=entry in has_learned,
        )
        for entry in result.points
        if entry not in on_scale
    ]


def _daggers(panel: Axes, on_scale: Sequence[PointResult], at: Mapping[str, tuple[float, float]]) -> None:
    """Tell times that were measured again from the others, as the tables do."""
    for entry in on_scale:
        if entry.again:
            panel.annotate(DAGGER, at[entry.point.key], xytext=(6, -9), textcoords="offset points", fontsize="small")


def _draw_smallest(
    panel: Axes,
    result: SweepResult,
    smallest: Sequence[PointResult],
    at: Mapping[str, tuple[float, float]],
    margin: str,
) -> None:
    """Draw the smallest models once more, above all other marks, and a ring around each."""
    styles, front = model_styles(result.models), pareto_front(result.points)
    for entry in smallest:
        style, look = styles[entry.model], _ON_FRONT if entry in front else _FAINT
        panel.scatter(*at[entry.point.key], color=style.colour, marker=style.marker, zorder=_SMALLEST_ORDER, **look)
    mark_around(panel, at, smallest, "o", _smallest_label(margin), order=_SMALLEST_ORDER + 1)


def _short(entry: PointResult) -> str:
    """Return a point's values alone: ``GELU``, ``16-16/64``."""
    return "/".join(map(value_name, entry.point.values.values()))


def has_steps(result: SweepResult) -> bool:
    """Return whether the Pareto figure has a line of steps: of one point alone there is none."""
    on_scale = points_on_axis(result)
    own = [[entry for entry in on_scale if entry.model == model] for model in result.models]
    costs = (_size, _time_s) if result.sizes_vary else (_time_s,)
    return any(len(_best_so_far(entries, cost)) > 1 for entries in own for cost in costs)


def _smallest_label(margin: str) -> str:
    """Return what stands in the legend for the smallest models within a margin of the highest accuracy."""
    return say("smallest within {margin} of the best", "最高値との差が{margin}以内で最小", margin=margin)


def _size(entry: PointResult) -> float:
    return entry.parameters


def _time_s(entry: PointResult) -> float:
    return entry.train_s


def _best_so_far(entries: Sequence[PointResult], costs: _Cost) -> list[tuple[float, float]]:
    """Return cost and accuracy in per cent of each point that is better than all cheaper ones.

    A time that is not to be trusted says nothing of what is cheaper.
    """
    line: list[tuple[float, float]] = []
    counted = [entry for entry in entries if costs is not _time_s or not entry.disturbed]
    for entry in sorted(counted, key=lambda entry: (costs(entry), -entry.val_accuracy)):
        if not line or 100 * entry.val_accuracy > line[-1][1]:
            line.append((costs(entry), 100 * entry.val_accuracy))
    return line
