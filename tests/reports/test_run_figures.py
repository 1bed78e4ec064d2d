"""The figure of time and accuracy: its marks, its legend and its title."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import CircleCollection, PathCollection

from mnist_lab.language import Language, speaking
from mnist_lab.reports.figure_texts import figure_title
from mnist_lab.reports.run_content import find
from mnist_lab.reports.run_figures import draw_figures
from mnist_lab.runs.run import read_runs
from tests.reports.records import leave_run

STEM = "time_and_accuracy"


def title(log_dir: Path, language: Language) -> str:
    found = find(read_runs([log_dir]))
    with speaking(language):
        return figure_title(STEM, found.groups, found.comparisons)


def leave_pair(log_dir: Path, fc: tuple[float, float, float] = (0.97, 0.972, 0.969), **more: Any) -> None:
    measured = zip((3.0, 3.1, 2.9), (6.5, 6.6, 6.7), (0.987, 0.988, 0.986), fc, strict=True)
    for seed, (epoch_s, ratio, cnn, other) in enumerate(measured):
        leave_run(log_dir, "CNN", seed, epoch_s=[epoch_s] * 3, test=cnn)
        leave_run(log_dir, "FC", seed, epoch_s=[epoch_s / ratio] * 3, test=other, **more)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "CNN against FC: training time 6.60 times, test accuracy 1.67 points higher"),
        ("ja", "CNN は FC に比べて学習時間が 6.60 倍、テスト精度が 1.67 ポイント高い"),
    ],
)
def test_title_says_how_time_and_accuracy_differ(language: Language, said: str, tmp_path: Path) -> None:
    leave_pair(tmp_path)
    assert title(tmp_path, language) == said


def test_title_says_which_way_the_accuracy_differs(tmp_path: Path) -> None:
    leave_pair(tmp_path, fc=(0.99, 0.992, 0.989))
    assert "points lower" in title(tmp_path, "en")
    assert title(tmp_path, "ja").endswith("ポイント低い")


@pytest.mark.parametrize("case", ["noise", "epochs", "disturbed", "three"])
def test_title_says_nothing_that_is_not_borne_out(case: str, tmp_path: Path) -> None:
    if case == "noise":
        leave_pair(tmp_path, fc=(0.95, 0.99, 0.985))
    elif case == "disturbed":
        leave_pair(tmp_path, others_cpu=[0.5] * 3)
    else:
        leave_pair(tmp_path)
    if case == "three":
        leave_run(tmp_path, "FC", 0, name="wide", model_settings={"hidden": [512]})
    if case == "epochs":
        leave_run(tmp_path, "FC", 9, epoch_s=[0.5] * 2, val=[0.9, 0.95], max_epochs=3)
    assert title(tmp_path, "ja") == "学習時間とテスト精度（面積はパラメータ数）"


def test_marks_whose_areas_are_compared_are_all_circles_in_the_legend_too(tmp_path: Path) -> None:
    leave_pair(tmp_path)
    found = find(read_runs([tmp_path]))
    axes = draw_figures(found.groups, found.comparisons)[STEM].axes[0]
    marks = [mark for mark in axes.collections if isinstance(mark, PathCollection)]
    cnn, fc = (np.asarray(mark.get_paths()[0].vertices) for mark in marks)
    assert np.array_equal(cnn, fc)
    legend = axes.get_legend()
    assert legend is not None
    assert legend.get_title().get_text() == "parameters (area of the mark)"
    handles = [handle for handle in legend.legend_handles if isinstance(handle, CircleCollection)]
    assert [handle.get_hatch() for handle in handles] == [mark.get_hatch() for mark in marks]
