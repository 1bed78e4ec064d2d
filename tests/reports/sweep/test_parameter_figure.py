"""The graph of one parameter: its panels of times, its repeats, and the colours and markers of families."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.colors import to_rgb

from mnist_lab.language import speaking
from mnist_lab.reports.style import MODEL_COLOURS, MODEL_MARKERS, report_style
from mnist_lab.reports.sweep.families import families_of
from mnist_lab.reports.sweep.family_styles import family_styles
from mnist_lab.reports.sweep.figure_captions import parameter_caption
from mnist_lab.reports.sweep.parameter_figure import draw_parameter, has_panel_per_model
from mnist_lab.sweeps.result import PointResult, SweepResult
from tests.sweeps.made_results import result

KEY, WIDTH = "model.activation", "model.hidden"


def activations(*models: str, times_s: tuple[float, ...] = (1.0, 8.0, 40.0, 300.0)) -> list[PointResult]:
    return [
        result({KEY: name}, model, train_s=time_s * factor)
        for model, time_s in zip(models, times_s, strict=False)
        for name, factor in (("ReLU", 1.0), ("GELU", 1.2))
    ]


def panels_of(points: list[PointResult], key: str = KEY) -> list[tuple[str, str, float]]:
    """Return scale, title and lower end of each panel of times."""
    with report_style():
        times = draw_parameter(SweepResult(tuple(points)), key).axes[:-1]
        return [(panel.get_yscale(), panel.get_title(loc="left"), panel.get_ylim()[0]) for panel in times]


def test_models_whose_times_lie_apart_have_a_panel_each_that_begins_at_0() -> None:
    assert panels_of(activations("FC", "CNN", "Net")) == [
        ("linear", "FC training time: 1.00 to 1.20 s", 0),
        ("linear", "CNN training time: 8.00 to 9.60 s", 0),
        ("linear", "Net training time: 40.0 to 48.0 s", 0),
    ]
    with speaking("ja"):
        assert panels_of(activations("FC", "CNN"))[1][1] == "CNN の学習時間：8.00〜9.60 s"


def test_many_models_or_wide_spans_share_a_logarithmic_axis() -> None:
    assert [scale for scale, *_ in panels_of(activations("FC", "CNN", "Net", "Own"))] == ["log"]
    wide = [result({WIDTH: [width]}, model, train_s=width / 8) for model in ("FC", "CNN") for width in (8, 64)]
    assert [scale for scale, *_ in panels_of(wide, WIDTH)] == ["log"]
    near = activations("FC", "CNN", times_s=(1.0, 3.0))
    assert panels_of(near) == [("linear", "Training time: FC 1.00 to 1.20 s, CNN 3.00 to 3.60 s", 0)]


def test_only_a_model_whose_own_times_differ_by_factors_has_a_logarithmic_panel() -> None:
    points = [result({WIDTH: [width]}, train_s=width / 8) for width in (8, 64)]
    points += [result({WIDTH: [width]}, "CNN", train_s=30 + width / 8) for width in (8, 64)]
    assert [scale for scale, *_ in panels_of(points, WIDTH)] == ["log", "linear"]
    disturbed = replace(points[0], runs=(replace(points[0].runs[0], disturbed=0.5),))
    assert panels_of([disturbed, *points[1:]], WIDTH)[0][1] == "Training time of FC by number of hidden nodes"


def test_caption_says_that_time_axes_differ_and_what_the_marks_are() -> None:
    thrice = [replace(entry, runs=entry.runs * 3) for entry in activations("FC", "CNN")]
    caption = parameter_caption(SweepResult(tuple(thrice)), KEY)
    assert "The models have time axes of their own." in caption
    assert (
        "Marks in a pale stripe have the same value and are set apart sideways, each series by the same width."
        in caption
    )
    assert "Dots on the vertical line through a mark: single runs, which the mark may hide." in caption
    near = SweepResult(tuple(activations("FC", "CNN", times_s=(1.0, 2.0))))
    assert not has_panel_per_model(families_of(near, KEY))
    assert "of their own" not in parameter_caption(near, KEY)
    assert "Dots" not in parameter_caption(near, KEY)
    assert "stripe" not in parameter_caption(SweepResult(tuple(activations("FC"))), KEY)
    with speaking("ja"):
        assert "薄い縦縞の中の印は同じ値の設定であり、系列ごとに一定の幅だけ左右にずらして示す。" in parameter_caption(
            near, KEY
        )


def test_a_repeat_far_from_its_middle_lies_within_the_axis() -> None:
    point = result({KEY: "ReLU"})
    runs = tuple(replace(point.runs[0], test_accuracy=share) for share in (0.90, 0.97, 0.98))
    panel = draw_parameter(SweepResult((replace(point, runs=runs), result({KEY: "GELU"}))), KEY).axes[-1]
    low, high = panel.get_ylim()
    assert low < 90
    assert high > 98


def test_every_name_has_its_place_on_the_axis_also_where_few_families_have_a_point_there() -> None:
    points = [result({KEY: name, WIDTH: [width]}) for width in (4, 8, 16) for name in ("ReLU", "GELU")]
    panel = draw_parameter(SweepResult((*points, result({KEY: "Tanh", WIDTH: [4]}))), KEY).axes[-1]
    low, high = panel.get_xlim()
    assert low < 0
    assert high > 2


def test_families_have_shades_of_their_models_colour_and_markers_of_their_own() -> None:
    points = [result({WIDTH: [width]}) for width in (16, 64)]
    points += [result({WIDTH: [width], "model.channels": [count]}, "CNN") for count in (2, 4, 8) for width in (16, 64)]
    found = SweepResult(tuple(points))
    fc, *cnn = family_styles(families_of(found, WIDTH), found.models)
    assert (fc.colour, fc.marker) == (MODEL_COLOURS["FC"], MODEL_MARKERS["FC"])
    assert to_rgb(cnn[1].colour) == pytest.approx(to_rgb(MODEL_COLOURS["CNN"]), abs=0.01)
    light = [sum(to_rgb(style.colour)) for style in cnn]
    assert light == sorted(light, reverse=True)
    for style in cnn:  # the hue is orange throughout
        red, green, blue = to_rgb(style.colour)
        assert red > green > blue
    assert len({style.marker for style in (fc, *cnn)}) == 4


def test_a_model_has_the_same_colour_in_every_figure_whatever_stands_beside_it() -> None:
    points = [result({WIDTH: [8]}, "Own"), *activations("Net")]
    found = SweepResult(tuple(points))
    (net,) = family_styles(families_of(found, KEY), found.models)
    (own,) = family_styles(families_of(found, WIDTH), found.models)
    assert net.colour != own.colour
