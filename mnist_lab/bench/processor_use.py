"""How much of the processor a measurement used, and how much other programs took meanwhile."""

from __future__ import annotations

import time
from typing import NamedTuple

import psutil

# Of a shorter time, one tick of the system's counters would look like a program.
_SHORTEST_CORES_S = 0.5


class ProcessorUse(NamedTuple):
    """Of the time between two readings."""

    cores: float
    """Cores that this process kept busy on average: 1.9 of 2."""
    others: float | None
    """Share of all cores' time that other programs took, 0 to 1; None where the time was too short to tell."""


class ProcessorClock:
    """Reads the system's counters when it is made, and again when asked."""

    def __init__(self) -> None:
        """Begin now."""
        self._wall_s, self._own_s, self._idle_s = time.perf_counter(), time.process_time(), _idle_s()

    def since(self) -> ProcessorUse:
        """Return what has been used since the beginning."""
        wall_s = max(time.perf_counter() - self._wall_s, 1e-9)
        own_s = time.process_time() - self._own_s
        cores_s = wall_s * (psutil.cpu_count() or 1)
        idle_s = _idle_s()
        if self._idle_s is None or idle_s is None or cores_s < _SHORTEST_CORES_S:
            return ProcessorUse(own_s / wall_s, None)
        others_s = cores_s - (idle_s - self._idle_s) - own_s
        return ProcessorUse(own_s / wall_s, min(max(others_s / cores_s, 0.0), 1.0))


def _idle_s() -> float | None:
    try:
        times = psutil.cpu_times()
    except (OSError, psutil.Error):  # as in some containers
        return None
    return float(times.idle + getattr(times, "iowait", 0.0)) if any(times) else None
