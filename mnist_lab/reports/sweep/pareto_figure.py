"""The graph of a sweep's Pareto front: validation accuracy over size and over training time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.figure import Figure

from mnist_lab.language import say
from mnist_lab.reports.log_axis import label_logarithmic
from mnist_lab.reports.style import WIDTH_INCH, GroupStyle, say_where_axis_begins, styles_of
from mnist_lab.reports.sweep.accuracy_held import needed_percent
from mnist_lab.reports.sweep.figure_legend import legend_columns, legend_entries
from mnist_lab.reports.sweep.mark_labels import Mark, name_marks
from mnist_lab.reports.sweep.marks import mark_around, mark_off_scale
from mnist_lab.reports.sweep.remarks import learned
from mnist_lab.reports.words import word
from mnist_lab.sweeps.result import PointResult, SweepResult, pareto_front, smallest_within
from mnist_lab.sweeps.setting_words import value_name

_MOST_LABELS, _MOST_OF_HALF_THE_WIDTH = 10, 6  # that a logarithmic axis has room for
_MOST_NAMED_MARKS = 12


def draw_pareto(result: SweepResult, within: float) -> Figure:
    """Draw validation accuracy over size and over time; where sizes do not vary, over time alone.

    Points that no other beats in all three have a black edge; the steps show the best accuracy up to a size or time.
    Where there are few points, and room for it, each mark has its values beside it.
    Where sizes vary, a line shows the accuracy that holds, and a ring the smallest models that do.

    Args:
        result: Of the sweep.
        within: Percentage points of validation accuracy that the smallest model may stay behind the best.
    """
    costs = (
        [(_size, word("parameters_log"), say("Accuracy by size", "パラメータ数と精度"))] if result.sizes_vary else []
    )
    costs.append((_time_s, word("train_s_log"), say("Accuracy by training time", "学習時間と精度")))
    figure = Figure(figsize=(WIDTH_INCH, 4.2), layout="constrained")
    panels = figure.subplots(1, len(costs), sharey=True, squeeze=False)[0]
    front, on_scale = pareto_front(result.points), learned(result).points
    smallest = [entry for entry in smallest_within(result.points, within).values() if entry]
    for panel, (cost, label, title) in zip(panels, costs, strict=True):
        for model, style in _model_styles(result.models).items():
            own = [entry for entry in result.points if entry.model == model]
            best = [entry for entry in front if entry.model == model]
            for entries, look in ((own, {"alpha": 0.35, "label": model}), (best, {"edgecolors": "black"})):
                kept = [entry for entry in entries if entry in on_scale]
                x, y = [cost(entry) for entry in kept], [100 * entry.val_accuracy for entry in kept]
                panel.scatter(x, y, color=style.colour, marker=style.marker, **look)
            lost = [entry for entry in own if entry not in on_scale]
            mark_off_scale(panel, [(cost(entry), 100 * entry.val_accuracy) for entry in lost], style)
            line = _best_so_far([entry for entry in own if entry in on_scale], cost)
            if len(line) > 1:
                panel.plot(*zip(*line, strict=True), color=style.colour, linewidth=1, drawstyle="steps-post")
        at = {entry.point.key: (cost(entry), 100 * entry.val_accuracy) for entry in result.points}
        if cost is _time_s:
            mark_around(panel, at, [entry for entry in result.points if entry.disturbed], "s", word("disturbed"))
        if result.sizes_vary:
            panel.axhline(needed_percent(result.points, within), color="black", linewidth=0.8, linestyle=":")
            mark_around(panel, at, smallest, "o", _smallest_label())
        panel.set(title=title, xlabel=label, xscale="log")
        label_logarithmic(panel.xaxis, _MOST_OF_HALF_THE_WIDTH if len(costs) > 1 else _MOST_LABELS)
    panels[0].set_ylabel(word("val_accuracy"))
    say_where_axis_begins(panels[0])
    front_label = say("on the Pareto front", "パレート最適な設定")
    panels[0].scatter([], [], color="white", edgecolors="black", label=front_label)
    handles, labels = legend_entries(result.models, *panels)
    figure.legend(handles, labels, loc="outside lower center", ncols=legend_columns(labels), fontsize="small")
    if len(on_scale) <= _MOST_NAMED_MARKS:
        for panel, (cost, _, _) in zip(panels, costs, strict=True):
            marks = [Mark(cost(entry), 100 * entry.val_accuracy, _short(entry)) for entry in on_scale]
            name_marks(figure, panel, marks)
    return figure


def _short(entry: PointResult) -> str:
    """Return a point's values alone: ``GELU``, ``16-16/64``."""
    return "/".join(map(value_name, entry.point.values.values()))


def has_steps(result: SweepResult) -> bool:
    """Return whether the Pareto figure has a line of steps: of one point alone there is none."""
    on_scale = learned(result).points
    own = [[entry for entry in on_scale if entry.model == model] for model in result.models]
    costs = (_size, _time_s) if result.sizes_vary else (_time_s,)
    return any(len(_best_so_far(entries, cost)) > 1 for entries in own for cost in costs)


def _smallest_label() -> str:
    """Return what stands in the legend for the smallest models that hold the accuracy."""
    return say("smallest that holds the accuracy", "精度を保つ最小のモデル")


def _size(entry: PointResult) -> float:
    return entry.parameters


def _time_s(entry: PointResult) -> float:
    return entry.train_s


def _best_so_far(entries: Sequence[PointResult], costs: Callable[[PointResult], float]) -> list[tuple[float, float]]:
    """Return cost and accuracy in per cent of each point that is better than all cheaper ones.

    A time that is not to be trusted says nothing of what is cheaper.
    """
    line: list[tuple[float, float]] = []
    counted = [entry for entry in entries if costs is not _time_s or not entry.disturbed]
    for entry in sorted(counted, key=lambda entry: (costs(entry), -entry.val_accuracy)):
        if not line or 100 * entry.val_accuracy > line[-1][1]:
            line.append((costs(entry), 100 * entry.val_accuracy))
    return line


def _model_styles(models: Sequence[str]) -> dict[str, GroupStyle]:
    """Return each model's colour and marker; FC and CNN have the same in every report."""
    return dict(zip(models, styles_of(models), strict=True))
