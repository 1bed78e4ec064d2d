"""What the processor does while a run trains: how much of it other programs take, how long our threads wait for it."""

from __future__ import annotations

import contextlib
import multiprocessing
import time
from pathlib import Path
from typing import NamedTuple

import psutil

# Linux: a folder for each thread. Its file schedstat holds the nanoseconds on a processor, then the nanoseconds in
# which the thread was ready and waited for one (the kernel's Documentation/scheduler/sched-stats.rst).
_THREADS = Path("/proc/self/task")
SHORTEST_CORES_S = 0.5
"""Least time of all cores together of which a share is said: systems count in ticks of 10 to 16 ms, and of less, one or
two of them would look like a program."""


class EpochLoad(NamedTuple):
    """What an epoch's training had to share; None where it is not known."""

    others_cpu: float | None = None
    """Share of all cores' time that other programs took, 0 to 1."""
    waited_s: float | None = None
    """Time in seconds that our threads were ready to run and waited for a processor, added up over the threads."""


class ProcessorLoad:
    """Adds up what the system counts between ``start`` and ``stop``.

    A reading of the counters takes half a millisecond, so they are read at an epoch's ends, never per step.
    """

    def __init__(self) -> None:
        """Begin at nothing."""
        self._began: _Counters | None = None
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self._cores_s = self._others_s = 0.0
        self._waited_s: float | None = 0.0

    def start(self) -> None:
        """Read the counters, unless that has been done since the last ``stop``."""
        if self._began is None:
            self._began = _read_counters()

    def stop(self) -> None:
        """Read the counters again, and add what has come between."""
        began, self._began = self._began, None
        now = _read_counters() if began is not None else None
        if began is None or now is None:
            return
        cores_s = (psutil.cpu_count() or 0) * (now.clock_s - began.clock_s)
        self._cores_s += cores_s
        # Not the sum of what was busy: where that is sampled at ticks, it is too coarse for a short epoch.
        self._others_s += max(cores_s - (now.idle_s - began.idle_s) - (now.ours_s - began.ours_s), 0.0)
        if self._waited_s is None or began.waited_s is None or now.waited_s is None:
            self._waited_s = None
        else:  # a thread that has ended takes its count along
            self._waited_s += max(now.waited_s - began.waited_s, 0.0)

    @property
    def so_far(self) -> EpochLoad:
        """What has been added up since ``clear``."""
        if self._cores_s < SHORTEST_CORES_S:
            return EpochLoad()
        return EpochLoad(self._others_s / self._cores_s, self._waited_s)


class _Counters(NamedTuple):
    """What the system counts, in seconds; only differences count."""

    clock_s: float
    idle_s: float
    """Of all cores together."""
    ours_s: float
    """Of this process and those that load data for it, on a processor."""
    waited_s: float | None


def _read_counters() -> _Counters | None:
    """Return the counters; None where the system has none, as in some containers."""
    try:
        times = psutil.cpu_times()
        if not any(times):
            return None
        idle_s = times.idle + getattr(times, "iowait", 0.0)
        return _Counters(time.perf_counter(), idle_s, time.process_time() + _children_s(), _waited_s())
    except (OSError, psutil.Error):
        return None


def _children_s() -> float:
    """Return the processor time of the processes that load data for this one, and of those that have ended.

    psutil would find any child, by looking at every process of the system: that takes milliseconds.
    """
    total_s: float = sum(psutil.Process().cpu_times()[2:4])
    for child in multiprocessing.active_children():
        with contextlib.suppress(psutil.Error):  # it has ended meanwhile
            total_s += sum(psutil.Process(child.pid).cpu_times()[:4])
    return total_s


def _waited_s() -> float | None:
    counts = []
    for thread in _THREADS.glob("*/schedstat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            counts.append(int(thread.read_text(encoding="ascii").split()[1]))
    return sum(counts) / 1e9 if counts else None
