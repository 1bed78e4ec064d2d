"""The graph of one parameter of a sweep: training time and test accuracy over its values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, median

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from mnist_lab.reports.figure_legend import legend_below, legend_entries
from mnist_lab.reports.log_axis import label_logarithmic
from mnist_lab.reports.setting_names import axis_label_on_scale, axis_name, axis_texts
from mnist_lab.reports.style import WIDTH_INCH, say_where_axis_begins
from mnist_lab.reports.sweep.families import Family, families_of
from mnist_lab.reports.sweep.family_styles import family_styles
from mnist_lab.reports.sweep.figure_titles import accuracy_title, model_time_title, time_title
from mnist_lab.reports.sweep.marks import mark_around
from mnist_lab.reports.sweep.off_scale import OffScale, below_axis, draw_below, near_together
from mnist_lab.reports.sweep.remarks import learned
from mnist_lab.reports.sweep.repeats import Look, draw_repeats
from mnist_lab.reports.sweep.side_by_side import Places, scale_of, side_by_side, ticks_of
from mnist_lab.reports.words import word
from mnist_lab.sweeps.axis import Axis, axis_of
from mnist_lab.sweeps.result import PointResult, SweepResult

_MOST_LABELS = 10
"""That a logarithmic axis has room for."""
# Times that differ by more than this would press the faster models against the axis.
_LOGARITHMIC_FROM = 4
_MOST_TIME_PANELS = 3
_HEIGHT, _HEIGHT_OF_TIMES = 3.5, 2.2
"""Of a panel, and of each panel of times where there are more, in inches."""
_LEGEND = 0.5
"""Of a legend that the panels leave room for, in inches."""
_ROOM_ABOVE = 1.1
_STRIPE = "0.955"
"""Behind marks that have a value in common."""


def draw_parameter(result: SweepResult, key: str) -> Figure:
    """Draw time and test accuracy over one parameter, one panel each; a line joins a family's values with an order.

    Where the times of models lie apart, each has a panel of its own, so that its differences can be seen.

    The accuracies' axis is that of the points that have learned and lie near together: one that hardly did, or is far
    less accurate, would press all others together, and is marked below it with its number.

    Args:
        result: Of the sweep.
        key: Option that was varied.
    """
    families = families_of(result, key)
    axis = axis_of(key, [entry.point.values[key] for family in families for entry in family.points])
    split = has_panel_per_model(families)
    models = list(dict.fromkeys(family.model for family in families))
    heights = [*([_HEIGHT_OF_TIMES] * len(models) if split else [_HEIGHT]), _HEIGHT]
    figure = Figure(figsize=(WIDTH_INCH, sum(heights)), layout="constrained")
    *uppers, lower = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights)
    upper_of = dict(zip(models, uppers if split else uppers * len(models), strict=True))
    has_learned = learned(result).points
    below = points_below(result, key)
    off_scale: list[OffScale] = []
    beside = side_by_side(axis, families)
    _x_axis(lower, axis, beside.ends)
    _stripes(lower, beside)
    looks = [
        Look(style, family.label, axis.positions is not None, beside.mark_pt)
        for family, style in zip(families, family_styles(families, result.models), strict=True)
    ]
    for family, look, places in zip(families, looks, beside.of_families, strict=True):
        _draw_times(upper_of[family.model], family.points, places, look)
        _draw_accuracies(lower, [entry for entry in family.points if entry not in below], places, look)
        off_scale += [
            OffScale(places[entry.point.key], 100 * entry.test_accuracy, look.style, learned=entry in has_learned)
            for entry in family.points
            if entry in below
        ]
    name = axis_name(axis)
    for upper, own in zip(uppers, [[model] for model in models] if split else [models], strict=True):
        shown = [family for family in families if family.model in own]
        upper.set_title(model_time_title(shown, name) if split else time_title(shown, name))
        _time_axis(upper, _times_s(shown))
        if len(shown) > 1:
            _stripes(upper, beside)
    lower.set(
        title=accuracy_title(families, has_learned, name), ylabel=word("accuracy"), xlabel=axis_label_on_scale(axis)
    )
    say_where_axis_begins(lower)
    draw_below([lower], [off_scale])
    handles, labels = legend_entries([family.label for family in families], *uppers, lower)
    legend_below(figure, handles, labels, has_room_inch=_LEGEND)
    return figure


def _stripes(panel: Axes, beside: Places) -> None:
    for left, right in beside.stripes:
        panel.axvspan(left, right, color=_STRIPE, linewidth=0, zorder=0.3)


def points_below(result: SweepResult, key: str) -> list[PointResult]:
    """Return the points that stand below the accuracies' axis in the figure of a parameter."""
    shown = [entry for family in families_of(result, key) for entry in family.points]
    on_scale = near_together(learned(result).points, lambda entry: entry.test_accuracy)
    return below_axis(shown, on_scale, lambda entry: entry.test_accuracy)


def has_panel_per_model(families: Sequence[Family]) -> bool:
    """Return whether each model's times have a panel: one axis for all would be logarithmic, and not one's alone."""
    of_models = [
        _times_s([family for family in families if family.model == model])
        for model in dict.fromkeys(family.model for family in families)
    ]
    few = 1 < len(of_models) <= _MOST_TIME_PANELS
    return few and _by_factors(_times_s(families)) and not all(_by_factors(own) for own in of_models)


def _times_s(families: Sequence[Family]) -> list[float]:
    return [time_s for family in families for entry in family.points for time_s in entry.times_s]


def _by_factors(times_s: Sequence[float]) -> bool:
    return min(times_s) > 0 and max(times_s) / min(times_s) > _LOGARITHMIC_FROM


def _draw_times(panel: Axes, own: Sequence[PointResult], places: Mapping[str, float], look: Look) -> None:
    times = [(places[entry.point.key], time_s) for entry in own for time_s in entry.times_s]
    draw_repeats(panel, times, look, middle=median)
    at = {entry.point.key: (places[entry.point.key], entry.train_s) for entry in own}
    for which, marker, label in (
        ([entry for entry in own if entry.strange], "x", word("strange")),
        ([entry for entry in own if entry.again and not entry.strange], "o", word("again")),
        ([entry for entry in own if entry.disturbed], "s", word("disturbed")),
    ):
        mark_around(panel, at, which, marker, label, mark_pt=look.mark_pt)


def _draw_accuracies(panel: Axes, own: Sequence[PointResult], places: Mapping[str, float], look: Look) -> None:
    accuracies = [(places[entry.point.key], 100 * value) for entry in own for value in entry.test_accuracies]
    draw_repeats(panel, accuracies, look, middle=fmean)


def _time_axis(panel: Axes, times_s: Sequence[float]) -> None:
    """Have a time axis begin at 0, or be logarithmic where times differ by factors."""
    if _by_factors(times_s):
        panel.set_yscale("log")
        label_logarithmic(panel.yaxis, _MOST_LABELS)
        panel.set_ylabel(word("train_s_log"))
    else:
        panel.set_ylim(0, _ROOM_ABOVE * max(times_s))
        panel.set_ylabel(word("train_s"))


def _x_axis(panel: Axes, axis: Axis, ends: tuple[float, float]) -> None:
    panel.set_xscale(scale_of(axis))
    panel.set_xlim(*ends)
    panel.xaxis.set_minor_locator(NullLocator())
    texts = axis_texts(axis)
    longest = max(map(len, texts))
    panel.set_xticks(ticks_of(axis), texts, rotation=30 if longest > 6 else 0, ha="right" if longest > 6 else "center")
