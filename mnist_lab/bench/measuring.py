"""The measurement: every implementation is loaded and checked, then all are timed in turn at each size."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from mnist_lab.bench.bench_record import BenchRecord, LeftOut, Point, Series, Stop
from mnist_lab.bench.correctness import WrongResultError, check, check_result
from mnist_lab.bench.kernel import Implementation, Kernel, LeftOutError, Request
from mnist_lab.bench.machine import machine_facts, versions
from mnist_lab.bench.operation import Array, Operation
from mnist_lab.bench.peak import higher, measure_peak
from mnist_lab.bench.sizes import predicted_s, sizes_in_turn, stop_before
from mnist_lab.bench.thread_limits import limited_to
from mnist_lab.bench.timing import measure
from mnist_lab.errors import first_line, stop_behind
from mnist_lab.gpu import dedicated_memory_only, is_out_of_memory
from mnist_lab.runs.disturbance import DISTURBED

# After their work the threads of BLAS and OpenMP go on looking for more, on the cores that the next one needs.
_SETTLE_S = 0.1
# Another program's short piece of work is over by then.
_PAUSE_S = 1.0
# A call of this length says how long a larger one will take.
_TELLING_S = 0.02


@dataclass(frozen=True)
class Plan:
    """What is to be measured."""

    operation: Operation
    implementations: Sequence[Implementation]
    sizes: Sequence[int]
    """Empty: they double."""
    max_seconds: float
    threads: int
    rounds: int = 1
    """How often all of it is measured; of each time the lowest counts."""


@dataclass(frozen=True)
class _Contestant:
    implementation: Implementation
    kernel: Kernel
    series: Series


def new_record(plan: Plan, name: str, now: datetime) -> BenchRecord:
    """Return the record of a bench that begins.

    Args:
        plan: What is to be measured.
        name: ``matmul``, ``conv2d`` or ``ladder``.
        now: With its time zone.
    """
    return BenchRecord(
        operation=name,
        padding=plan.operation.padding,
        max_seconds=plan.max_seconds,
        threads=plan.threads,
        machine=machine_facts(),
        versions=versions(),
        started=now.isoformat(timespec="seconds"),
        sizes=list(plan.sizes),
        rounds=plan.rounds,
    )


def carry_out(
    plan: Plan, record: BenchRecord, keep: Callable[[BenchRecord], None], tell: Callable[[Series, Point], None]
) -> None:
    """Measure, and fill the record as it goes on.

    Args:
        plan: What.
        record: As ``new_record`` returns it; what was measured is in it at every moment, whatever ends the measurement.
        keep: Writes the record; called outside the times that are measured.
        tell: Says a point.

    Raises:
        WrongResultError: An implementation computes something else; nothing was timed.
    """
    # Without a kernel for a GPU there is no need to look for one, which would import torch.
    devices = None if any(entry.on_gpu for entry in plan.implementations) else ()
    with dedicated_memory_only(devices) as budgets:
        _measure_all(plan, record, keep, tell, budgets[0].limit_bytes if budgets else None)
    record.status = "completed"


def _measure_all(
    plan: Plan,
    record: BenchRecord,
    keep: Callable[[BenchRecord], None],
    tell: Callable[[Series, Point], None],
    gpu_bytes: int | None,
) -> None:
    contestants = _contestants(plan, record)
    record.machine, record.versions = machine_facts(), versions()
    keep(record)
    if contestants:
        record.peak = measure_peak(plan.threads)
        keep(record)
    for size in sizes_in_turn(plan.sizes):
        racing = [entry for entry in contestants if entry.series.stop is None]
        for entry in racing:
            entry.series.stop = _stop_before(size, entry, plan, gpu_bytes)
        racing = [entry for entry in racing if entry.series.stop is None]
        if not racing and not plan.sizes:
            break
        operands = plan.operation.operands(size) if racing else None
        for entry in racing:
            assert operands is not None
            if point := _undisturbed(size, entry, operands, plan):
                entry.series.points.append(point)
                tell(entry.series, point)
            keep(record)
    for _ in range(plan.rounds - 1):
        _measure_again(contestants, plan, keep, tell, record)
    if contestants:  # what other programs took at the beginning they may no longer take
        record.peak = higher(record.peak, measure_peak(plan.threads))


def _measure_again(
    contestants: Sequence[_Contestant],
    plan: Plan,
    keep: Callable[[BenchRecord], None],
    tell: Callable[[Series, Point], None],
    record: BenchRecord,
) -> None:
    """Measure each point there is once more, minutes after the first time; the lower median counts, each is kept.

    What slows a machine for a while (heat, other programs, other machines on the same host) is mostly over by then, and
    nothing makes it faster than it is.
    """
    for size in sorted({point.size for entry in contestants for point in entry.series.points}):
        operands = plan.operation.operands(size)
        for entry in contestants:
            points = entry.series.points
            place = next((place for place, point in enumerate(points) if point.size == size), None)
            if place is None:
                continue
            stop = entry.series.stop
            point = _undisturbed(size, entry, operands, plan)
            entry.series.stop = stop
            if point is None:
                continue
            known = points[place]
            medians_s = [*(known.rounds_s or [known.median_s]), point.median_s]
            points[place] = replace(min(known, point, key=lambda tried: tried.median_s), rounds_s=medians_s)
            if point.median_s < known.median_s:
                tell(entry.series, points[place])
            keep(record)


def _contestants(plan: Plan, record: BenchRecord) -> list[_Contestant]:
    """Load and check each implementation; those that this machine cannot are noted in the record."""
    contestants = []
    for implementation in plan.implementations:
        threads = plan.threads if implementation.all_threads else 1
        try:
            kernel = implementation.load(Request(plan.operation, threads))
            with limited_to(threads):
                error = check(implementation, kernel, plan.operation)
        except LeftOutError as missing:
            record.left_out.append(LeftOut(implementation.name, missing.why, missing.detail))
            continue
        except Exception as failure:
            if not implementation.on_gpu or not _ran_out(failure):
                raise
            record.left_out.append(LeftOut(implementation.name, "out_of_memory"))
            continue
        series = Series(implementation.name, threads, implementation.number_format, error)
        record.series.append(series)
        contestants.append(_Contestant(implementation, kernel, series))
    return contestants


def _stop_before(size: int, entry: _Contestant, plan: Plan, gpu_bytes: int | None) -> Stop | None:
    known = entry.series if entry.series.points else _tried(size, entry, plan)
    return stop_before(size, entry.implementation, known, plan.operation, plan.max_seconds, gpu_bytes)


def _tried(size: int, entry: _Contestant, plan: Plan) -> Series:
    """Return the points at smaller sizes from which the first one's time can be predicted; they are not recorded.

    Args:
        size: The first size.
        entry: What is to be measured at it.
        plan: Of the bench.
    """
    tried = replace(entry.series, points=[])
    for smaller in itertools.takewhile(lambda smaller: smaller < size, sizes_in_turn([])):
        # A very short call is mostly the call itself, and says nothing of the steps.
        if tried.points and tried.points[-1].median_s > _TELLING_S:
            break
        point = _measured(smaller, entry, plan.operation.operands(smaller), replace(plan, max_seconds=_TELLING_S))
        tried.points = [point] if point else []
    return tried


def _undisturbed(size: int, entry: _Contestant, operands: tuple[Array, Array], plan: Plan) -> Point | None:
    """Time one implementation at one size, and once more where other programs were at work; the quieter one counts."""
    first = _measured(size, entry, operands, plan)
    if first is None or not _is_disturbed(first):
        return first
    time.sleep(_PAUSE_S)
    second = _measured(size, entry, operands, plan)
    if second is None:
        entry.series.stop = None  # the memory did once
        return first
    if (second.others_cpu or 0.0) > (first.others_cpu or 0.0):
        return first
    return second


def _is_disturbed(point: Point) -> bool:
    return point.others_cpu is not None and point.others_cpu > DISTURBED


def _measured(size: int, entry: _Contestant, operands: tuple[Array, Array], plan: Plan) -> Point | None:
    """Time one implementation at one size; None where that failed or is wrong, which its series then says."""
    kernel, threads = entry.kernel, entry.series.threads
    try:
        with limited_to(threads), kernel.around():
            call = partial(kernel.compute, *(kernel.take(operand) for operand in operands))
            expected_s = predicted_s(size, entry.series, plan.operation) if entry.series.points else None
            look = partial(check_result, entry.implementation, kernel, plan.operation, operands)
            timing = measure(call, most_s=plan.max_seconds, expected_s=expected_s, wait=kernel.wait, look=look)
    except (Exception, SystemExit) as failure:
        if stop := stop_behind(failure):
            raise stop from None
        entry.series.stop = _why_stopped(failure, size)
        return None
    finally:
        if threads > 1:
            time.sleep(_SETTLE_S)
    return Point(
        size=size,
        median_s=timing.median_s,
        low_s=timing.low_s,
        high_s=timing.high_s,
        repeats=timing.repeats,
        calls=timing.calls,
        cores=timing.use.cores,
        others_cpu=timing.use.others,
    )


def _why_stopped(failure: BaseException, size: int) -> Stop:
    if isinstance(failure, Exception) and _ran_out(failure):
        return Stop("out_of_memory", size)
    if isinstance(failure, WrongResultError):
        return Stop("wrong_result", size, detail=str(failure))
    return Stop("failed", size, detail=f"{type(failure).__name__}: {first_line(failure)}")


def _ran_out(error: Exception) -> bool:
    return isinstance(error, MemoryError) or is_out_of_memory(error)
