"""A sweep's graphs: each parameter against time and accuracy, two parameters as a heat map, the Pareto front."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean, median
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullLocator

from mnist_lab.language import say, spaced
from mnist_lab.reports.setting_names import axis_label, axis_name, axis_texts
from mnist_lab.reports.style import WIDTH_INCH, GroupStyle, say_where_axis_begins, styles_of
from mnist_lab.reports.sweep.families import families_of
from mnist_lab.reports.words import word
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.axis import Axis, axis_of
from mnist_lab.sweeps.result import PointResult, SweepResult, pareto_front

_NARROW = 15  # times that a logarithmic axis goes up
_LEGEND_COLUMNS = 3
_MOST_COLUMNS_BESIDE = 5


def model_styles(models: Sequence[str]) -> dict[str, GroupStyle]:
    """Return each model's colour and marker; FC and CNN have the same in every report."""
    return dict(zip(models, styles_of(models), strict=True))


def draw_parameter(result: SweepResult, key: str) -> Figure:
    """Draw time and test accuracy over one parameter, one panel each; a line joins a family's values with an order.

    Args:
        result: Of the sweep.
        key: Option that was varied.
    """
    families = families_of(result, key)
    axis = axis_of(key, [entry.point.values[key] for family in families for entry in family.points])
    figure = Figure(figsize=(WIDTH_INCH, 7), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True)
    name = axis_name(axis)
    for family, style in zip(families, styles_of([family.model for family in families]), strict=True):
        own = family.points
        times = [(entry, time_s) for entry in own for time_s in entry.times_s]
        accuracies = [(entry, 100 * value) for entry in own for value in entry.test_accuracies]
        for panel, values in ((upper, times), (lower, accuracies)):
            _dots_and_medians(panel, axis, key, values, style, family.label)
        _mark(upper, axis, key, [entry for entry in own if entry.strange], "x", word("strange"))
        _mark(upper, axis, key, [entry for entry in own if entry.again and not entry.strange], "o", word("again"))
        _mark(upper, axis, key, [entry for entry in own if entry.disturbed], "s", word("disturbed"))
    upper.set(title=spaced(say("Training time by {name}", "{name}と学習時間", name=name)), ylabel=word("train_s"))
    upper.set_ylim(bottom=0)
    lower.set(
        title=spaced(say("Test accuracy by {name}", "{name}とテスト精度", name=name)),
        ylabel=word("accuracy"),
        xlabel=axis_label(axis),
    )
    _ticks(lower, axis)
    say_where_axis_begins(lower)
    handles, labels = _once(upper)
    figure.legend(
        handles, labels, loc="outside lower center", ncols=min(len(labels), _LEGEND_COLUMNS), fontsize="small"
    )
    return figure


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
    # Light is good in both: a short time, a high accuracy.
    shown: list[tuple[str, str, Callable[[float], str], list[float]]] = [
        (word("train_s"), "viridis_r", significant, [entry.train_s for entry in entries]),
        (word("accuracy"), "viridis", "{:.1f}".format, [100 * entry.test_accuracy for entry in entries]),
    ]
    for panel, (quantity, colours, write, values) in zip(panels, shown, strict=True):
        cells: dict[tuple[int, int], list[float]] = {}
        for entry, value in zip(entries, values, strict=True):
            place = y.values.index(entry.point.values[down]), x.values.index(entry.point.values[across])
            cells.setdefault(place, []).append(value)
        means = [
            [fmean(cells[row, column]) if (row, column) in cells else float("nan") for column in range(len(x.values))]
            for row in range(len(y.values))
        ]
        panel.grid(False)
        image = panel.imshow(means, aspect="auto", origin="lower", cmap=colours)
        middle = (image.norm.vmin + image.norm.vmax) / 2
        for (row, column), found in cells.items():
            mean = fmean(found)
            colour = "black" if (mean > middle) == (colours == "viridis") else "white"
            panel.text(column, row, write(mean), ha="center", va="center", color=colour)
        title = say("{model}: {quantity}", "{model}：{quantity}", model=model, quantity=quantity)
        panel.set(title=title, xlabel=axis_label(x), ylabel=axis_label(y))
        panel.set_xticks(range(len(x.values)), axis_texts(x))
        panel.set_yticks(range(len(y.values)), axis_texts(y))
        figure.colorbar(image, ax=panel, label=quantity)
    return figure


