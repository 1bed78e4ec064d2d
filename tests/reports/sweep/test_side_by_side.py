"""Marks that have a value in common: side by side, none on another, each with its runs on its own vertical."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple, cast

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle

from mnist_lab.reports.style import report_style
from mnist_lab.reports.sweep.figure_captions import parameter_caption
from mnist_lab.reports.sweep.parameter_figure import draw_parameter
from mnist_lab.sweeps.result import PointResult, SweepResult
from tests.sweeps.made_results import result

NAME, WIDTH, CHANNELS, EPOCHS = "model.activation", "model.hidden", "model.channels", "trainer.max_epochs"
NAMES = ("ReLU", "GELU", "Tanh", "Sigmoid", "SiLU", "ELU", "LeakyReLU", "Softplus")


class Mark(NamedTuple):
    """Ends and middle of a mark in pixels."""

    left: float
    x: float
    right: float


def thrice(values: dict[str, Any], model: str = "FC", time_s: float = 1.0) -> PointResult:
    point = result(values, model)
    runs = [(1.0, 0.96), (1.3, 0.97), (1.1, 0.985)]
    own = tuple(replace(point.runs[0], train_s=time_s * share, test_accuracy=accuracy) for share, accuracy in runs)
    return replace(point, runs=own)


def sweeps() -> dict[str, tuple[str, list[PointResult]]]:
    widths = [[2**power] for power in range(2, 10)]
    few = [[], [16], [64]]
    return {
        "names": (NAME, [thrice({NAME: name}, model) for model in ("FC", "CNN", "Own") for name in NAMES[:5]]),
        "long names": (
            NAME,
            [
                thrice({NAME: f"my_own_activations.OneThatIsLike{name}", WIDTH: [width]}, model)
                for model in ("FC", "CNN")
                for width in (16, 64)
                for name in NAMES[:3]
            ],
        ),
        "layers": (
            WIDTH,
            [thrice({WIDTH: width}) for width in widths]
            + [thrice({WIDTH: width, CHANNELS: [count]}, "CNN", 9) for count in (2, 4, 8, 16) for width in few],
        ),
        "near": (EPOCHS, [thrice({EPOCHS: count, NAME: name}) for name in NAMES[:3] for count in (4, 5, 6, 20)]),
        "eight": (WIDTH, [thrice({WIDTH: width, NAME: name}) for name in NAMES for width in widths]),
        "one value": (NAME, [thrice({NAME: "ReLU"}, model) for model in ("FC", "CNN")]),
    }


SWEEPS = tuple(sweeps())


@cache
def drawn(name: str) -> Figure:
    key, points = sweeps()[name]
    with report_style():
        figure = draw_parameter(SweepResult(tuple(points)), key)
        figure.draw_without_rendering()
    return figure


def marks_of(panel: Axes) -> list[list[Mark]]:
    """Return the marks that stand at each tick, from left to right."""
    points = panel.figure.dpi / 72
    ticks = [float(panel.transData.transform((tick, 1))[0]) for tick in panel.get_xticks()]
    found: list[list[Mark]] = [[] for _ in ticks]
    for line in panel.lines:
        if str(line.get_label()).startswith("_"):
            continue
        style = MarkerStyle(str(line.get_marker()))
        outline = style.get_path().transformed(style.get_transform()).get_extents()
        for x, _ in panel.transData.transform(line.get_xydata()):
            half = (outline.width * line.get_markersize() + line.get_markeredgewidth()) / 2 * points
            nearest = int(np.argmin([abs(tick - x) for tick in ticks]))
            found[nearest].append(Mark(x - half, x, x + half))
    return [sorted(group) for group in found]


@pytest.mark.parametrize("name", SWEEPS)
def test_no_mark_lies_on_another_and_none_beyond_the_axis(name: str) -> None:
    key, points = sweeps()[name]
    panels = drawn(name).axes
    groups = marks_of(panels[-1])
    assert sorted(map(len, groups)) == sorted(
        sum(entry.point.values[key] == value for entry in points)
        for value in {str(entry.point.values[key]): entry.point.values[key] for entry in points}.values()
    )
    marks = [mark for group in groups for mark in group]
    assert all(one.right < other.left for one, other in pairwise(marks))
    inside = panels[-1].get_window_extent()
    assert inside.x0 < marks[0].left
    assert marks[-1].right < inside.x1
    above = [[len(group) for group in marks_of(panel)] for panel in panels[:-1]]
    assert [sum(counts) for counts in zip(*above, strict=True)] == list(map(len, groups))


def asides_of(panel: Axes) -> dict[str, list[float]]:
    """Return how far each mark of each family stands from its tick, in pixels."""
    ticks = np.array([float(panel.transData.transform((tick, 1))[0]) for tick in panel.get_xticks()])
    found: dict[str, list[float]] = {}
    for line in panel.lines:
        if not str(line.get_label()).startswith("_"):
            places = panel.transData.transform(line.get_xydata())[:, 0]
            found[str(line.get_label())] = [float(x - ticks[np.argmin(abs(ticks - x))]) for x in places]
    return found


@pytest.mark.parametrize("name", SWEEPS)
def test_series_stands_equally_far_aside_at_all_its_values_in_all_panels(name: str) -> None:
    panels = drawn(name).axes
    below = asides_of(panels[-1])
    for asides in map(asides_of, panels):
        for label, own in asides.items():
            assert own == pytest.approx([below[label][0]] * len(own), abs=0.5)


def test_series_with_the_most_values_stands_on_them_and_others_around() -> None:
    most = [own[0] for own in asides_of(drawn("layers").axes[-1]).values()]
    assert most[0] == pytest.approx(0, abs=0.5)
    assert most[1] < most[2] < 0 < most[3] < most[4]
    assert sum(own[0] for own in asides_of(drawn("names").axes[-1]).values()) == pytest.approx(0, abs=0.5)


@pytest.mark.parametrize("name", SWEEPS)
def test_groups_of_neighbouring_values_are_farther_apart_than_their_marks(name: str) -> None:
    groups = [group for group in marks_of(drawn(name).axes[-1]) if group]
    gaps = [right[0].left - left[-1].right for left, right in pairwise(groups)]
    assert all(gap > 4 * drawn(name).dpi / 72 for gap in gaps)


@pytest.mark.parametrize("name", SWEEPS)
def test_runs_stand_on_the_vertical_of_their_mark_which_reaches_from_the_lowest_to_the_highest(name: str) -> None:
    panel = drawn(name).axes[-1]
    marks = [line for line in panel.lines if not str(line.get_label()).startswith("_")]
    places = sorted(float(x) for line in marks for x in np.asarray(line.get_xdata()))
    dots = [line for line in panel.lines if line.get_markersize() < marks[0].get_markersize()]
    assert sorted(dot for line in dots for dot in np.array(line.get_xydata()).tolist()) == [
        [x, y] for x in places for y in (96.0, 97.0, 98.5)
    ]
    verticals = [ends for lines in panel.collections for ends in cast("LineCollection", lines).get_segments()]
    assert sorted(np.array(verticals).tolist()) == [[[x, 96.0], [x, 98.5]] for x in places]


def test_where_nothing_is_repeated_there_is_no_vertical_and_where_nothing_is_shared_no_stripe() -> None:
    points = [result({WIDTH: [width]}) for width in (4, 16, 64)]
    for panel in draw_parameter(SweepResult(tuple(points)), WIDTH).axes:
        assert not panel.collections
        assert not panel.patches
        (line,) = [line for line in panel.lines if line.get_label() == "FC"]
        assert list(np.asarray(line.get_xdata())) == pytest.approx([4, 16, 64])


def test_marks_that_share_a_value_stand_in_its_stripe() -> None:
    panel = drawn("layers").axes[-1]
    ends = sorted((float(stripe.get_extents().x0), float(stripe.get_extents().x1)) for stripe in panel.patches)
    shared = [group for group in marks_of(panel) if len(group) > 1]
    assert len(ends) == len(shared) == 3
    for (left, right), group in zip(ends, shared, strict=True):
        assert left < group[0].left
        assert group[-1].right < right


def test_where_there_is_no_room_marks_stay_at_their_value_and_nothing_says_otherwise() -> None:
    found = SweepResult(tuple(thrice({EPOCHS: count}, model) for model in ("FC", "CNN") for count in range(100, 160)))
    panel = draw_parameter(found, EPOCHS).axes[-1]
    assert not panel.patches
    assert {round(float(x), 9) for line in panel.lines for x in np.asarray(line.get_xdata())} == set(range(100, 160))
    assert "stripe" not in parameter_caption(found, EPOCHS)
