"""The areas that marks have on the page, measured from what is drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.transforms import Affine2D

from mnist_lab.language import Language, speaking
from mnist_lab.reports.figure_texts import figure_caption
from mnist_lab.reports.run_content import find
from mnist_lab.reports.run_figures import draw_figures
from mnist_lab.reports.style import MODEL_MARKERS, OTHER_MARKERS
from mnist_lab.runs.run import read_runs
from tests.reports.records import leave_run


def drawn_areas(axes: Axes) -> list[float]:
    """Count, mark by mark, the points of a fine grid that lie inside."""
    areas = []
    for mark in axes.collections:
        if isinstance(mark, PathCollection):
            path = mark.get_paths()[0].transformed(Affine2D(mark.get_transforms()[0]))
            low, high = path.get_extents().get_points()
            x, y = np.linspace(low, high, 400).T
            inside = path.contains_points(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2))
            areas.append(float(inside.mean() * np.ptp(x) * np.ptp(y)))
    return areas


def test_areas_are_proportional_to_parameters(tmp_path: Path) -> None:
    leave_run(tmp_path, "CNN", 0, parameters=6000)
    for place in range(len(OTHER_MARKERS) + 1):
        leave_run(tmp_path, "FC", 0, name=str(place), parameters=900 + 500 * place, model_settings={"hidden": [place]})
    groups = find(read_runs([tmp_path])).groups
    figure = draw_figures(groups)["time_and_accuracy"]
    figure.draw_without_rendering()
    areas = drawn_areas(figure.axes[0])
    assert len(areas) == len(MODEL_MARKERS) + len(OTHER_MARKERS)
    shares = [area / group.record.parameters for area, group in zip(areas, groups, strict=True)]
    assert shares == pytest.approx([shares[0]] * len(shares), rel=0.02)


@pytest.mark.parametrize(("language", "said"), [("en", "are drawn larger"), ("ja", "それより大きく描いた")])
def test_mark_that_would_be_too_small_is_said_to_be_drawn_larger(language: Language, said: str, tmp_path: Path) -> None:
    for count, larger in ((101770, False), (100, True)):
        leave_run(tmp_path / str(count), "CNN", 0)
        leave_run(tmp_path / str(count), "FC", 0, parameters=count)
        findings = find(read_runs([tmp_path / str(count)]))
        with speaking(language):
            assert (said in figure_caption("time_and_accuracy", findings.groups)) is larger
