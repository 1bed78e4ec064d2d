"""How much of the processor a measurement used, and how much other programs took meanwhile."""

from __future__ import annotations

import time
from typing import NamedTuple

from mnist_lab.runs.processor_load import ProcessorLoad


class ProcessorUse(NamedTuple):
    """Of the time between two readings."""

    cores: float
    """Cores that this process kept busy on average: 1.9 of 2."""
    others: float | None
    """Share of all cores' time that other programs took, 0 to 1; None where the time was too short to tell."""


class ProcessorClock:
    """Reads the system's counters when it is made, and again when asked, once."""

    def __init__(self) -> None:
        """Begin now."""
        self._load = ProcessorLoad()
        self._load.start()
        self._wall_s, self._own_s = time.perf_counter(), time.process_time()

    def since(self) -> ProcessorUse:
        """Return what has been used since the beginning."""
        wall_s = max(time.perf_counter() - self._wall_s, 1e-9)
        cores = (time.process_time() - self._own_s) / wall_s
        self._load.stop()
        return ProcessorUse(cores, self._load.so_far.others_cpu)
