"""A bench's summary: each power of N, and no more of it than its interval bears; the main ratios."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.bench.points import made_record
from tests.reports.bench.texts import grown, section, text_of


@pytest.mark.parametrize(("operation", "degree"), [("matmul", 3), ("conv2d", 2)])
def test_each_power_is_said_beside_that_of_the_steps(operation: str, degree: int) -> None:
    summary = section(text_of(made_record(operation)), "Summary")
    assert f"convolution grows as N to the power {degree}" in summary or "product grows as N to the power 3" in summary
    assert f"N to the power {degree}.00 with C naive" in summary
    assert "- " not in summary


def test_too_few_sizes_say_nothing_of_growth() -> None:
    record = made_record()
    record.series[0].points = record.series[0].points[:2]
    said = "Fewer than three large sizes were measured of pure Python, too few to tell how the time grows."
    assert said in text_of(record)


@pytest.mark.parametrize(
    ("powers", "said"),
    [
        ((0, 1, 2, 3, 4, 5), "N to the power 4.00 with C naive and N to the power 5.00 with C loop order: faster than"),
        ((0, -1, -2, -3, -4, -5), "grows as N to the power 2.00 with C naive: slower than N to the power 3, which"),
        ((0, 0, 0, 0.3, 0, 0.3), "3.06 with C naive: this agrees with N to the power 3, which the intervals hold."),
        (
            (0, 0, 0, 2, 0, 2),
            "cannot be told with C naive (3.40 ± 2.43 from 4 points): the interval holds whole numbers other th",
        ),
    ],
)
def test_no_more_is_said_of_a_power_than_its_interval_bears(powers: Sequence[float], said: str) -> None:
    record = made_record()
    record.series = record.series[1:3]
    grown(record, 0, powers)
    grown(record, 1, (0, 2, 4, 6, 8, 10))
    assert said in section(text_of(record), "Summary")


def test_time_of_a_step_that_changes_is_told_with_the_results() -> None:
    record = made_record()
    grown(record, 1, (0, 1, 2, 3, 4, 5))
    said = section(text_of(record), "Results")
    assert "C naive from 4.00 ns at N = 100 to 32.0 ns at N = 800 (8.0 times)" in said
    assert "4 points each: so few that the intervals are easily wide" in said


def test_faster_one_stands_first_with_the_threads_of_both() -> None:
    record = made_record()
    record.series[4].points, record.series[3].points = record.series[3].points, record.series[4].points
    summary = section(text_of(record), "Summary")
    assert "NumPy (1 thread) is 2.00 times as fast as PyTorch (all threads) (N = 800, 1 against 2 threads)" in summary
    assert " 0.5" not in summary


def test_times_within_their_spread_are_no_ratio() -> None:
    record = made_record()
    for point in record.series[4].points:
        point.low_s, point.high_s = 0.5 * point.median_s, 3 * point.median_s
    said = section(text_of(record), "Summary")
    assert "PyTorch (all threads) is about as fast as NumPy (1 thread) (N = 800, 2 against 1 threads)" in said


def test_gain_of_threads_is_read_beside_the_cores_that_were_busy() -> None:
    record = made_record()
    record.series[3].name = "torch-1"
    for point in record.series[4].points:
        point.median_s, point.cores = 0.8 * point.median_s, 1.9
    said = section(text_of(record), "Results")
    assert "With 2 threads in place of 1, PyTorch (all threads) is 2.50 times as fast as PyTorch (1 thread) (N" in said
    assert "By the cores busy, this is computed in parallel." in said
    assert "What is above 2 times for PyTorch (all threads), threads alone cannot explain; that each core adds" in said


def test_those_equally_near_to_the_peak_are_named_together_and_the_memory_where_it_is_nearer() -> None:
    record = made_record("conv2d")
    for series in record.series:
        for point in series.points:
            point.size *= 16
    for point in record.series[2].points:
        point.median_s = 1.03 * record.series[3].points[record.series[2].points.index(point)].median_s
    said = section(text_of(record), "Results")
    assert " %, is that of C loop order and NumPy (1 thread), the lowest, " in said
    assert " %, that of pure Python." in said
    assert "nearer to that peak than to the peak of arithmetic come " in said


def test_threads_that_bring_nothing_are_said_to_bring_nothing() -> None:
    record = made_record()
    record.series[3].name = "torch-1"
    record.series[4].points = record.series[3].points
    said = section(text_of(record), "Results")
    assert (
        "With 2 threads in place of 1, PyTorch (all threads) is about as fast as PyTorch (1 thread) (N = 800, 1" in said
    )
    assert "PyTorch (all threads) keeps hardly more than one core busy at this size." in said


def test_memory_is_no_limit_of_matrices_that_a_cache_holds() -> None:
    record = made_record("conv2d")
    record.series = record.series[3:]
    assert "peak transfer rate, with" not in section(text_of(record), "Results")
    record.series[0].points[-1].median_s = 1e-6
    assert "Above 100 %: matrices that a cache holds" in section(text_of(record), "Results")
