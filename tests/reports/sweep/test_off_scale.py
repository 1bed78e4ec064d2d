"""Points that hardly learned: in a band below the axis of the others, each with its number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from mnist_lab.language import speaking
from mnist_lab.reports.style import report_style
from mnist_lab.reports.sweep import off_scale, parameter_figure, pareto_figure
from mnist_lab.reports.sweep.figure_captions import parameter_caption, pareto_caption
from mnist_lab.reports.sweep.off_scale import OFF_SCALE
from mnist_lab.reports.sweep.parameter_figure import draw_parameter
from mnist_lab.reports.sweep.pareto_figure import draw_pareto
from mnist_lab.sweeps.result import PointResult, SweepResult
from tests.sweeps.made_results import result

KEY, OTHER = "model.hidden", "model.activation"


def point(width: int, name: str, val: float, **more: Any) -> PointResult:
    return result({KEY: [width], OTHER: name}, parameters=795 * width, train_s=0.02, val=val, **more)


POINTS = [
    point(4, "ReLU", 0.136),
    point(4, "Sigmoid", 0.248),
    point(4, "Tanh", 0.2),
    point(12, "ReLU", 0.496),
    point(12, "Sigmoid", 0.608),
    point(128, "ReLU", 0.944),
    point(128, "Sigmoid", 0.3),
]


@pytest.fixture(autouse=True)
def _below_a_half_is_hardly_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    def learned(found: SweepResult) -> SweepResult:
        return SweepResult(tuple(entry for entry in found.points if entry.val_accuracy > 0.5))

    for module in (parameter_figure, pareto_figure):
        monkeypatch.setattr(module, "learned", learned)


def disturbed(entry: PointResult) -> PointResult:
    return replace(entry, runs=tuple(replace(run, train_s=1.0, disturbed=0.5) for run in entry.runs))


def below(panel: Axes) -> list[float]:
    """Return the heights of the marks below the axis, as shares of the panel's height."""
    return [float(np.asarray(line.get_ydata())[0]) for line in panel.lines if line.get_marker() == OFF_SCALE]


def lowest(panel: Axes) -> float:
    """Return the share of the panel's height at which the lowest point that learned stands."""
    data = [line for line in panel.lines if line.get_transform() == panel.transData]
    places = [float(y) for line in data for y in np.asarray(line.get_ydata(), dtype=float)]
    places += [float(y) for mark in panel.collections for _, y in np.asarray(mark.get_offsets()) if y > 50]
    return float((panel.transScale + panel.transLimits).transform((1, min(places)))[1])


def figures(points: list[PointResult]) -> list[Figure]:
    found = SweepResult(tuple(points))
    with report_style():
        drawn = [draw_parameter(found, KEY), draw_pareto(found, 0.5)]
        for figure in drawn:
            figure.draw_without_rendering()
    return drawn


def test_marks_stand_below_all_points_that_learned_and_no_number_on_another() -> None:
    parameter, pareto = figures([*POINTS[:-1], disturbed(POINTS[-1])])
    for panel in (parameter.axes[-1], *pareto.axes):
        heights = below(panel)
        assert len(heights) == 5
        assert 0 < min(heights) < max(heights) < lowest(panel)
        numbers = [text for text in panel.texts if isinstance(text, Annotation) and text.get_text().endswith(" %")]
        boxes = [text.get_window_extent() for text in numbers]
        assert len(boxes) == 5
        assert not [box for box in boxes if box.count_overlaps(boxes) > 1]
        assert all(panel.get_window_extent().count_overlaps([box]) for box in boxes)
        stack = {text.get_text(): float(text.xy[1]) for text in numbers if text.xy[0] == numbers[0].xy[0]}
        assert sorted(stack, key=lambda number: float(number.removesuffix(" %"))) == sorted(
            stack, key=stack.__getitem__
        )
        assert max(box.x1 for box in boxes) <= panel.get_window_extent().x1


def test_axis_is_that_of_the_points_that_learned_even_where_others_were_disturbed() -> None:
    for panel in draw_pareto(SweepResult((POINTS[0], disturbed(POINTS[1]), *POINTS[2:])), 0.5).axes:
        assert 45 < panel.get_ylim()[0] < 60.8
        ticks = [tick for tick in panel.get_yticks() if panel.get_ylim()[0] <= tick]
        assert min(ticks) >= 59


def test_square_of_a_time_not_to_be_trusted_stands_around_the_mark() -> None:
    size, time = draw_pareto(SweepResult((POINTS[0], disturbed(POINTS[1]), *POINTS[2:])), 0.5).axes
    assert not [mark for mark in size.collections if mark.get_label() == "disturbed by other programs"]
    (square,) = [mark for mark in time.collections if mark.get_label() == "disturbed by other programs"]
    (place,) = np.asarray(square.get_offsets())
    assert place[0] == 1.0
    assert place[1] in below(time)


def test_black_edge_below_the_axis_means_the_front_as_above_it() -> None:
    panel = draw_pareto(SweepResult(tuple(POINTS)), 0.5).axes[0]
    marks = [line for line in panel.lines if line.get_marker() == OFF_SCALE]
    edges = [line.get_markeredgecolor() == "black" for line in marks]
    assert edges.count(True) == 1  # of the smallest, the most accurate


def test_point_whose_test_accuracy_lies_on_the_axis_is_drawn_there() -> None:
    better = point(12, "ReLU", 0.496, test=0.7)
    shown = SweepResult((*POINTS[:3], better, *POINTS[4:]))
    panel = draw_parameter(shown, KEY).axes[-1]
    assert "70.0 %" not in [text.get_text() for text in panel.texts]
    assert 70 in [round(float(y)) for line in panel.lines for y in np.asarray(line.get_ydata(), dtype=float)]
    inside = SweepResult((better, *POINTS[4:6]))
    assert "Triangles" not in parameter_caption(inside, KEY)
    with speaking("ja"):
        assert "灰色の帯" in parameter_caption(shown, KEY)
    assert not off_scale.below_axis(inside.points, POINTS[4:6], lambda entry: entry.test_accuracy)


def growing(*lowest: float) -> list[PointResult]:
    """Points whose accuracies lie near together, and some below them."""
    shares = [*lowest, *(0.95 + number / 1000 for number in range(12))]
    return [
        result({KEY: [4 + number]}, parameters=795 * number, train_s=1.0 + number / 10, val=share)
        for number, share in enumerate(shares, start=1)
    ]


def test_point_far_below_the_others_stands_below_the_axis_and_is_said_to_have_learned() -> None:
    points = growing(0.8)
    parameter, pareto = figures(points)
    for panel in (parameter.axes[-1], *pareto.axes):
        assert [text.get_text() for text in panel.texts if text.get_text().endswith(" %")] in (["79.9 %"], ["80.0 %"])
        assert panel.get_ylim()[0] > 90
        assert "far less accurate, below the axis" in [str(line.get_label()) for line in panel.lines]
    said = "Triangles in the grey band, with their numbers: points far less accurate than the others, below the axis."
    assert parameter_caption(SweepResult(tuple(points)), KEY).endswith(said)
    assert pareto_caption(SweepResult(tuple(points)), 0.5, named=False).endswith(said)


@pytest.mark.parametrize("points", [growing(), growing(0.8)[:9], growing(0.945), growing(0.80, 0.81, 0.82, 0.83)])
def test_points_that_are_few_or_many_or_near_stay_on_the_axis(points: list[PointResult]) -> None:
    assert off_scale.near_together(points, lambda entry: entry.val_accuracy) == points
