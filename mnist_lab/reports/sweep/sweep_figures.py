"""A sweep's graphs: each parameter against time and accuracy, two parameters as a heat map, the Pareto front."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean, median
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from mnist_lab.language import say
from mnist_lab.reports.log_axis import label_logarithmic
from mnist_lab.reports.setting_names import axis_label, axis_label_on_scale, axis_name, axis_texts
from mnist_lab.reports.style import WIDTH_INCH, GroupStyle, say_where_axis_begins, styles_of
from mnist_lab.reports.sweep.accuracy_digits import accuracy_decimals
from mnist_lab.reports.sweep.accuracy_held import needed_percent
from mnist_lab.reports.sweep.families import families_of
from mnist_lab.reports.sweep.figure_titles import accuracy_title, time_title
from mnist_lab.reports.sweep.first_times import DAGGER
from mnist_lab.reports.sweep.mark_labels import Mark, name_marks
from mnist_lab.reports.sweep.remarks import learned
from mnist_lab.reports.words import word
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.axis import Axis, axis_of
from mnist_lab.sweeps.result import (
    PointResult,
    SweepResult,
    pareto_front,
    smallest_within,
)
from mnist_lab.sweeps.setting_words import value_name

_MOST_LABELS, _MOST_OF_HALF_THE_WIDTH = 10, 6  # that a logarithmic axis has room for
# Times that differ by more than this would press the faster models against the axis.
_LOGARITHMIC_FROM = 4
_ASIDE = 0.16
"""How far models stand apart, side by side, where a parameter's values have no order: none hides another."""
_LEGEND_COLUMNS = 3
_MOST_COLUMNS_BESIDE = 5
_MOST_NAMED_MARKS = 12
_MOST_COLUMNS_OF_TWO_DECIMALS = 13  # that a heat map of the whole width has room for


def model_styles(models: Sequence[str]) -> dict[str, GroupStyle]:
    """Return each model's colour and marker; FC and CNN have the same in every report."""
    return dict(zip(models, styles_of(models), strict=True))


def draw_parameter(result: SweepResult, key: str) -> Figure:
    """Draw time and test accuracy over one parameter, one panel each; a line joins a family's values with an order.

    The accuracies' axis is that of the points that have learned: one that hardly did would press all others together,
    and is marked at the lower edge with its number.

    Args:
        result: Of the sweep.
        key: Option that was varied.
    """
    families = families_of(result, key)
    axis = axis_of(key, [entry.point.values[key] for family in families for entry in family.points])
    figure = Figure(figsize=(WIDTH_INCH, 7), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True)
    name = axis_name(axis)
    on_scale = learned(result).points
    for number, (family, style) in enumerate(
        zip(families, styles_of([family.model for family in families]), strict=True)
    ):
        own = family.points
        aside = 0.0 if axis.positions else _ASIDE * (number - (len(families) - 1) / 2)
        places = {entry.point.key: _place(axis, entry.point.values[key]) + aside for entry in own}
        times = [(places[entry.point.key], time_s) for entry in own for time_s in entry.times_s]
        kept = [entry for entry in own if entry in on_scale]
        accuracies = [(places[entry.point.key], 100 * value) for entry in kept for value in entry.test_accuracies]
        joined = axis.positions is not None
        _dots_and_middles(upper, times, style, family.label, middle=median, joined=joined)
        _dots_and_middles(lower, accuracies, style, family.label, middle=fmean, joined=joined)
        lost = [entry for entry in own if entry not in on_scale]
        _off_scale(lower, [(places[entry.point.key], 100 * entry.test_accuracy) for entry in lost], style)
        at = {entry.point.key: (places[entry.point.key], entry.train_s) for entry in own}
        _mark(upper, at, [entry for entry in own if entry.strange], "x", word("strange"))
        _mark(upper, at, [entry for entry in own if entry.again and not entry.strange], "o", word("again"))
        _mark(upper, at, [entry for entry in own if entry.disturbed], "s", word("disturbed"))
    upper.set_title(time_title(families, name))
    _time_axis(upper, [time_s for family in families for entry in family.points for time_s in entry.times_s])
    lower.set(
        title=accuracy_title(families, on_scale, name),
        ylabel=word("accuracy"),
        xlabel=axis_label_on_scale(axis),
    )
    _ticks(lower, axis)
    say_where_axis_begins(lower)
    handles, labels = _once([family.label for family in families], upper, lower)
    figure.legend(handles, labels, loc="outside lower center", ncols=_columns(labels), fontsize="small")
    return figure


def _time_axis(panel: Axes, times_s: Sequence[float]) -> None:
    """Have a time axis begin at 0, or be logarithmic where times differ by factors."""
    if min(times_s) > 0 and max(times_s) / min(times_s) > _LOGARITHMIC_FROM:
        panel.set_yscale("log")
        label_logarithmic(panel.yaxis, _MOST_LABELS)
        panel.set_ylabel(word("train_s_log"))
    else:
        panel.set_ylim(bottom=0)
        panel.set_ylabel(word("train_s"))


