"""How near do the kernels in C come to NumPy's, and what does the harness itself cost?

Run from the checkout: ``env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE python -m benchmarks.kernels``, since these
variables choose other kernels than OpenBLAS would. All contestants take turns; a ratio is the median of the ratios
within a round, so that a machine that others use as well hurts both. Ends with one line of JSON; with ``--check`` it
fails where a speed is not reached.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from rich.console import Console
from rich.table import Table

from mnist_lab.bench.catalogue import implementations
from mnist_lab.bench.correctness import check
from mnist_lab.bench.kernel import Request
from mnist_lab.bench.machine import machine_facts, versions
from mnist_lab.bench.operation import Operation
from mnist_lab.bench.thread_limits import available_threads, limited_to
from mnist_lab.bench.timing import measure

PRODUCT_SIZE, CONVOLUTION_SIZE = 1024, 2048
# After their work BLAS' threads go on looking for more, on the cores that the next contestant needs.
_SETTLE_S = 0.1
# The naive product takes ten seconds: one round of it tells a factor of ten from one of a hundred.
_ROUNDS_OF_NAIVE = 1
_REPORTED_HARNESS_S = 1e-3

SPEEDS: Mapping[str, tuple[str, str, str, float]] = {
    "C on one thread, of NumPy's speed": ("matmul", "numpy-1", "c-simd", 0.60),
    "C on all threads, of NumPy's speed": ("matmul", "numpy", "c-threads", 0.50),
    "NumPy, times as fast as naive C": ("naive", "c-naive", "numpy-1", 10.0),
    "NumPy's convolution, of PyTorch's speed (one thread)": ("conv2d", "torch-1", "numpy-1", 1 / 3),
    "C convolution, times as fast as NumPy's": ("conv2d", "numpy-1", "c-simd", 1.0),
}
"""What is to be reached: contest, the time above, the time below, and their least ratio."""


def main(args: Sequence[str] | None = None) -> int:
    """Measure, print the table and the line of JSON, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--check", action="store_true", help="fail where a speed is not reached")
    options = parser.parse_args(args)
    rounds = {
        "matmul": _rounds("matmul", PRODUCT_SIZE, options.rounds),
        "naive": _rounds("naive", PRODUCT_SIZE, _ROUNDS_OF_NAIVE),
        "conv2d": _rounds("conv2d", CONVOLUTION_SIZE, options.rounds),
    }
    found = {
        name: statistics.median(_ratios(rounds[operation], above, below))
        for name, (operation, above, below, _) in SPEEDS.items()
    }
    harness = harness_share()
    _show(rounds, found, harness)
    reached = all(found[name] >= least for name, (*_, least) in SPEEDS.items()) and harness < 0.02
    conditions = machine_facts() | versions() | {"threads": str(available_threads())}
    medians = {
        operation: {name: statistics.median(times_s) for name, times_s in entry.items()}
        for operation, entry in rounds.items()
    }
    sys.stdout.write(json.dumps({"ratios": found, "harness": harness, "medians_s": medians, **conditions}) + "\n")
    return 1 if options.check and not reached else 0


def harness_share() -> float:
    """Return the share by which the harness lengthens a call of 1 ms; the least of several tries."""

    def spin() -> None:
        began = time.perf_counter()
        while time.perf_counter() - began < _REPORTED_HARNESS_S:
            pass

    return min(measure(spin, most_s=1).low_s for _ in range(3)) / _REPORTED_HARNESS_S - 1


def _rounds(contest: str, size: int, rounds: int) -> dict[str, list[float]]:
    """Return the times of all contestants in seconds, one a round; each was checked first."""
    operation = _operation(contest)
    what = Operation(operation)
    names = {name for other, *pair, _ in SPEEDS.values() if other == contest for name in pair}
    operands = what.operands(size)
    calls: dict[str, tuple[int, Callable[[], Any]]] = {}
    for entry in implementations(operation):
        if entry.name in names:
            threads = available_threads() if entry.all_threads else 1
            kernel = entry.load(Request(what, threads))
            check(entry, kernel, what)
            calls[entry.name] = threads, partial(kernel.compute, *(kernel.take(operand) for operand in operands))
    times_s: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(rounds + 1):
        for name, (threads, call) in calls.items():
            if number == 0 and name == "c-naive":
                continue
            with limited_to(threads):
                began = time.perf_counter()
                call()
                took_s = time.perf_counter() - began
            if number:  # the first round warms up
                times_s[name].append(took_s)
            time.sleep(_SETTLE_S)
    return times_s


def _operation(contest: str) -> str:
    return "conv2d" if contest == "conv2d" else "matmul"


def _ratios(times_s: Mapping[str, Sequence[float]], above: str, below: str) -> list[float]:
    return [first / second for first, second in zip(times_s[above], times_s[below], strict=True)]


def _show(rounds: Mapping[str, Mapping[str, Sequence[float]]], found: Mapping[str, float], harness: float) -> None:
    console = Console(highlight=False)
    times = Table("operation", "implementation", "median [ms]", "least [ms]", "largest [ms]", "GFLOP/s (median)")
    for contest, entry in rounds.items():
        operation = _operation(contest)
        size = PRODUCT_SIZE if operation == "matmul" else CONVOLUTION_SIZE
        for name, times_s in entry.items():
            middle_s = statistics.median(times_s)
            rate = Operation(operation).flops(size) / middle_s / 1e9
            values = (f"{1e3 * value:.2f}" for value in (middle_s, min(times_s), max(times_s)))
            times.add_row(f"{operation}, N = {size:,}", name, *values, f"{rate:.2f}")
    console.print(times)
    ratios = Table("speed", "found", "least")
    for name, (*_, least) in SPEEDS.items():
        ratios.add_row(name, f"{found[name]:.2f}", f"{least:.2f}")
    ratios.add_row("harness, share of a call of 1 ms", f"{100 * harness:.2f} %", "< 2 %")
    console.print(ratios)


if __name__ == "__main__":
    sys.exit(main())
