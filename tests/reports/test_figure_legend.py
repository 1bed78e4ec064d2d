"""The legend below a figure: within its width, and without taking height from the panels."""

from __future__ import annotations

import pytest
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mnist_lab.reports.figure_legend import legend_below
from mnist_lab.reports.style import WIDTH_INCH, report_style

LONG = "ほとんど学習できていない設定（軸の範囲外）"


@pytest.mark.parametrize("labels", [["FC", "CNN"], [LONG] * 6, ["FC", LONG, LONG], [LONG * 3] * 2, [LONG] * 20])
def test_legend_fits_the_width_and_the_panel_keeps_its_height(labels: list[str]) -> None:
    handles: list[Artist] = [Line2D([], [], marker="o") for _ in labels]
    with report_style():
        figure = Figure(figsize=(WIDTH_INCH, 4), layout="constrained")
        panel = figure.subplots()
        figure.draw_without_rendering()
        before = panel.get_window_extent().height
        legend_below(figure, handles, labels)
        figure.draw_without_rendering()
        (legend,) = figure.legends
        boxes = [text.get_window_extent() for text in legend.get_texts()]
        assert len(boxes) == len(labels)
        for box in (legend.get_window_extent(), *boxes):
            assert box.x0 >= 0
            assert box.x1 <= figure.bbox.width
            assert box.y1 < panel.get_window_extent().y0
        assert panel.get_window_extent().height == pytest.approx(before, abs=12)