def _off_scale(panel: Axes, points: Sequence[tuple[float, float]], style: GroupStyle) -> None:
    """Mark accuracies in per cent that lie below the axis at its lower edge, with their numbers."""
    edge = panel.get_xaxis_transform()  # x of the data, y from 0 (lower edge) to 1
    for x, percent in points:
        panel.plot(
            x,
            0.04,
            marker="v",
            linestyle="none",
            color=style.colour,
            markeredgecolor="black",
            transform=edge,
            label=off_scale_label(),
        )
        panel.annotate(
            f"{percent:.1f} %", (x, 0.04), xycoords=edge, xytext=(6, -2), textcoords="offset points", fontsize="small"
        )


def off_scale_label() -> str:
    """Return what stands in the legend for points that hardly learned."""
    return say("hardly learned, below the axis", "ほとんど学習できていない設定（軸の範囲外）")


def draw_heat_map(entries: Sequence[PointResult], across: str, down: str) -> Figure:
    """Draw time and test accuracy over two parameters of one base, a panel each, the numbers in the cells.

    Args:
        entries: Points of one base; those that share both values are averaged.
        across: Option on the x axis.
        down: Option on the y axis.
    """
    x = axis_of(across, [entry.point.values[across] for entry in entries])
    y = axis_of(down, [entry.point.values[down] for entry in entries])
    stacked = len(x.values) > _MOST_COLUMNS_BESIDE
    height = (1.4 + 0.5 * len(y.values)) * (2 if stacked else 1)
    figure = Figure(figsize=(WIDTH_INCH, height), layout="constrained")
    panels = figure.subplots(2, 1) if stacked else figure.subplots(1, 2)
    model = entries[0].model
    on_scale = learned(SweepResult(tuple(entries))).points
    lowest = 100 * min(entry.test_accuracy for entry in on_scale)
    decimals = accuracy_decimals(entries) if len(x.values) <= _MOST_COLUMNS_OF_TWO_DECIMALS else 1
    # Light is good in both: a short time, a high accuracy.
    shown: list[tuple[str, str, Callable[[float], str], list[float]]] = [
        (word("train_s"), "viridis_r", significant, [entry.train_s for entry in entries]),
        (word("accuracy"), "viridis", f"{{:.{decimals}f}}".format, [100 * entry.test_accuracy for entry in entries]),
    ]
    places = [
        (y.values.index(entry.point.values[down]), x.values.index(entry.point.values[across])) for entry in entries
    ]
    again = {place for place, entry in zip(places, entries, strict=True) if entry.again}
    for panel, (quantity, colours, write, values) in zip(panels, shown, strict=True):
        cells: dict[tuple[int, int], list[float]] = {}
        for place, value in zip(places, values, strict=True):
            cells.setdefault(place, []).append(value)
        means = [
            [fmean(cells[row, column]) if (row, column) in cells else float("nan") for column in range(len(x.values))]
            for row in range(len(y.values))
        ]
        panel.grid(False)
        is_accuracy = colours == "viridis"
        image = panel.imshow(means, aspect="auto", origin="lower", cmap=colours, vmin=lowest if is_accuracy else None)
        middle = (image.norm.vmin + image.norm.vmax) / 2
        for (row, column), found in cells.items():
            mean = fmean(found)
            colour = "black" if (mean > middle) == is_accuracy else "white"
            text = write(mean) + (DAGGER if (row, column) in again and not is_accuracy else "")
            panel.text(column, row, text, ha="center", va="center", color=colour)
        title = say("{model}: {quantity}", "{model}：{quantity}", model=model, quantity=quantity)
        panel.set(title=title, xlabel=axis_label(x), ylabel=axis_label(y))
        panel.set_xticks(range(len(x.values)), axis_texts(x))
        panel.set_yticks(range(len(y.values)), axis_texts(y))
        below = is_accuracy and len(on_scale) < len(entries)
        figure.colorbar(image, ax=panel, label=quantity, extend="min" if below else "neither")
    return figure


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
        for model, style in model_styles(result.models).items():
            own = [entry for entry in result.points if entry.model == model]
            best = [entry for entry in front if entry.model == model]
            for entries, look in ((own, {"alpha": 0.35, "label": model}), (best, {"edgecolors": "black"})):
                kept = [entry for entry in entries if entry in on_scale]
                x, y = [cost(entry) for entry in kept], [100 * entry.val_accuracy for entry in kept]
                panel.scatter(x, y, color=style.colour, marker=style.marker, **look)
            lost = [entry for entry in own if entry not in on_scale]
            _off_scale(panel, [(cost(entry), 100 * entry.val_accuracy) for entry in lost], style)
            line = _best_so_far([entry for entry in own if entry in on_scale], cost)
            if len(line) > 1:
                panel.plot(*zip(*line, strict=True), color=style.colour, linewidth=1, drawstyle="steps-post")
        at = {entry.point.key: (cost(entry), 100 * entry.val_accuracy) for entry in result.points}
        if cost is _time_s:
            _mark(panel, at, [entry for entry in result.points if entry.disturbed], "s", word("disturbed"))
        if result.sizes_vary:
            panel.axhline(needed_percent(result.points, within), color="black", linewidth=0.8, linestyle=":")
            _mark(panel, at, smallest, "o", smallest_label())
        panel.set(title=title, xlabel=label, xscale="log")
        label_logarithmic(panel.xaxis, _MOST_OF_HALF_THE_WIDTH if len(costs) > 1 else _MOST_LABELS)
    panels[0].set_ylabel(word("val_accuracy"))
    say_where_axis_begins(panels[0])
    front_label = say("on the Pareto front", "パレート最適な設定")
    panels[0].scatter([], [], color="white", edgecolors="black", label=front_label)
    handles, labels = _once(result.models, *panels)
    figure.legend(handles, labels, loc="outside lower center", ncols=_columns(labels), fontsize="small")
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


