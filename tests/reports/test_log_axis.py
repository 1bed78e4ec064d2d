"""Labels of a logarithmic axis: values can be read by them, however little it goes up."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from mnist_lab.reports.log_axis import label_logarithmic


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.01, 2000, ["0.01", "0.1", "1", "10", "100", "1,000"]),
        (0.4, 16, ["0.5", "1", "2", "5", "10"]),
        (2.05, 12.5, ["3", "4", "5", "7", "10"]),
        (3.1, 3.6, ["3.1", "3.2", "3.3", "3.4", "3.5", "3.6"]),
    ],
)
def test_axis_has_labels_to_read_values_by(low: float, high: float, labels: list[str]) -> None:
    axes = Figure().subplots()
    axes.set(xscale="log", xlim=(low, high))
    label_logarithmic(axes.xaxis, 1000)
    shown = [
        axes.xaxis.get_major_formatter()(value) for value in axes.xaxis.get_majorticklocs() if low <= value <= high
    ]
    assert shown == labels
