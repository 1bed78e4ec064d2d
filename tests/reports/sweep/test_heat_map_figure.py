"""The titles, the colour bars and the cells of a heat map."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.colors import to_rgb

from mnist_lab.language import Language, speaking
from mnist_lab.reports.style import report_style
from mnist_lab.reports.sweep.figure_captions import heat_map_caption
from mnist_lab.reports.sweep.heat_map_figure import draw_heat_map
from mnist_lab.sweeps.result import PointResult
from tests.sweeps.made_results import result

ACROSS, DOWN = "model.channels", "model.hidden"
POINTS = [
    result({ACROSS: [count], DOWN: [width]}, "CNN", train_s=5.0 + count, val=0.9 + width / 1000)
    for count in (2, 4)
    for width in (16, 64)
]


def titles(points: list[PointResult], language: Language = "en") -> list[str]:
    with speaking(language), report_style():
        return [panel.get_title(loc="left") for panel in draw_heat_map(points, ACROSS, DOWN).axes[:2]]


def test_titles_say_between_which_numbers_the_cells_lie() -> None:
    assert titles(POINTS) == ["CNN training time: 7.00 to 9.00 s", "CNN test accuracy: 91.5 to 96.3 %"]
    assert titles(POINTS, "ja") == ["CNN の学習時間：7.00〜9.00 s", "CNN のテスト精度：91.5〜96.3 %"]


def test_title_is_neutral_where_it_would_not_fit_or_a_time_is_not_to_be_trusted() -> None:
    long = [replace(entry, name="MyOwnConvolutionalNetwork") for entry in POINTS]
    assert titles(long)[0] == "MyOwnConvolutionalNetwork: training time [s]"
    disturbed = replace(POINTS[0], runs=(replace(POINTS[0].runs[0], disturbed=0.5),))
    assert titles([disturbed, *POINTS[1:]], "ja") == ["CNN：学習時間 [s]", "CNN のテスト精度：91.5〜96.3 %"]


def test_colour_bars_say_that_they_do_not_begin_at_0() -> None:
    bars = draw_heat_map(POINTS, ACROSS, DOWN).axes[2:]
    assert [bar.get_ylabel() for bar in bars] == ["training time [s],\nnot from 0", "test accuracy [%],\nnot from 0"]
    with speaking("ja"), report_style():
        bars = draw_heat_map(POINTS, ACROSS, DOWN).axes[2:]
    assert bars[0].get_ylabel() == "学習時間 [s]\n（0 から始まらない）"


def wide(columns: int) -> list[PointResult]:
    """Points with small times, that is, long texts; every other was measured again."""
    return [
        result(
            {ACROSS: [4 + column], DOWN: name},
            "CNN",
            train_s=0.0205 + column / 1000,
            val=0.9 + column / 1000,
            again_s=0.0205 + column / 1000 if column % 2 else None,
        )
        for name in ("ReLU", "Sigmoid")
        for column in range(columns)
    ]


@pytest.mark.parametrize("columns", [5, 10, 24])
def test_texts_lie_in_one_cell_each(columns: int) -> None:
    with report_style():
        figure = draw_heat_map(wide(columns), ACROSS, DOWN)
        figure.draw_without_rendering()
        for panel in figure.axes[:2]:
            cell = panel.get_window_extent().width / columns
            texts = [text.get_window_extent() for text in panel.texts]
            assert len(texts) == 2 * columns
            assert max(box.width for box in texts) < cell
            assert max(box.height for box in texts) < panel.get_window_extent().height / 2
            assert not [box for box in texts if box.count_overlaps(texts) > 1]
            assert min(float(text.get_fontsize()) for text in panel.texts) >= 6
            assert {text.get_rotation() for text in panel.texts} == {0} or columns > 10


def test_names_of_many_columns_do_not_lie_on_one_another() -> None:
    points = [result({ACROSS: f"Activation{number}", DOWN: [width]}) for number in range(8) for width in (4, 8)]
    with report_style():
        figure = draw_heat_map(points, ACROSS, DOWN)
        figure.draw_without_rendering()
        assert {label.get_rotation() for label in figure.axes[0].get_xticklabels()} == {30}


def test_colours_are_those_of_the_times_to_be_trusted() -> None:
    slow = replace(POINTS[0], runs=(replace(POINTS[0].runs[0], train_s=100.0, disturbed=0.5),))
    panel = draw_heat_map([slow, *POINTS[1:]], ACROSS, DOWN).axes[0]
    (image,) = panel.images
    assert (image.norm.vmin, image.norm.vmax) == (7.0, 9.0)
    assert [text.get_text() for text in panel.texts] == ["(100)", "7.00", "9.00", "9.00"]
    (grey,) = panel.patches
    assert len(set(to_rgb(grey.get_facecolor()))) == 1
    assert "Grey, in brackets: times that are not to be trusted." in heat_map_caption([slow, *POINTS[1:]], ACROSS, DOWN)
    assert "Grey" not in heat_map_caption(POINTS, ACROSS, DOWN)
    with speaking("ja"):
        assert "灰色のマス" in heat_map_caption([slow], ACROSS, DOWN)


def test_heat_map_without_a_time_to_be_trusted_has_no_colours_of_times() -> None:
    disturbed = [replace(entry, runs=(replace(entry.runs[0], disturbed=0.5),)) for entry in POINTS]
    with report_style():
        figure = draw_heat_map(disturbed, ACROSS, DOWN)
    assert len(figure.axes) == 3  # one colour bar: that of the accuracies
    assert len(figure.axes[0].patches) == len(POINTS)