def draw_pareto(result: SweepResult) -> Figure:
    """Draw validation accuracy over size and over time; where sizes do not vary, over time alone.

    Points that no other beats in all three have a black edge; the steps show the best accuracy up to a size or time.
    """
    costs = (
        [(_size, word("parameters_log"), say("Accuracy by size", "パラメータ数と精度"))] if result.sizes_vary else []
    )
    costs.append((_time_s, word("train_s_log"), say("Accuracy by training time", "学習時間と精度")))
    figure = Figure(figsize=(WIDTH_INCH, 4.2), layout="constrained")
    panels = figure.subplots(1, len(costs), sharey=True, squeeze=False)[0]
    front = pareto_front(result.points)
    for panel, (cost, label, title) in zip(panels, costs, strict=True):
        for model, style in model_styles(result.models).items():
            own = [entry for entry in result.points if entry.model == model]
            best = [entry for entry in front if entry.model == model]
            for entries, look in ((own, {"alpha": 0.35, "label": model}), (best, {"edgecolors": "black"})):
                x, y = [cost(entry) for entry in entries], [100 * entry.val_accuracy for entry in entries]
                panel.scatter(x, y, color=style.colour, marker=style.marker, **look)
            line = _best_so_far(own, cost)
            panel.plot(*zip(*line, strict=True), color=style.colour, linewidth=1, drawstyle="steps-post")
        panel.set(title=title, xlabel=label, xscale="log")
        _few_labels(panel)
    panels[0].set_ylabel(word("val_accuracy"))
    say_where_axis_begins(panels[0])
    front_label = say(
        "on the front: no point is better in all of these", "パレート最適：すべてで上回る設定がほかにない"
    )
    panels[0].scatter([], [], color="white", edgecolors="black", label=front_label)
    figure.legend(*_once(panels[0]), loc="outside lower center", ncols=len(result.models) + 1, fontsize="small")
    return figure


def _few_labels(panel: Axes) -> None:
    """Put no more labels on a logarithmic x axis than there is room for."""
    low, high = panel.get_xlim()
    subs = (1.0, 2.0, 5.0) if high / low < _NARROW else (1.0,)
    panel.xaxis.set_major_locator(LogLocator(subs=subs))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    panel.xaxis.set_minor_locator(NullLocator())


def _size(entry: PointResult) -> float:
    return entry.parameters


def _time_s(entry: PointResult) -> float:
    return entry.train_s


def _best_so_far(entries: Sequence[PointResult], costs: Callable[[PointResult], float]) -> list[tuple[float, float]]:
    """Return cost and accuracy in per cent of each point that is better than all cheaper ones."""
    line: list[tuple[float, float]] = []
    for entry in sorted(entries, key=lambda entry: (costs(entry), -entry.val_accuracy)):
        if not line or 100 * entry.val_accuracy > line[-1][1]:
            line.append((costs(entry), 100 * entry.val_accuracy))
    return line


def _place(axis: Axis, value: Any) -> float:
    index = axis.values.index(value)
    return float(index) if axis.positions is None else axis.positions[index]


def _dots_and_medians(
    panel: Axes, axis: Axis, key: str, values: Sequence[tuple[PointResult, float]], style: GroupStyle, label: str
) -> None:
    places: dict[float, list[float]] = {}
    for entry, value in values:
        places.setdefault(_place(axis, entry.point.values[key]), []).append(value)
    middles = sorted((place, median(found)) for place, found in places.items())
    panel.plot(
        *zip(*middles, strict=True),
        color=style.colour,
        marker=style.marker,
        # Between values without an order there is nothing that a line could show.
        linestyle="none" if axis.positions is None else "-",
        linewidth=1,
        markersize=5,
        label=label,
    )
    for place, found in places.items():
        if len(found) > 1:
            panel.plot([place] * len(found), found, "o", markersize=3, color=style.colour, alpha=0.4)


def _mark(panel: Axes, axis: Axis, key: str, entries: Sequence[PointResult], marker: str, label: str) -> None:
    if entries:
        panel.scatter(
            [_place(axis, entry.point.values[key]) for entry in entries],
            [entry.train_s for entry in entries],
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


def _once(panel: Axes) -> tuple[list[Artist], list[str]]:
    """Return the legend's entries, equal ones once."""
    handles, labels = panel.get_legend_handles_labels()
    once = dict(zip(labels, handles, strict=True))
    return list(once.values()), list(once)
