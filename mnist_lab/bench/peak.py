"""What this machine can do at most, measured with the C source ``peak.c``: arithmetic in registers, memory."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from dataclasses import fields

import numpy as np

from mnist_lab.bench.bench_record import Peak
from mnist_lab.bench.compiler import SOURCES, library
from mnist_lab.bench.kernel import LeftOutError
from mnist_lab.bench.sizes import free_bytes

_REPEATS = 15
_STEPS = 1_000_000
# Far more than a processor's caches hold.
_MEMORY_BYTES = 256 * 2**20
_VECTOR = 8


def measure_peak(threads: int) -> Peak:
    """Return the highest rates out of several tries with one and with all threads; unknown where there is no compiler.

    Args:
        threads: How many "all" are.
    """
    try:
        functions = ctypes.CDLL(str(library(SOURCES / "peak.c")))
    except (LeftOutError, OSError):
        return Peak()
    functions.peak_arithmetic.restype = ctypes.c_double
    functions.peak_memory.restype = None
    return Peak(_gflops(functions, 1), _gflops(functions, threads), _gbytes(functions, 1), _gbytes(functions, threads))


def higher(first: Peak, second: Peak) -> Peak:
    """Return the higher of two measurements, rate by rate; what is unknown in one is taken from the other."""
    pairs = [(getattr(first, rate.name), getattr(second, rate.name)) for rate in fields(Peak)]
    return Peak(*(max((rate for rate in pair if rate is not None), default=None) for pair in pairs))


def _gflops(functions: ctypes.CDLL, threads: int) -> float:
    sums = np.zeros(_VECTOR * threads)
    address = ctypes.c_void_p(sums.ctypes.data)

    def rate() -> float:
        """Multiply and add in registers, and return the number of operations of all threads."""
        return float(functions.peak_arithmetic(ctypes.c_size_t(_STEPS), address, ctypes.c_int(threads)))

    return _best(rate)


def _gbytes(functions: ctypes.CDLL, threads: int) -> float | None:
    if free_bytes() < 2 * _MEMORY_BYTES:
        return None
    values = _MEMORY_BYTES // 8
    source, target = np.ones(values), np.zeros(values)
    places = ctypes.c_void_p(source.ctypes.data), ctypes.c_void_p(target.ctypes.data)

    def moved() -> float:
        """Copy the values and return the bytes that were read and written."""
        functions.peak_memory(ctypes.c_size_t(values), *places, ctypes.c_int(threads))
        return 2.0 * _MEMORY_BYTES

    return _best(moved)


def _best(work: Callable[[], float]) -> float:
    """Return the highest rate of several tries, in 10^9 units a second; ``work`` returns its units."""
    rates = []
    for _ in range(_REPEATS):
        began = time.perf_counter()
        units = work()
        rates.append(units / (time.perf_counter() - began) / 1e9)
    return max(rates)
