"""The Pareto figure's panels, their titles, and what is drawn above what."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from mnist_lab.language import Language, speaking
from mnist_lab.reports.style import report_style
from mnist_lab.reports.sweep.pareto_figure import draw_pareto
from mnist_lab.reports.sweep.pareto_titles import size_title, times_title
from mnist_lab.reports.sweep.sentences import margin_text
from mnist_lab.sweeps.result import SweepResult, smallest_within
from tests.sweeps.made_results import result

FC = [
    result({"model.hidden": [width]}, parameters=795 * width, train_s=1.0 + width, val=0.95 + width / 10000)
    for width in (16, 32)
]
CNN = [
    result({"model.channels": [count]}, "CNN", parameters=1000 * count, train_s=6.0 + count, val=0.97 + count / 1000)
    for count in (4, 8, 16)
]
BOTH = SweepResult((*FC, *CNN))


def titles(result: SweepResult, language: Language = "en") -> list[str]:
    smallest = [entry for entry in smallest_within(result.points, 0.5).values() if entry]
    with speaking(language):
        return [size_title(smallest, margin_text(result.points, 0.5)), times_title(result)]


def test_panels_stand_one_above_the_other_each_with_its_labels() -> None:
    with report_style():
        figure = draw_pareto(BOTH, 0.5)
        figure.draw_without_rendering()
    size, time = figure.axes
    assert size.get_position().x0 == pytest.approx(time.get_position().x0)
    assert size.get_position().y0 > time.get_position().y1
    assert size.get_ylim() == time.get_ylim()
    assert [panel.get_title(loc="left") for panel in (size, time)] == titles(BOTH)
    for panel in (size, time):
        assert panel.get_ylabel() == "validation accuracy [%], not from 0"
        assert panel.get_xlabel().endswith("logarithmic")
        assert any(label.get_visible() and label.get_text() for label in panel.get_yticklabels())


@pytest.mark.parametrize("largest", [1_000_000, 30_000, 5_000_000])
def test_labels_of_sizes_do_not_run_together(largest: int) -> None:
    points = [result({"model.hidden": [size]}, parameters=size) for size in (200, largest)]
    with report_style():
        figure = draw_pareto(SweepResult(tuple(points)), 0.5)
        figure.draw_without_rendering()
        boxes = [label.get_window_extent() for label in figure.axes[0].get_xticklabels()]
    assert len(boxes) >= 3
    assert all(left.x1 + 5 < right.x0 for left, right in itertools.pairwise(boxes))


def test_smallest_model_and_its_ring_lie_above_all_other_marks() -> None:
    for panel in draw_pareto(BOTH, 1.0).axes:
        places = {mark: np.asarray(mark.get_offsets()) for mark in panel.collections}
        ring = next(mark for mark in places if mark.get_label() == "smallest within 1 percentage point of the best")
        (here,) = places[ring]
        alone = [mark for mark, at in places.items() if mark is not ring and len(at) == 1 and np.allclose(at, here)]
        others = [mark.get_zorder() for mark, at in places.items() if len(at) > 1]
        assert others
        assert max(others) < max(mark.get_zorder() for mark in alone) < ring.get_zorder()


def test_titles_say_which_model_is_the_smallest_and_how_accurate_the_models_become() -> None:
    assert titles(BOTH) == [
        "Smallest within 0.5 percentage points of the best: CNN, 16,000 parameters",
        "Highest validation accuracy: FC 95.3 % in 33.0 s, CNN 98.6 % in 22.0 s",
    ]
    assert titles(BOTH, "ja") == [
        "最高の検証精度との差が 0.5 ポイント以内で最小：CNN、16,000 個",
        "検証精度の最高：FC は 95.3 %（33.0 s）、CNN は 98.6 %（22.0 s）",
    ]
    near = SweepResult((replace(FC[1], runs=(replace(FC[1].runs[0], val_accuracy=0.985),)), *CNN))
    assert titles(near, "ja")[0] == "最高の検証精度との差が 0.5 ポイント以内で最小：CNN は 16,000 個、FC は 25,440 個"
    thrice = SweepResult(tuple(replace(entry, runs=entry.runs * 3) for entry in BOTH.points))
    assert titles(thrice)[1].startswith("Highest mean validation accuracy: FC")
    assert titles(thrice, "ja")[1].startswith("平均検証精度の最高：FC は")


def test_title_is_neutral_where_times_are_not_to_be_trusted_or_models_are_many() -> None:
    disturbed = replace(FC[0], runs=(replace(FC[0].runs[0], disturbed=0.5),))
    assert titles(SweepResult((disturbed, *CNN)))[1] == "Accuracy by training time"
    third = result({"model.hidden": [9]}, "Net", parameters=500, val=0.985)
    fourth = result({"model.hidden": [9]}, "Net2", parameters=600, val=0.985)
    assert titles(SweepResult((*BOTH.points, third, fourth)), "ja") == ["パラメータ数と精度", "学習時間と精度"]
