"""A report's four figures: accuracy over time, time per epoch, accuracy, and time against accuracy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import CircleCollection
from matplotlib.figure import Figure

from mnist_lab.language import say
from mnist_lab.reports.curves import curve_of, mean_curve, reached_by_all
from mnist_lab.reports.figure_legend import legend_below
from mnist_lab.reports.figure_texts import figure_title
from mnist_lab.reports.group_comparison import Comparison
from mnist_lab.reports.label_lines import row_names
from mnist_lab.reports.log_axis import label_logarithmic
from mnist_lab.reports.marker_areas import areas_pt2, size_of
from mnist_lab.reports.style import WIDTH_INCH, GroupStyle, say_where_axis_begins, styles_of
from mnist_lab.reports.title_width import width_of
from mnist_lab.reports.words import word
from mnist_lab.runs.disturbance import disturbed_shares
from mnist_lab.runs.groups import Group
from mnist_lab.runs.run import Run
from mnist_lab.runs.spread import Spread

STEMS = ("accuracy_over_time", "time_per_epoch", "accuracy", "time_and_accuracy")
"""File names, without an ending, of all the figures there can be."""
# Times that differ by more than this would press the faster group against the axis.
_LOGARITHMIC_FROM = 4
_MOST_LABELS = 10
"""As many there is room for on a time axis of the whole width."""
_LEGEND_PT2 = 80
_MOST_INSIDE, _WIDEST_INSIDE = 4, 17
"""Entries of a legend inside the axes at most, and their width in letters as wide as a Japanese one."""
_MOST_HIGH_ROWS = 8
"""More rows than this are lower, with smaller names, so that a figure has room on a page."""
_Styled = Sequence[tuple[Group, GroupStyle]]


def draw_figures(groups: Sequence[Group], comparisons: Sequence[Comparison] = ()) -> dict[str, Figure]:
    """Draw what the runs have to show; a figure for which no run has the numbers is left out, and a group in a figure.

    Args:
        groups: The groups.
        comparisons: With the first group; a title says nothing that their tests do not bear out.

    Returns:
        File names without an ending, and figures.
    """
    styled = list(zip(groups, styles_of([group.record.model for group in groups]), strict=True))
    figures: dict[str, Figure] = {}
    if shown := [(group, style) for group, style in styled if any(map(curve_of, _drawn(group, groups)))]:
        figures["accuracy_over_time"] = _accuracy_over_time(shown, groups)
    if shown := [(group, style) for group, style in styled if group.epoch_s]:
        figures["time_per_epoch"] = _time_per_epoch(shown)
    if shown := [(group, style) for group, style in styled if group.accuracy_percent]:
        figures["accuracy"] = _accuracy(shown)
    if shown := [(group, style) for group, style in styled if group.accuracy_percent and group.train_s]:
        figures["time_and_accuracy"] = _time_and_accuracy(shown)
    for stem, figure in figures.items():
        figure.axes[0].set_title(figure_title(stem, groups, comparisons))
        say_where_axis_begins(figure.axes[0], x=True, y=stem in ("accuracy_over_time", "time_and_accuracy"))
    return figures


def _drawn(group: Group, groups: Sequence[Group]) -> Sequence[Run]:
    """Return the completed runs; where there is none at all, those that there are. A broken one stretches no axis."""
    return group.completed if any(other.completed for other in groups) else group.runs


def _accuracy_over_time(shown: _Styled, groups: Sequence[Group]) -> Figure:
    figure, axes = _new(4.3)
    times: list[float] = []
    for group, style in shown:
        for run in _drawn(group, groups):
            curve = curve_of(run)
            if curve:
                x, y = zip(*curve, strict=True)
                times += x
                axes.plot(x, y, color=style.colour, linestyle=style.line, linewidth=0.8, alpha=0.5)
        points = mean_curve(group)
        axes.errorbar(
            [point.train_s.mean for point in points],
            [point.accuracy_percent.mean for point in points],
            xerr=_error_bars([point.train_s for point in points]),
            yerr=_error_bars([point.accuracy_percent for point in points]),
            color=style.colour,
            linestyle=style.line,
            marker=style.marker,
            markersize=6,
            capsize=3,
            linewidth=1.8,
            elinewidth=1,
            label=group.label,
        )
    if (mark := reached_by_all(groups)[0]) is not None:
        axes.axhline(mark, color="black", linestyle=":", linewidth=1)
    logarithmic = min(times) > 0 and max(times) / min(times) > _LOGARITHMIC_FROM**2
    if logarithmic:
        _logarithmic(axes)
    axes.set(xlabel=word("train_s_log" if logarithmic else "train_s"), ylabel=word("val_accuracy"))
    if not logarithmic:
        axes.set_xlim(left=0)
    _place_legend(figure, *axes.get_legend_handles_labels(), None)
    return figure


def _time_per_epoch(shown: _Styled) -> Figure:
    figure, axes = _with_rows(shown)
    for place, (group, style) in enumerate(shown):
        if group.epoch_s:
            axes.barh(
                place,
                group.epoch_s.mean,
                xerr=group.epoch_s.sd,
                height=0.62,
                facecolor=style.colour,
                alpha=0.75,
                edgecolor="black",
                hatch=style.hatch,
                capsize=4,
            )
        _single_runs(axes, place, group, lambda run: run.epoch_s, crosses=True)
    axes.set_xlabel(word("epoch_s"))
    axes.set_xlim(left=0)
    return figure


def _accuracy(shown: _Styled) -> Figure:
    figure, axes = _with_rows(shown)
    for place, (group, style) in enumerate(shown):
        if group.accuracy_percent:
            axes.errorbar(
                group.accuracy_percent.mean,
                place,
                xerr=group.accuracy_percent.sd,
                color=style.colour,
                marker=style.marker,
                markersize=11,
                markeredgecolor="black",
                ecolor="black",
                capsize=5,
            )
        _single_runs(axes, place, group, lambda run: run.accuracy_percent)
    axes.set_xlabel(word("accuracy"))
    axes.margins(x=0.12)
    return figure


def _time_and_accuracy(styled: _Styled) -> Figure:
    figure, axes = _new(4.3)
    areas = areas_pt2([group for group, _ in styled])
    shown: list[tuple[Group, GroupStyle, Spread, Spread]] = [
        (group, style, group.train_s, group.accuracy_percent)
        for group, style in styled
        if group.train_s and group.accuracy_percent
    ]
    for group, style, time_s, accuracy in shown:
        axes.errorbar(
            time_s.mean,
            accuracy.mean,
            xerr=time_s.sd,
            yerr=accuracy.sd,
            color="black",
            linewidth=1.1,
            capsize=3,
            zorder=3,
        )
        axes.scatter(
            time_s.mean,
            accuracy.mean,
            s=size_of(areas[group.label]),
            linewidth=0.6,  # half of it lies outside the area
            marker="o",  # of every group: areas of unlike shapes cannot be compared by eye
            facecolor=style.colour,
            edgecolor="black",
            hatch=style.hatch,
            alpha=0.75,
        )
    times = [time_s.mean for _, _, time_s, _ in shown]
    logarithmic = min(times) > 0 and max(times) / min(times) > _LOGARITHMIC_FROM
    axes.margins(0.25)
    if logarithmic:
        _logarithmic(axes)
    axes.set(xlabel=word("train_s_log" if logarithmic else "train_s"), ylabel=word("accuracy"))
    if not logarithmic:
        axes.set_xlim(left=0)
    handles: list[Artist] = [
        CircleCollection([_LEGEND_PT2], facecolor=style.colour, edgecolor="black", hatch=style.hatch, alpha=0.75)
        for _, style, _, _ in shown
    ]
    labels = [
        say("{name}: {count}", "{name}：{count}", name=group.label, count=group.parameters_text)
        for group, _, _, _ in shown
    ]
    _place_legend(figure, handles, labels, str(word("parameters")))
    return figure


def _new(height_inch: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH_INCH, height_inch), layout="constrained")
    return figure, figure.subplots()


def _with_rows(shown: _Styled) -> tuple[Figure, Axes]:
    """Return a figure with a row for each group, as high as the longest name needs."""
    names = row_names([group.label for group, _ in shown])
    lines = 0.4 + max(name.count("\n") + 1 for name in names)
    many = len(names) > _MOST_HIGH_ROWS
    row_inch = max(0.36, 0.16 * lines) if many else max(0.6, 0.19 * lines)
    figure, axes = _new(1.5 + row_inch * len(names))
    axes.set_yticks(range(len(names)), names, fontsize="small" if many else "medium")
    axes.set_ylabel(word("configuration"))
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
    return figure, axes


def _error_bars(spreads: Sequence[Spread]) -> list[float] | None:
    """Return the standard deviations; None where nothing was repeated and there are none."""
    return [spread.sd or 0.0 for spread in spreads] if any(spread.sd is not None for spread in spreads) else None


def _single_runs(
    axes: Axes, place: int, group: Group, measure: Callable[[Run], float | None], *, crosses: bool = False
) -> None:
    """Draw each run as a point over the width of its bar: none hides another.

    Args:
        axes: Where to.
        place: Of the bar.
        group: Whose runs.
        measure: What is shown of a run.
        crosses: Mark disturbed runs; other programs have a part in times, not in accuracies.
    """
    found = [(value, run) for run in group.completed if (value := measure(run)) is not None]
    steps = [place - 0.2 + 0.4 * number / max(len(found) - 1, 1) for number in range(len(found))]
    look: dict[str, Any] = {"linestyle": "none", "color": "white", "markeredgecolor": "black", "zorder": 4}
    for (value, run), step in zip(found, steps, strict=True):
        if crosses and disturbed_shares(run.record):
            axes.plot(value, step, marker="X", markersize=8, **look)
        elif len(found) > 1:
            axes.plot(value, step, marker="o", markersize=3.5, **look)


def _logarithmic(axes: Axes) -> None:
    axes.set_xscale("log")
    label_logarithmic(axes.xaxis, _MOST_LABELS)


def _place_legend(figure: Figure, handles: Sequence[Artist], labels: Sequence[str], title: str | None) -> None:
    """Put a short legend into the axes, a long one below."""
    if len(labels) <= _MOST_INSIDE and max(map(width_of, labels)) <= _WIDEST_INSIDE:
        figure.axes[0].legend(handles, labels, title=title, loc="best")
    else:
        legend_below(figure, handles, labels, title)