def smallest_label() -> str:
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


def _place(axis: Axis, value: Any) -> float:
    index = axis.values.index(value)
    return float(index) if axis.positions is None else axis.positions[index]


def _dots_and_middles(
    panel: Axes,
    values: Sequence[tuple[float, float]],
    style: GroupStyle,
    label: str,
    *,
    middle: Callable[[Sequence[float]], float],
    joined: bool,
) -> None:
    """Draw what the table says of each place, and repeats as small points.

    Args:
        panel: Where to.
        values: Place and value of each run.
        style: Of the family.
        label: Of the family.
        middle: The median or the mean.
        joined: Draw a line; between values without an order there is nothing that it could show.
    """
    places: dict[float, list[float]] = {}
    for place, value in values:
        places.setdefault(place, []).append(value)
    middles = sorted((place, middle(found)) for place, found in places.items())
    panel.plot(
        [place for place, _ in middles],
        [value for _, value in middles],
        color=style.colour,
        marker=style.marker,
        linestyle="-" if joined else "none",
        linewidth=1,
        markersize=5,
        label=label,
    )
    for place, found in places.items():
        if len(found) > 1:
            # Above the mark of their middle, which is larger and would hide them.
            panel.plot(
                [place] * len(found),
                found,
                "o",
                markersize=3,
                markerfacecolor="white",
                markeredgecolor=style.colour,
                markeredgewidth=0.8,
                zorder=4,
            )


def _mark(
    panel: Axes, at: Mapping[str, tuple[float, float]], entries: Sequence[PointResult], marker: str, label: str
) -> None:
    """Draw a mark around points that stand at the places given by their keys."""
    if entries:
        panel.scatter(
            [at[entry.point.key][0] for entry in entries],
            [at[entry.point.key][1] for entry in entries],
            marker=marker,
            s=130 if marker == "s" else 90,
            facecolors="black" if marker == "x" else "none",
            edgecolors=None if marker == "x" else "black",
            label=label,
            zorder=3,
        )


def _ticks(panel: Axes, axis: Axis) -> None:
    if axis.is_logarithmic and axis.positions:
        smallest = min(position for position in axis.positions if position > 0)
        if min(axis.positions) > 0:
            panel.set_xscale("log")
        else:  # with room for 0
            panel.set_xscale("symlog", base=2, linthresh=smallest, linscale=1)
            panel.set_xlim(left=-smallest / 4)
    places = [_place(axis, value) for value in axis.values]
    panel.xaxis.set_major_locator(FixedLocator(places))
    panel.xaxis.set_minor_locator(NullLocator())
    texts = axis_texts(axis)
    longest = max(map(len, texts))
    panel.set_xticks(places, texts, rotation=30 if longest > 6 else 0, ha="right" if longest > 6 else "center")


def _columns(labels: Sequence[str]) -> int:
    """Return how many columns a legend has: as many as there is room for, in rows of equal length."""
    rows = -(-len(labels) // _LEGEND_COLUMNS)
    return -(-len(labels) // rows)


def _once(first: Sequence[str], *panels: Axes) -> tuple[list[Artist], list[str]]:
    """Return the legend's entries, equal ones once: those that are named stand before the marks."""
    once: dict[str, Artist] = {}
    for panel in panels:
        for handle, label in zip(*panel.get_legend_handles_labels(), strict=True):
            once.setdefault(label, handle)
    labels = sorted(once, key=lambda label: label not in first)
    return [once[label] for label in labels], labels
