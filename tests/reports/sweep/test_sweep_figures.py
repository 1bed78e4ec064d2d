from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes

from mnist_lab.language import spaced, speaking
from mnist_lab.reports.style import report_style
from mnist_lab.reports.sweep.figure_captions import pareto_caption
from mnist_lab.reports.sweep.heat_map_figure import draw_heat_map
from mnist_lab.reports.sweep.mark_labels import are_marks_named
from mnist_lab.reports.sweep.off_scale import OFF_SCALE
from mnist_lab.reports.sweep.parameter_figure import draw_parameter
from mnist_lab.reports.sweep.pareto_figure import draw_pareto, has_steps
from mnist_lab.reports.sweep.sweep_report import write_sweep_report
from mnist_lab.runs.run import read_runs
from mnist_lab.sweeps.recorded import collect_runs
from mnist_lab.sweeps.result import SweepResult
from tests.sweeps.made_results import leave_activations, leave_swept_run, result

KEY = "model.activation"


def places_of(panel: Axes, label: str) -> list[float]:
    (line,) = [line for line in panel.lines if line.get_label() == label]
    return [float(place) for place in np.asarray(line.get_xdata())]


def test_point_that_hardly_learned_does_not_press_the_others_together(tmp_path: Path) -> None:
    found = leave_activations(tmp_path)
    for panel, names in ((draw_parameter(found, KEY).axes[-1], 0), (draw_pareto(found, 0.5).axes[0], 5)):
        assert 90 < panel.get_ylim()[0] < 95
        first, *others = [text.get_text() for text in panel.texts]
        assert first == "19.0 %"
        assert len(others) == names


def test_mark_below_the_axis_stands_beside_the_others_of_its_value(tmp_path: Path) -> None:
    lower = draw_parameter(leave_activations(tmp_path), KEY).axes[-1]
    (below,) = [line for line in lower.lines if line.get_marker() == OFF_SCALE]
    aside = max(places_of(lower, "CNN")) - 1  # of the value before it
    assert float(np.asarray(below.get_xdata())[0]) == pytest.approx(2 + aside)
    assert aside > 0


def test_axis_of_times_that_differ_by_factors_is_logarithmic_and_says_so() -> None:
    times_s = {"FC": (1.0, 1.3, 6.0), "CNN": (2.0, 12.0, 9.0)}
    names = ("ReLU", "GELU", "Sigmoid")
    points = [
        result({KEY: name}, model, train_s=s)
        for model, own in times_s.items()
        for name, s in zip(names, own, strict=True)
    ]
    both = draw_parameter(SweepResult(tuple(points)), KEY).axes[0]
    ticks = both.get_yticks()
    assert both.get_ylim()[0] <= ticks[0] <= 1.0
    assert 12.0 <= ticks[-1] <= both.get_ylim()[1]
    assert (both.get_yscale(), both.get_ylabel()) == ("log", "training time [s], logarithmic")
    upper = draw_parameter(SweepResult(tuple(points[:2])), KEY).axes[0]
    assert (upper.get_yscale(), upper.get_ylabel(), upper.get_ylim()[0]) == ("linear", "training time [s]", 0)


def test_axis_of_times_is_that_of_the_points_in_the_figure() -> None:
    points = [result({"model.hidden": [width]}, train_s=0.1) for width in (4, 8)]
    points += [result({"model.channels": [count] * 2}, "CNN", train_s=5.0 + count) for count in (2, 4)]
    assert draw_parameter(SweepResult(tuple(points)), "model.channels").axes[0].get_yscale() == "linear"


def test_colours_are_those_of_the_points_that_learned(tmp_path: Path) -> None:
    values = [(name, width) for name in ("ReLU", "Sigmoid") for width in (16, 64)]
    for number, (name, width) in enumerate(values):
        accuracy = 0.12 if (name, width) == ("Sigmoid", 16) else 0.95 + 0.01 * number
        varied = {KEY: name, "model.hidden": [width]}
        leave_swept_run(tmp_path, f"point-{number}", varied, seed=number, val=[accuracy] * 3, test=accuracy)

    points = collect_runs(read_runs([tmp_path])).points
    panel = draw_heat_map(points, KEY, "model.hidden").axes[1]
    (image,) = panel.images
    assert [text.get_text() for text in panel.texts] == ["95.00", "96.00", "12.00", "98.00"]
    assert image.norm.vmin == pytest.approx(95)


