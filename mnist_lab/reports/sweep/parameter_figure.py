"""The graph of one parameter of a sweep: training time and test accuracy over its values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean, median
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from mnist_lab.reports.log_axis import label_logarithmic
from mnist_lab.reports.setting_names import axis_label_on_scale, axis_name, axis_texts
from mnist_lab.reports.style import WIDTH_INCH, GroupStyle, say_where_axis_begins, styles_of
from mnist_lab.reports.sweep.families import families_of
from mnist_lab.reports.sweep.figure_legend import legend_columns, legend_entries
from mnist_lab.reports.sweep.figure_titles import accuracy_title, time_title
from mnist_lab.reports.sweep.marks import mark_around, mark_off_scale
from mnist_lab.reports.sweep.remarks import learned
from mnist_lab.reports.words import word
from mnist_lab.sweeps.axis import Axis, axis_of
from mnist_lab.sweeps.result import SweepResult

_MOST_LABELS = 10
"""That a logarithmic axis has room for."""
# Times that differ by more than this would press the faster models against the axis.
_LOGARITHMIC_FROM = 4
_ASIDE = 0.16
"""How far models stand apart, side by side, where a parameter's values have no order: none hides another."""


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
        mark_off_scale(lower, [(places[entry.point.key], 100 * entry.test_accuracy) for entry in lost], style)
        at = {entry.point.key: (places[entry.point.key], entry.train_s) for entry in own}
        mark_around(upper, at, [entry for entry in own if entry.strange], "x", word("strange"))
        mark_around(upper, at, [entry for entry in own if entry.again and not entry.strange], "o", word("again"))
        mark_around(upper, at, [entry for entry in own if entry.disturbed], "s", word("disturbed"))
    upper.set_title(time_title(families, name))
    _time_axis(upper, [time_s for family in families for entry in family.points for time_s in entry.times_s])
    lower.set(
        title=accuracy_title(families, on_scale, name),
        ylabel=word("accuracy"),
        xlabel=axis_label_on_scale(axis),
    )
    _ticks(lower, axis)
    say_where_axis_begins(lower)
    handles, labels = legend_entries([family.label for family in families], upper, lower)
    figure.legend(handles, labels, loc="outside lower center", ncols=legend_columns(labels), fontsize="small")
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
