"""The titles and the colour bars of a heat map."""

from __future__ import annotations

from dataclasses import replace

from mnist_lab.language import Language, speaking
from mnist_lab.reports.style import report_style
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
    with speaking("ja"):
        bars = draw_heat_map(POINTS, ACROSS, DOWN).axes[2:]
    assert bars[0].get_ylabel() == "学習時間 [s]\n（0 から始まらない）"
