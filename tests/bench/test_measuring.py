"""The measurement as a whole, with kernels that take no time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from mnist_lab.bench.bench_record import BenchRecord, LeftOut, Peak, Stop
from mnist_lab.bench.correctness import WrongResultError
from mnist_lab.bench.kernel import Implementation, Kernel, LeftOutError, Request
from mnist_lab.bench.measuring import Plan, carry_out, new_record
from mnist_lab.bench.operation import Operation
from mnist_lab.bench.processor_use import ProcessorUse
from mnist_lab.bench.timing import Timing

PRODUCT = Operation("matmul")


@pytest.fixture(autouse=True)
def _no_peak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnist_lab.bench.measuring.measure_peak", lambda threads: Peak())
    monkeypatch.setattr("mnist_lab.bench.measuring._SETTLE_S", 0.0)


def entry(name: str, compute: Any = np.matmul, **facts: Any) -> Implementation:
    return Implementation(name, lambda _: Kernel(compute), slow=True, **facts)


def measured(
    *entries: Implementation, sizes: Sequence[int] = (8, 16), max_seconds: float = 0.01
) -> tuple[BenchRecord, list[tuple[str, int]]]:
    plan = Plan(PRODUCT, entries, sizes, max_seconds, 2)
    record = new_record(plan, "matmul", datetime.now(UTC))
    told: list[tuple[str, int]] = []
    carry_out(plan, record, lambda _: None, lambda series, point: told.append((series.name, point.size)))
    return record, told


def test_implementations_take_turns_at_each_size() -> None:
    record, told = measured(entry("one"), entry("all", all_threads=True))
    assert told == [("one", 8), ("all", 8), ("one", 16), ("all", 16)]
    assert record.status == "completed"
    assert [series.threads for series in record.series] == [1, 2]
    assert all(series.error < 1e-13 for series in record.series)


def test_missing_implementation_is_noted_and_the_others_go_on() -> None:
    def load(_: Request) -> Kernel:
        raise LeftOutError("compiler_failed", "error: no")

    record, told = measured(Implementation("c-naive", load), entry("numpy"))
    assert record.left_out == [LeftOut("c-naive", "compiler_failed", "error: no")]
    assert [name for name, _ in told] == ["numpy", "numpy"]


def test_sizes_double_until_a_call_would_take_too_long() -> None:
    record, told = measured(entry("numpy"), sizes=(), max_seconds=2e-4)
    (series,) = record.series
    assert [size for _, size in told] == [25 * 2**step for step in range(len(told))]
    assert series.stop is not None
    assert (series.stop.why, series.stop.size) == ("too_long", 2 * told[-1][1])
    assert series.stop.needed > 2e-4


def test_first_given_size_is_predicted_from_smaller_ones() -> None:
    called: list[int] = []

    def slow(a: Any, b: Any) -> Any:
        called.append(len(a))
        time.sleep(len(a) ** 3 * 2e-9)
        return a @ b

    record, told = measured(entry("slow", slow), sizes=(2000,), max_seconds=1)
    assert told == []
    assert max(called) < 500
    (series,) = record.series
    assert series.points == []
    assert series.stop is not None
    assert (series.stop.why, series.stop.size) == ("too_long", 2000)
    assert series.stop.needed > 10


def test_wrong_result_ends_it_before_anything_is_timed() -> None:
    told: list[int] = []
    plan = Plan(PRODUCT, [entry("numpy"), entry("mine", np.add)], [8], 1, 2)
    record = new_record(plan, "matmul", datetime.now(UTC))
    with pytest.raises(WrongResultError, match="mine gives a wrong result at N = 3"):
        carry_out(plan, record, lambda _: None, lambda series, point: told.append(point.size))
    assert told == []


def test_memory_that_runs_out_stops_one_and_leaves_the_others() -> None:
    def hungry(a: Any, b: Any) -> Any:
        if len(a) == 16:
            raise MemoryError
        return a @ b

    record, told = measured(entry("hungry", hungry), entry("numpy"), sizes=(8, 16, 32))
    assert record.series[0].stop == Stop("out_of_memory", 16)
    assert [size for name, size in told if name == "numpy"] == [8, 16, 32]


def fail_while_cleaning_up() -> None:
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt:
        raise OSError("closed")  # noqa: B904 - as a library may


def stop() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("end", [stop, fail_while_cleaning_up])
def test_stop_from_the_keyboard_leaves_what_was_measured(end: Callable[[], None]) -> None:
    def stopped(a: Any, b: Any) -> Any:
        if len(a) == 16:
            end()
        return a @ b

    plan = Plan(PRODUCT, [entry("numpy"), entry("stopped", stopped)], [8, 16], 1, 2)
    record = new_record(plan, "matmul", datetime.now(UTC))
    kept: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        carry_out(plan, record, lambda now: kept.append(sum(len(s.points) for s in now.series)), lambda *_: None)
    assert [len(series.points) for series in record.series] == [2, 1]
    assert kept[-1] == 3


@pytest.mark.parametrize(
    ("shares", "counts", "calls"),
    [
        ([0.30, 0.01], 0.01, 2),
        ([0.30, 0.40], 0.30, 2),
        ([0.30, 0.30, 0.01], 0.30, 2),
        ([0.05, 0.01], 0.05, 1),
        ([None, 0.01], None, 1),
    ],
)
def test_time_that_others_disturbed_is_measured_once_more(
    shares: list[float | None], counts: float | None, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = list(shares)

    def timing(*args: Any, **facts: Any) -> Timing:
        share = left.pop(0)
        return Timing(1e-3, 1e-3, 1e-3, 5, 1, ProcessorUse(1.0, share))

    monkeypatch.setattr("mnist_lab.bench.measuring.measure", timing)
    monkeypatch.setattr("mnist_lab.bench.measuring._PAUSE_S", 0.0)
    monkeypatch.setattr("mnist_lab.bench.measuring._tried", lambda size, entry, plan: entry.series)
    monkeypatch.setattr("mnist_lab.bench.measuring.stop_before", lambda *args: None)
    record, told = measured(entry("numpy"), sizes=(8,))
    assert [point.others_cpu for point in record.series[0].points] == [counts]
    assert len(shares) - len(left) == calls
    assert told == [("numpy", 8)]


def test_peak_is_the_higher_one_of_before_and_after(monkeypatch: pytest.MonkeyPatch) -> None:
    peaks = [Peak(10.0, 12.0, None, 5.0), Peak(9.0, 20.0, 3.0, None)]
    monkeypatch.setattr("mnist_lab.bench.measuring.measure_peak", lambda threads: peaks.pop(0))
    record, _ = measured(entry("numpy"), sizes=(8,))
    assert record.peak == Peak(10.0, 20.0, 3.0, 5.0)


def test_of_several_rounds_the_lower_median_of_each_point_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    medians_ms = [5, 40, 7, 30, 6, 50]

    def timing(*args: Any, **facts: Any) -> Timing:
        median_s = medians_ms.pop(0) / 1e3
        return Timing(median_s, median_s, median_s, 5, 1, ProcessorUse(1.0, 0.0))

    monkeypatch.setattr("mnist_lab.bench.measuring.measure", timing)
    plan = Plan(PRODUCT, [entry("numpy")], [8, 16], 1.0, 2, rounds=3)
    monkeypatch.setattr("mnist_lab.bench.measuring._tried", lambda size, entry, plan: entry.series)
    monkeypatch.setattr("mnist_lab.bench.measuring.stop_before", lambda *args: None)
    record = new_record(plan, "matmul", datetime.now(UTC))
    told: list[tuple[int, float]] = []
    carry_out(plan, record, lambda _: None, lambda series, point: told.append((point.size, point.median_s)))
    assert [point.median_s for point in record.series[0].points] == [0.005, 0.030]
    assert [point.rounds_s for point in record.series[0].points] == [[0.005, 0.007, 0.006], [0.040, 0.030, 0.050]]
    assert told == [(8, 0.005), (16, 0.040), (16, 0.030)]
    assert record.rounds == 3


def off_above_10(a: Any, b: Any) -> Any:
    result = a @ b
    if len(a) > 10:
        result[0, 0] += 1
    return result


def nan_above_10(a: Any, b: Any) -> Any:
    return np.full_like(a, np.nan) if len(a) > 10 else a @ b


def smaller_above_10(a: Any, b: Any) -> Any:
    return (a @ b)[:-1] if len(a) > 10 else a @ b


def failing_above_10(a: Any, b: Any) -> Any:
    if len(a) > 10:
        raise ValueError("too large for me")
    return a @ b


def ending_above_10(a: Any, b: Any) -> Any:
    if len(a) > 10:
        raise SystemExit(5)
    return a @ b


@pytest.mark.parametrize(
    ("compute", "why", "detail"),
    [
        (off_above_10, "wrong_result", "[0, :]"),
        (nan_above_10, "wrong_result", "[0, :]"),
        (smaller_above_10, "wrong_result", "(15, 16) ≠ (16, 16)"),
        (failing_above_10, "failed", "ValueError: too large for me"),
        (ending_above_10, "failed", "SystemExit: 5"),
    ],
)
def test_function_that_goes_wrong_at_some_size_is_left_out_from_there(
    compute: Any, why: str, detail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mnist_lab.bench.correctness._SMALL", (3, 4))
    record, told = measured(entry("mine", compute), entry("numpy"), sizes=(8, 16, 32))
    assert [size for name, size in told if name == "mine"] == [8]
    assert [size for name, size in told if name == "numpy"] == [8, 16, 32]
    stop = record.series[0].stop
    assert stop is not None
    assert (stop.why, stop.size, stop.detail) == (why, 16, detail)


def test_function_that_changes_its_operands_is_refused() -> None:
    def doubling(a: Any, b: Any) -> Any:
        result = a @ b
        a *= 2
        return result

    with pytest.raises(WrongResultError, match="mine changes its operands"):
        measured(entry("mine", doubling))


def test_function_that_ends_the_program_is_refused() -> None:
    def ending(a: Any, b: Any) -> Any:
        raise SystemExit(5)

    with pytest.raises(WrongResultError, match="mine fails at N = 3: SystemExit: 5"):
        measured(entry("mine", ending))


def test_large_check_is_left_to_the_timing_where_it_would_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[int] = []

    def noting(a: Any, b: Any) -> Any:
        called.append(len(a))
        return a @ b

    quick = Implementation("mine", lambda _: Kernel(noting))
    measured(quick, sizes=(8,))
    assert 300 in called
    called.clear()
    monkeypatch.setattr("mnist_lab.bench.correctness._LONGEST_S", 0.0)
    measured(quick, sizes=(8,))
    assert 300 not in called
