"""The clock: warm-up, repeats until the spread is small, median and quartiles."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mnist_lab.bench.processor_use import ProcessorClock, ProcessorUse

SMALL_SPREAD = 0.03
"""Interquartile range over median at which a measurement is good enough."""
_LEAST_REPEATS, _MOST_REPEATS = 5, 200
# A reading of the clock is a tenth of a microsecond; calls that are shorter than this are timed several at a time.
_BLOCK_S = 2e-3
_SURPRISE = 1.5
# How long the repeats of a short call may go on in search of a small spread.
_SEARCH_S = 0.5


@dataclass(frozen=True)
class Timing:
    """How long a call takes, in seconds."""

    median_s: float
    low_s: float
    """Lower quartile."""
    high_s: float
    """Upper quartile."""
    repeats: int
    calls: int
    """Calls in each repeat."""
    use: ProcessorUse

    @property
    def spread(self) -> float:
        """Interquartile range over median."""
        return (self.high_s - self.low_s) / self.median_s if self.median_s else 0.0


def measure(
    call: Callable[[], object],
    *,
    most_s: float,
    expected_s: float | None = None,
    wait: Callable[[], None] = lambda: None,
    look: Callable[[Any], None] = lambda _: None,
    clock: Callable[[], float] = time.perf_counter,
) -> Timing:
    """Time a call.

    Args:
        call: What is timed.
        most_s: No further repeat begins that would end later than so many seconds after the first; the first is always
            made. The first call of all (caches, libraries' own preparations) is not counted where there is time for
            two.
        expected_s: By prediction. A single call that takes far longer, as when the system has yet to find the memory,
            is made again even where there is no time for it, and the second counts.
        wait: Returns when all that was started is done; part of the time.
        look: Is handed the first call's result; no part of the time.
        clock: In seconds.
    """
    clock_of_first = ProcessorClock()
    wait()
    began = clock()
    result = call()
    wait()
    first_s = clock() - began
    use_of_first = clock_of_first.since()
    look(result)
    del result  # its memory is the next one's
    surprising = expected_s is not None and first_s > _SURPRISE * expected_s
    if 2 * first_s > most_s and not surprising:
        return Timing(first_s, first_s, first_s, 1, 1, use_of_first)
    calls = max(round(_BLOCK_S / max(first_s, 1e-9)), 1)
    use = ProcessorClock()
    times_s: list[float] = []
    began = clock()
    while not times_s or _goes_on(times_s, clock() - began, calls, most_s - first_s):
        times_s.append(_timed(call, calls, wait, clock) / calls)
        if len(times_s) == 1:  # the first call of all was slower than those that are timed
            calls = max(round(_BLOCK_S / max(times_s[0], 1e-9)), 1)
    low_s, high_s = _quartiles(times_s)
    return Timing(statistics.median(times_s), low_s, high_s, len(times_s), calls, use.since())


def _timed(call: Callable[[], object], calls: int, wait: Callable[[], None], clock: Callable[[], float]) -> float:
    wait()
    began = clock()
    for _ in itertools.repeat(None, calls):
        call()
    wait()
    return clock() - began


def _goes_on(times_s: list[float], passed_s: float, calls: int, most_s: float) -> bool:
    """Say whether one more repeat is wanted and fits into the time."""
    if passed_s + times_s[-1] * calls > most_s or len(times_s) >= _MOST_REPEATS:
        return False
    if len(times_s) < _LEAST_REPEATS:
        return True
    low_s, high_s = _quartiles(times_s)
    small = high_s - low_s <= SMALL_SPREAD * statistics.median(times_s)
    return not small and passed_s < max(_SEARCH_S, _LEAST_REPEATS * times_s[-1])


def _quartiles(times_s: list[float]) -> tuple[float, float]:
    if len(times_s) < 2:
        return times_s[0], times_s[0]
    low_s, _, high_s = statistics.quantiles(times_s, n=4, method="inclusive")
    return low_s, high_s
