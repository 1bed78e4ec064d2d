"""Invented measurements."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mnist_lab.bench.bench_record import BenchRecord, CacheCount, LeftOut, Peak, Point, Series, Stop

SIZES = (25, 50, 100, 200, 400, 800)


def points_of(time_s: Callable[[int], float], sizes: Sequence[int] = SIZES) -> list[Point]:
    return [Point(size, time_s(size), 0.99 * time_s(size), 1.01 * time_s(size), 5, 1, 1.0, 0.01) for size in sizes]


def made_record(operation: str = "matmul") -> BenchRecord:
    """Python, C and NumPy with times that follow the steps; CuPy is not installed."""
    degree = 2 if operation == "conv2d" else 3
    series = [
        Series("python", 1, "float64", 0.0, points_of(lambda size: 5e-8 * size**degree, SIZES[:4])),
        Series("c-naive", 1, "float64", 1e-16, points_of(lambda size: 1e-9 * size**degree)),
        Series("c-loop-order", 1, "float64", 1e-16, points_of(lambda size: 4e-10 * size**degree)),
        Series("numpy-1", 1, "float64", 2e-16, points_of(lambda size: 5e-11 * size**degree + 1e-6)),
        Series("torch", 2, "float64", 2e-16, points_of(lambda size: 2.5e-11 * size**degree + 2e-6)),
    ]
    series[0].stop = Stop("too_long", 400, 3.2, 2.0)
    series[-1].stop = Stop("memory", 1600, 9 * 2**30, 8 * 2**30)
    return BenchRecord(
        operation=operation,
        padding="valid",
        max_seconds=2.0,
        threads=2,
        machine={"processor": "A Processor", "cores": "2", "blas": "openblas 0.3.31 Haswell"},
        versions={"python": "3.11.7", "numpy": "2.4.6"},
        started="2026-04-17T09:30:00+09:00",
        series=series,
        left_out=[LeftOut("cupy", "no_cupy"), LeftOut("c-simd", "compiler_failed", "error: no such flag")],
        peak=Peak(80.0, 160.0, 12.0, 20.0),
        counts=[CacheCount("c-naive", 200, 16_000_000, 8_000_000, 2_000)] if operation == "ladder" else [],
        ended="2026-04-17T09:31:00+09:00",
        status="completed",
    )
