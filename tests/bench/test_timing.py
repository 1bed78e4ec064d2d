"""The clock: what is counted, how often, how much it adds."""

from __future__ import annotations

import time

import pytest

from mnist_lab.bench.timing import measure


class FakeTime:
    """A clock that only calls move."""

    def __init__(self, calls_s: list[float]) -> None:
        self.now_s = 0.0
        self.calls = 0
        self._calls_s = calls_s

    def __call__(self) -> float:
        return self.now_s

    def work(self) -> None:
        self.now_s += self._calls_s[min(self.calls, len(self._calls_s) - 1)]
        self.calls += 1


def test_first_call_is_not_counted() -> None:
    fake = FakeTime([0.5, 0.1])
    timing = measure(fake.work, most_s=10, clock=fake)
    assert timing.median_s == pytest.approx(0.1)
    assert (timing.repeats, timing.calls, fake.calls) == (5, 1, 6)


def test_median_and_quartiles() -> None:
    fake = FakeTime([1.0, 1.0, 2.0, 3.0, 4.0, 5.0, 100.0])
    timing = measure(fake.work, most_s=16.5, clock=fake)
    assert timing.repeats == 5
    assert (timing.low_s, timing.median_s, timing.high_s) == pytest.approx((2.0, 3.0, 4.0))
    assert timing.spread == pytest.approx(2 / 3)


def test_call_that_fills_the_time_is_made_once() -> None:
    fake = FakeTime([6.0])
    timing = measure(fake.work, most_s=10, clock=fake)
    assert (timing.median_s, timing.repeats, fake.calls) == (6.0, 1, 1)


def test_single_call_that_takes_far_longer_than_expected_is_made_again() -> None:
    fake = FakeTime([12.0, 4.0])
    timing = measure(fake.work, most_s=10, expected_s=3.9, clock=fake)
    assert (timing.median_s, timing.repeats, fake.calls) == (4.0, 1, 2)
    slow = FakeTime([6.0])
    assert measure(slow.work, most_s=10, expected_s=5.0, clock=slow).repeats == 1
    assert slow.calls == 1


def test_repeats_end_with_the_time() -> None:
    fake = FakeTime([2.0])
    timing = measure(fake.work, most_s=9, clock=fake)
    assert timing.repeats == 3
    assert fake.now_s <= 9


def test_short_calls_are_timed_several_at_a_time() -> None:
    fake = FakeTime([1e-3, 1e-5])
    timing = measure(fake.work, most_s=1, clock=fake)
    assert timing.calls == 200
    assert timing.median_s == pytest.approx(1e-5)


def test_large_spread_is_repeated_until_half_a_second() -> None:
    steady, wild = FakeTime([0.01]), FakeTime([0.01, 0.01, 0.02] * 1000)
    few, many = measure(steady.work, most_s=10, clock=steady), measure(wild.work, most_s=10, clock=wild)
    assert few.repeats == 5
    assert 30 < many.repeats < 60


def test_wait_is_part_of_the_time() -> None:
    fake = FakeTime([0.1])
    queued = []

    def start() -> None:
        queued.append(0.1)

    def finish() -> None:
        while queued:
            fake.now_s += queued.pop()

    assert measure(start, most_s=2, wait=finish, clock=fake).median_s == pytest.approx(0.1)


def test_clock_adds_less_than_2_percent_at_a_millisecond() -> None:
    def spin() -> float:
        began = time.perf_counter()
        while time.perf_counter() - began < 1e-3:
            pass
        return time.perf_counter() - began

    assert min(measure(spin, most_s=1).low_s for _ in range(3)) < 1.02e-3