def test_captions_tell_of_what_is_in_the_figure_alone(tmp_path: Path) -> None:
    write_sweep_report(tmp_path / "lost", "own", leave_activations(tmp_path / "tb_logs"), 0.5, "en")
    text = (tmp_path / "lost" / "report.md").read_text(encoding="utf-8")
    (caption,) = [line for line in text.splitlines() if line.startswith("Figure 1.")]
    assert "Triangles in the grey band" in caption
    assert "At the marks: the activation." in text
    assert "line" not in caption
    assert "repeats" not in caption


def test_caption_says_which_settings_stand_at_the_marks_of_each_model() -> None:
    points = [result({"model.hidden": [width]}, parameters=width) for width in (4, 8)]
    points += [
        result({"model.channels": [2, 2], "model.hidden": [width]}, "CNN", parameters=width) for width in (16, 32)
    ]
    caption = pareto_caption(SweepResult(tuple(points)), 0.5, named=True)
    assert "the number of hidden nodes of FC and number of channels/number of hidden nodes of CNN." in caption
    with speaking("ja"):
        caption = spaced(pareto_caption(SweepResult(tuple(points)), 0.5, named=True))
    assert "印に添えた文字は FC では隠れ層のノード数、CNN ではチャンネル数/隠れ層のノード数である。" in caption


def legend_of(panel: Axes) -> list[str]:
    return panel.get_legend_handles_labels()[1]


def test_front_shows_the_bound_the_smallest_and_the_times_that_are_not_to_be_trusted() -> None:
    small, wide = (
        result({"model.hidden": [width]}, parameters=795 * width, train_s=1.0 * width, val=0.97 + width / 10000)
        for width in (16, 32)
    )
    panels = draw_pareto(SweepResult((small, wide)), 0.5).axes
    (bound,) = [line for line in panels[0].lines if line.get_linestyle() == ":"]
    assert np.asarray(bound.get_ydata())[0] == pytest.approx(97.32 - 0.5)
    assert "smallest within 0.5 percentage points of the best" in legend_of(panels[0])
    assert "disturbed by other programs" not in legend_of(panels[1])
    disturbed = replace(small, runs=(replace(small.runs[0], disturbed=0.5),))
    assert "disturbed by other programs" in legend_of(draw_pareto(SweepResult((disturbed, wide)), 0.5).axes[1])


def test_few_marks_of_the_front_are_named_without_overlap() -> None:
    names = ("ReLU", "LeakyReLU", "Tanh", "GELU")
    measured = {"CNN": ((10.9, 0.9827), (10.5, 0.9833), (10.8, 0.9799), (11.6, 0.9844))}
    measured["FC"] = ((2.51, 0.9735), (2.25, 0.9732), (2.36, 0.9667), (2.63, 0.9748))
    points = [
        result({KEY: name}, model, train_s=s, val=val)
        for model, own in measured.items()
        for name, (s, val) in zip(names, own, strict=True)
    ]
    with report_style():
        figure = draw_pareto(SweepResult(tuple(points)), 0.5)
        figure.draw_without_rendering()
        (panel,) = figure.axes
        boxes = [text.get_window_extent() for text in panel.texts]
    assert [text.get_text() for text in panel.texts] == [*names, *names]
    assert not [one for one in boxes if one.count_overlaps(boxes) > 1]
    assert all(panel.get_window_extent().count_overlaps([one]) == 1 for one in boxes)


def test_marks_are_not_named_where_names_would_overlap() -> None:
    places = [(f"activation_{number}", 2.0 + number / 1000, 0.98) for number in range(11)]
    near = [result({KEY: name}, train_s=s, val=val) for name, s, val in [*places, ("far", 9.0, 0.98)]]
    assert not are_marks_named(draw_pareto(SweepResult(tuple(near)), 0.5))


def test_of_many_marks_those_are_named_that_hold_the_accuracy_and_each_models_best() -> None:
    points = [
        result({KEY: f"{number}"}, train_s=1.5**number, val=0.9 + number / 200, parameters=100 * 2**number)
        for number in range(13)
    ]
    few, many = (draw_pareto(SweepResult(tuple(shown)), 0.5) for shown in (points[:12], points))
    assert names_at(few.axes[0]) == {f"{number}" for number in range(12)}
    assert [names_at(panel) for panel in many.axes] == [{"11", "12"}] * 2
    other = result({KEY: "other"}, "CNN", train_s=3.0, val=0.88, parameters=500)
    assert names_at(draw_pareto(SweepResult((*points, other)), 0.5).axes[0]) == {"11", "12", "other"}
    assert "At some marks: the activation." in pareto_caption(SweepResult(tuple(points)), 0.5, named=True)
    assert "At the marks: the activation." in pareto_caption(SweepResult(tuple(points[:12])), 0.5, named=True)


