"""Which training times do not fit those of their neighbours."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mnist_lab.sweeps.outliers import at_first, strange_points
from mnist_lab.sweeps.result import PointResult
from tests.sweeps.made_results import by_channels, result, run


def channels_of(points: list[PointResult]) -> list[int]:
    return sorted(entry.point.values["model.channels"][0] for entry in points)


@pytest.mark.parametrize(
    "times_s",
    [
        # Measured on two cores: the CNN over 3 epochs of MNIST.
        {1: 6.9, 2: 7.4, 4: 8.6, 8: 12.1, 16: 20.3, 32: 41.0},
        # An overhead at first, then four times the time for twice the channels.
        {1: 1.0, 2: 1.02, 4: 1.1, 8: 1.5, 16: 3.1, 32: 9.5},
        {1: 5.0, 2: 5.2, 4: 4.9, 8: 5.1},
        {1: 9.0, 2: 5.0, 4: 3.0, 8: 2.1, 16: 1.8},
        {1: 0.010, 2: 0.055, 4: 0.012, 8: 0.013},
        {1: 3.0, 2: 9.0},
    ],
)
def test_smooth_times_are_let_pass(times_s: dict[int, float]) -> None:
    assert strange_points(by_channels(times_s)) == []


def test_time_that_falls_from_8_to_16_channels_is_found() -> None:
    found = strange_points(by_channels({1: 6.9, 2: 7.4, 4: 8.6, 8: 20.0, 16: 14.0, 32: 41.0}))
    assert channels_of(found) == [8, 16]
    found = strange_points(by_channels({1: 6.9, 2: 7.4, 4: 8.6, 8: 20.0, 16: 14.0}))
    assert channels_of(found) == [8, 16]


def test_both_are_found_when_either_may_be_wrong() -> None:
    assert channels_of(strange_points(by_channels({2: 10.0, 4: 12.0, 8: 20.0, 16: 14.0, 32: 25.0}))) == [8, 16]


@pytest.mark.parametrize(("count", "train_s"), [(1, 20.0), (32, 12.0), (32, 300.0)])
def test_ends_are_judged_by_the_line(count: int, train_s: float) -> None:
    times_s = {1: 6.9, 2: 7.4, 4: 8.6, 8: 12.1, 16: 20.3, 32: 41.0} | {count: train_s}
    assert count in channels_of(strange_points(by_channels(times_s)))


def test_end_at_0_is_judged_on_a_straight_line() -> None:
    points = [
        result({"model.hidden": hidden}, train_s=train_s)
        for hidden, train_s in (([], 9.0), ([16], 2.0), ([32], 2.2), ([64], 2.6))
    ]
    assert [entry.point.values["model.hidden"] for entry in strange_points(points)] == [[]]


def test_time_measured_again_takes_the_place_of_the_first() -> None:
    points = by_channels({1: 6.9, 2: 7.4, 4: 30.0, 8: 12.1, 16: 20.3})
    assert channels_of(strange_points(points)) == [4]
    points[2] = replace(points[2], again=(run("CNN", train_s=8.7),))
    assert strange_points(points) == []
    points[2] = replace(points[2], again=(run("CNN", train_s=29.0),))
    assert channels_of(strange_points(points)) == [4]


def test_repeat_that_fits_is_enough() -> None:
    points = by_channels({1: 6.9, 2: 7.4, 4: 8.6, 8: 12.1, 16: 300.0})
    assert channels_of(strange_points(points)) == [16]
    points[4] = replace(points[4], runs=(*points[4].runs, run("CNN", train_s=25.0)))
    assert strange_points(points) == []


def test_other_devices_and_other_parameters_are_no_neighbours() -> None:
    times_s = {1: 6.9, 2: 7.4, 8: 12.1, 16: 20.3}
    fast = by_channels({4: 0.3}, device="NVIDIA GeForce RTX 4060")
    assert strange_points([*by_channels(times_s), *fast]) == []
    slow = by_channels({4: 30.0})
    assert channels_of(strange_points([*by_channels(times_s), *slow])) == [4]
    wide = [
        result({"model.channels": [count, count], "model.hidden": [width]}, "CNN", train_s=train_s * width)
        for count, train_s in times_s.items()
        for width in (1, 100)
    ]
    assert strange_points(wide) == []


def test_names_have_no_neighbours() -> None:
    points = [
        result({"model.activation": name}, train_s=train_s)
        for name, train_s in (("ReLU", 1.0), ("Tanh", 30.0), ("GELU", 2.0))
    ]
    assert strange_points(points) == []
    assert strange_points([]) == []


def test_line_that_is_drawn_out_beyond_all_numbers_says_nothing() -> None:
    points = by_channels({100: 1.0, 127: 1.0, 128: 3.0, 4096: 1.0})
    assert channels_of(strange_points(points)) == [128, 4096]
    assert [at.expected for at in at_first(points).values() if at.expected and at.expected.high_s > 100] == []


def remeasured(times_s: dict[int, tuple[float, float] | float]) -> dict[int, PointResult]:
    """CNNs by channels; of two times the second was measured again."""
    points = {}
    for count, time_s in times_s.items():
        first_s, *again_s = time_s if isinstance(time_s, tuple) else (time_s,)
        (points[count],) = by_channels({count: first_s})
        points[count] = replace(points[count], again=tuple(run("CNN", train_s=one) for one in again_s))
    return points


def test_what_the_neighbours_said_before_is_known_after_measuring_again() -> None:
    points = remeasured({2: 8.0, 4: 9.0, 8: (20.0, 10.0), 16: 12.0, 32: 14.0})
    expected = at_first([*points.values()])[points[8].point.key].expected
    assert expected
    assert (expected.low_s, expected.high_s, expected.drawn_out) == (9.0, 12.0, None)
    end = remeasured({2: 8.0, 4: 8.0, 8: 9.0, 16: 30.0})
    expected = at_first([*end.values()])[end[16].point.key].expected
    assert expected
    assert expected.low_s == 9.0
    assert expected.high_s == pytest.approx(9.0 * (9 / 8) ** 2)
    assert expected.drawn_out
    assert (expected.drawn_out.near_s, expected.drawn_out.far_s) == (9.0, 8.0)
    assert expected.drawn_out.power == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("times_s", "expected_s", "odd"),
    [
        # The last but one was slow, which made the last look wrong: once as far outside, between 90 s and 86,683 s.
        ({2: 2.8, 4: 2.9, 8: (90.0, 3.0), 16: (3.3, 3.2)}, {8: (2.9, 3.2)}, {16: [8]}),
        # The same where measuring again was no faster.
        ({2: 2.8, 4: 2.9, 8: (90.0, 85.0), 16: (3.3, 3.2)}, {8: (2.9, 3.2)}, {16: [8]}),
        # The last was slow, from a machine that was asleep, and its neighbour alone was measured again.
        ({1: 2.8, 2: 2.91, 4: (2.2, 2.9), 8: 24_978.0}, {}, {4: [8]}),
        ({2: 2.91, 4: (2.2, 2.9), 8: 24_978.0}, {}, {4: []}),
        # Two that contradict each other: what is now known of the one tells what was wrong with the other.
        ({2: 10.0, 4: 12.0, 8: (20.0, 13.0), 16: (14.0, 14.1), 32: 25.0}, {8: (12.0, 14.1)}, {16: [8]}),
        ({2: 10.0, 4: 12.0, 8: (20.0, 19.9), 16: (14.0, 21.0), 32: 25.0}, {16: (19.9, 25.0)}, {8: [16]}),
    ],
)
def test_nothing_is_expected_by_a_neighbour_that_was_the_wrong_one(
    times_s: dict[int, tuple[float, float] | float],
    expected_s: dict[int, tuple[float, float]],
    odd: dict[int, list[int]],
) -> None:
    points = remeasured(times_s)
    found = {count: at for count, point in points.items() if (at := at_first([*points.values()]).get(point.point.key))}
    ranges = {count: (at.expected.low_s, at.expected.high_s) for count, at in found.items() if at.expected}
    assert ranges == expected_s
    assert {count: channels_of([*at.odd]) for count, at in found.items() if not at.expected} == odd


def disturbed(points: list[PointResult], count: int) -> list[PointResult]:
    """The same points, of which other programs disturbed the one with so many channels."""
    return [
        replace(entry, runs=tuple(replace(one, disturbed=0.9) for one in entry.runs))
        if channels_of([entry]) == [count]
        else entry
        for entry in points
    ]


@pytest.mark.parametrize("count", [1, 4, 8])
def test_disturbed_neighbour_makes_no_sound_time_strange(count: int) -> None:
    times_s = {1: 6.9, 2: 7.4, 4: 8.6, 8: 12.1} | {count: 300.0}
    points = disturbed(by_channels(times_s), count)
    assert channels_of(strange_points(points)) == [count]
    expected = [at.expected for at in at_first(points).values()]
    assert [one is not None and one.high_s < 30 for one in expected] == [True]


def test_disturbed_time_that_hides_a_strange_one_is_no_neighbour() -> None:
    times_s = {1: 6.9, 2: 7.4, 4: 50.0, 8: 12.1, 16: 300.0, 32: 41.0}
    points = disturbed(by_channels(times_s), 16)
    assert channels_of(strange_points(points)) == [4, 16]
    expected = at_first(points)[points[2].point.key].expected
    assert expected
    assert (expected.low_s, expected.high_s) == (7.4, 12.1)


def test_times_that_are_all_disturbed_are_judged_by_one_another() -> None:
    points = by_channels({1: 6.9, 2: 7.4, 4: 30.0, 8: 12.1, 16: 20.3})
    for count in (1, 2, 4, 8, 16):
        points = disturbed(points, count)
    assert channels_of(strange_points(points)) == [4]
