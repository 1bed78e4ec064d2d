"""Labels of a logarithmic axis: values can be read by them, however little it goes up."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from mnist_lab.reports.log_axis import label_logarithmic


@pytest.mark.parametrize(
    ("low", "high", "most", "labels"),
    [
        (0.01, 2000, 10, ["0.01", "0.1", "1", "10", "100", "1,000", "10,000"]),
        (0.4, 16, 10, ["0.2", "0.5", "1", "2", "5", "10", "20"]),
        (2.19, 11.7, 10, ["2", "2.5", "3", "4", "5", "6", "8", "10", "12"]),
        (0.96, 9.1, 5, ["0.5", "1", "2", "5", "10"]),
        (568, 28_794, 5, ["300", "1,000", "3,000", "10,000", "30,000"]),
        (3.2, 18.7, 6, ["3", "5", "7", "10", "15", "20"]),
        (2.0, 5.0, 5, ["2", "2.5", "3", "4", "5"]),
        (10.2, 11.6, 10, ["10", "10.4", "10.8", "11.2", "11.6"]),
        (3.0, 3.0, 10, ["3"]),
    ],
)
def test_axis_has_labels_on_both_sides_of_its_data_to_read_values_by(
    low: float, high: float, most: int, labels: list[str]
) -> None:
    axes = Figure().subplots()
    axes.set(xscale="log")
    axes.plot([low, high], [0, 1])
    label_logarithmic(axes.xaxis, most)
    places = axes.xaxis.get_majorticklocs()
    assert [axes.xaxis.get_major_formatter()(place) for place in places] == labels
    shown = axes.get_xlim()
    assert shown[0] <= places[0] <= low <= high <= places[-1] <= shown[1]
