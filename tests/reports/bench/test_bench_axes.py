"""What the figures of a bench share."""

from __future__ import annotations

from mnist_lab.reports.bench.bench_axes import legend_below, new_figure
from mnist_lab.reports.style import report_style


def test_legend_of_many_long_names_stays_within_the_figure() -> None:
    with report_style():
        figure, axes = new_figure(4.3)
        for number in range(12):
            axes.plot([1, 2], [1, 2], label=f"Python の {number} 重ループ（sum を使った実装）：2.98 乗")
        legend_below(figure)
        figure.draw_without_rendering()
        box = figure.legends[0].get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.width
        assert axes.get_window_extent().height / figure.dpi > 2.5
