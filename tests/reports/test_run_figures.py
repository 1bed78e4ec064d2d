"""The figures of runs: their marks, legends, titles and captions, and that many settings stay readable."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import CircleCollection, PathCollection
from matplotlib.container import ErrorbarContainer

from mnist_lab.language import Language, speaking
from mnist_lab.reports.figure_texts import figure_caption, figure_title
from mnist_lab.reports.run_content import find
from mnist_lab.reports.run_figures import draw_figures
from mnist_lab.reports.style import report_style
from mnist_lab.runs.run import read_runs
from tests.reports.records import leave_run

STEM = "time_and_accuracy"
LONG_NAME = "FC, limit_train_batches 60, hidden {}, activation LeakyReLU"


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
        ("ja", "CNN は FC に比べて、学習時間が 6.60 倍で、テスト精度は 1.67 ポイント高い"),
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
    assert legend.get_title().get_text() == "parameters"
    handles = [handle for handle in legend.legend_handles if isinstance(handle, CircleCollection)]
    assert [handle.get_hatch() for handle in handles] == [mark.get_hatch() for mark in marks]


def leave_settings(log_dir: Path, count: int, **more: Any) -> None:
    """Leave one run each of models that differ in several settings."""
    for place in range(count):
        settings = {"hidden": [16 + place], "activation": f"Activation{place}", "bias": place}
        leave_run(log_dir, "FC", 0, name=f"run-{place}", test=0.7 + place / 100, model_settings=settings, **more)


@pytest.mark.parametrize("count", [2, 5, 20])
def test_figures_of_many_settings_stay_readable(count: int, tmp_path: Path) -> None:
    leave_settings(tmp_path, count)
    found = find(read_runs([tmp_path]))
    groups = [replace(group, label=LONG_NAME.format(n)) for n, group in enumerate(found.groups)]
    with report_style():
        figures = draw_figures(groups, found.comparisons)
        for stem, figure in figures.items():
            figure.draw_without_rendering()
            (axes,) = figure.axes
            panel = axes.get_window_extent()
            assert panel.width > 0.5 * figure.bbox.width
            assert panel.height / figure.dpi > (3.0 if stem in ("accuracy_over_time", STEM) else 0.3 * count)
            assert figure.get_figheight() < 11
            for label in (axes.xaxis.label, axes.yaxis.label, axes.title, *axes.get_yticklabels()):
                assert figure.bbox.x0 <= label.get_window_extent().x0
                assert figure.bbox.y0 <= label.get_window_extent().y0
            for legend in figure.legends:
                assert legend.get_window_extent().y1 < axes.xaxis.label.get_window_extent().y0
            rows = [label.get_window_extent() for label in axes.get_yticklabels()]
            assert not [box for box in rows if box.count_overlaps(rows) > 1]


def test_setting_without_a_completed_run_has_no_row_and_no_entry(tmp_path: Path) -> None:
    leave_settings(tmp_path, 5)
    leave_run(tmp_path, "CNN", 0, status="interrupted", test=None)
    found = find(read_runs([tmp_path]))
    assert len(found.groups) == 6
    figures = draw_figures(found.groups, found.comparisons)
    for stem in ("time_per_epoch", "accuracy"):
        assert len(figures[stem].axes[0].get_yticklabels()) == 5
        assert figures[stem].axes[0].get_ylim() == (4.5, -0.5)
    for stem in ("accuracy_over_time", STEM):
        (legend,) = figures[stem].legends
        assert len(legend.get_texts()) == 5


@pytest.mark.parametrize(("language", "bars", "mean"), [("en", "error bars", "mean"), ("ja", "誤差棒", "平均")])
def test_caption_explains_means_and_error_bars_only_where_there_are_repeats(
    language: Language, bars: str, mean: str, tmp_path: Path
) -> None:
    leave_pair(tmp_path / "repeats")
    leave_settings(tmp_path / "once", 2)
    repeats, once = (find(read_runs([tmp_path / name])) for name in ("repeats", "once"))
    with speaking(language), report_style():
        for stem, figure in draw_figures(once.groups, once.comparisons).items():
            assert bars in figure_caption(stem, repeats.groups)
            assert mean in figure_caption(stem, repeats.groups).lower()
            assert bars not in figure_caption(stem, once.groups)
            assert mean not in figure_caption(stem, once.groups).lower()
            assert not drawn_error_bars(figure.axes[0])


def drawn_error_bars(axes: Axes) -> list[object]:
    return [one for one in axes.containers if isinstance(one, ErrorbarContainer) and (one.has_xerr or one.has_yerr)]


def test_title_with_numbers_stands_only_where_it_fits(tmp_path: Path) -> None:
    leave_settings(tmp_path, 2)
    groups = find(read_runs([tmp_path])).groups
    long = [replace(group, label=LONG_NAME.format(n)) for n, group in enumerate(groups)]
    short = [replace(group, label=f"FC-{n}") for n, group in enumerate(groups)]
    with speaking("ja"):
        assert figure_title("accuracy", short) == "テスト精度：FC-0 は 70.00 %、FC-1 は 71.00 %"
        titles = [figure_title(stem, long) for stem in ("accuracy_over_time", "time_per_epoch", "accuracy")]
    assert titles == ["学習時間と検証精度", "1 エポックの学習時間", "テスト精度"]
