"""Which sizes are measured: they double until a call would take too long, or the memory would not hold the matrices."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import psutil

from mnist_lab.bench.bench_record import Series, Stop
from mnist_lab.bench.kernel import Implementation
from mnist_lab.bench.operation import Operation
from mnist_lab.errors import UsageError
from mnist_lab.language import say

FIRST = 25
"""Not a power of two: rows that are a power of two apart share a few places of the cache, and times would show that."""
SMALLEST = 3
_LARGEST = 10**6
SHARE_OF_FREE = 0.8
"""Of the free memory, that matrices may take; the rest is left to the system and to other programs."""
# Where matrices leave a cache, time grows faster than the steps; more than this is another program's work.
_MOST_SURPRISE = 2.0


def sizes_in_turn(given: Sequence[int]) -> Iterator[int]:
    """Yield the given sizes in ascending order, or else those that double without end."""
    if given:
        yield from sorted(set(given))
    else:
        yield from (FIRST * 2**step for step in itertools.count())


def check_sizes(sizes: Sequence[int], operation: Operation) -> None:
    """Look, before anything is measured, whether matrices of these sizes can be.

    Raises:
        UsageError: One is too small, or too large for the memory.
    """
    for size in sizes:
        if not SMALLEST <= size <= _LARGEST:
            raise UsageError(
                say(
                    "--sizes: {size} is no size; allowed: whole numbers from {least} to {most:,}, such as 100,200,400.",
                    "--sizes：{size} は指定できません。{least} から {most:,} までの整数を 100,200,400 の"
                    "ように指定してください。",
                    size=size,
                    least=SMALLEST,
                    most=_LARGEST,
                )
            )
        needed, free = 8 * operation.values_moved(size), free_bytes()
        if needed > free:
            raise UsageError(
                say(
                    "--sizes: {size:,} is too large for the memory: operands and result alone take "
                    "{needed:.1f} GiB, and "
                    "{free:.1f} GiB are free for them; up to {most:,} fits.",
                    "--sizes：{size:,} はメモリに収まりません。入力と結果だけで {needed:.1f} GiB 必要ですが、"
                    "使えるのは "
                    "{free:.1f} GiB です。{most:,} までなら収まります。",
                    size=size,
                    needed=needed / 2**30,
                    free=free / 2**30,
                    most=_largest_within(free, operation),
                )
            )


def stop_before(
    size: int,
    implementation: Implementation,
    series: Series,
    operation: Operation,
    max_seconds: float,
    gpu_bytes: int | None,
) -> Stop | None:
    """Return why a size is not measured: by arithmetic, before anything is allocated; None where it is.

    Args:
        size: Values a side.
        implementation: Which.
        series: What it has been measured at so far.
        operation: What it computes.
        max_seconds: The longest call that is wanted.
        gpu_bytes: The memory guard's limit; None where none is known.
    """
    if series.points and (needed_s := predicted_s(size, series, operation)) > max_seconds:
        return Stop("too_long", size, needed_s, max_seconds)
    originals = 8 * operation.values_moved(size)
    own = implementation.value_bytes * (operation.values_moved(size) + implementation.workspace * size**2)
    if implementation.on_gpu and gpu_bytes is not None and own > gpu_bytes:
        return Stop("memory", size, own, gpu_bytes)
    needed = originals + (0 if implementation.on_gpu else own)
    return Stop("memory", size, needed, free_bytes()) if needed > free_bytes() else None


def free_bytes() -> int:
    """Return the bytes of memory that matrices may take."""
    return int(SHARE_OF_FREE * psutil.virtual_memory().available)


def predicted_s(size: int, series: Series, operation: Operation) -> float:
    """Return the seconds of a call at a size: those of the last one, grown as the steps, or as they grew last."""
    last = series.points[-1]
    growth = operation.steps(size) / operation.steps(last.size)
    if len(series.points) > 1 and (before := series.points[-2]).size < last.size:
        measured = last.median_s / before.median_s
        steps = operation.steps(last.size) / operation.steps(before.size)
        growth *= min(max(measured / steps, 1.0), _MOST_SURPRISE)
    return last.median_s * growth


def _largest_within(free: int, operation: Operation) -> int:
    size = int((free / 8 / (3 if operation.name == "matmul" else 2)) ** 0.5)
    return size // 100 * 100 or size