def names_at(panel: Axes) -> set[str]:
    return {text.get_text() for text in panel.texts if text.get_text()}


def test_caption_speaks_of_steps_only_where_there_are_any() -> None:
    slow, fast = (result({KEY: name}, train_s=s, val=val) for name, s, val in [("ReLU", 2.0, 0.9), ("GELU", 1.0, 0.95)])
    assert not has_steps(SweepResult((slow, fast)))
    assert has_steps(SweepResult((replace(slow, runs=(replace(slow.runs[0], val_accuracy=0.99),)), fast)))


def test_marks_are_the_means_of_accuracies_as_in_the_table() -> None:
    point = result({KEY: "ReLU"})
    runs = tuple(replace(point.runs[0], test_accuracy=share) for share in (0.90, 0.90, 0.96))
    panel = draw_parameter(SweepResult((replace(point, runs=runs), result({KEY: "GELU"}))), KEY).axes[1]
    assert float(np.asarray(panel.lines[0].get_ydata())[0]) == pytest.approx(92)


def test_time_axis_that_has_the_whole_width_has_several_labels() -> None:
    points = [result({KEY: name}, train_s=s) for name, s in [("ReLU", 0.6), ("Tanh", 2.0), ("SiLU", 8.0)]]
    axes = draw_pareto(SweepResult(tuple(points)), 0.5).axes[0]
    assert list(axes.get_xticks()) == pytest.approx([0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10])


def test_steps_leave_out_times_that_are_not_to_be_trusted() -> None:
    points = [result({KEY: name}, train_s=s, val=val) for name, s, val in [("ReLU", 1.0, 0.9), ("GELU", 2.0, 0.95)]]
    slow = result({KEY: "Tanh"}, train_s=50.0, val=0.97)
    disturbed = replace(slow, runs=(replace(slow.runs[0], disturbed=0.5),))
    (line,) = draw_pareto(SweepResult((*points, disturbed)), 0.5).axes[0].lines
    assert list(np.asarray(line.get_xdata())) == [1.0, 2.0]
    assert not has_steps(SweepResult((points[0], disturbed)))


def test_titles_say_between_which_numbers_the_points_of_two_models_lie(tmp_path: Path) -> None:
    found = leave_activations(tmp_path)
    assert draw_parameter(found, KEY).axes[-1].get_title() == "Test accuracy: FC 95.00 to 98.00 %, CNN 97.00 to 98.00 %"
    many = [result({KEY: name}, model) for model in ("FC", "CNN", "Net") for name in ("ReLU", "GELU")]
    assert draw_parameter(SweepResult(tuple(many)), KEY).axes[0].get_title() == "Training time by activation"


def test_legend_names_the_models_before_the_marks(tmp_path: Path) -> None:
    first, *rest = leave_activations(tmp_path).points
    disturbed = replace(first, runs=(replace(first.runs[0], disturbed=0.5),))
    for figure in (
        draw_parameter(SweepResult((disturbed, *rest)), KEY),
        draw_pareto(SweepResult((disturbed, *rest)), 0.5),
    ):
        assert [text.get_text() for text in figure.legends[0].get_texts()][:2] == ["FC", "CNN"]


def test_axis_that_grows_by_factors_says_so_and_where_0_stands(tmp_path: Path) -> None:
    widths: list[list[int]] = [[], [16], [64], [256]]
    points = tuple(
        result({"model.hidden": width}, parameters=10 + 795 * sum(width), val=0.97 + sum(width) / 1e4)
        for width in widths
    )
    assert draw_parameter(SweepResult(points), "model.hidden").axes[1].get_xlabel().endswith(", logarithmic")
    plain = draw_parameter(SweepResult(points[1:3]), "model.hidden").axes[1].get_xlabel()
    assert "logarithmic" not in plain
    for number, width in enumerate(widths):
        size = 10 + 795 * sum(width)
        leave_swept_run(tmp_path / "logs", f"point-{number}", {"model.hidden": width}, seed=number, parameters=size)
    write_sweep_report(tmp_path / "out", "own", collect_runs(read_runs([tmp_path / "logs"])), 0.5, "ja")
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "横軸は対数目盛であり、「なし」は対数では表せないため左端に置いた。" in text
