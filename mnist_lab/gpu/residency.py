"""Whether what PyTorch's allocator holds is in dedicated memory, judged without a figure for shared memory (WSL2)."""

from __future__ import annotations

from typing import NamedTuple

from mnist_lab.gpu.cuda_runtime import MIB

TOLERANCE_BYTES = 64 * MIB
"""The driver's own rounding, and what other programs move in passing; this project's choice."""


class Held(NamedTuple):
    """One reading of a device, in bytes."""

    reserved_bytes: int
    """By the allocator."""
    free_bytes: int
    """Dedicated memory, as the driver tells it."""


def missing_bytes(start: Held, now: Held) -> int:
    """Return by how much the driver's used memory has grown less than the allocator's, 0 where it has kept up.

    Memory that was handed out elsewhere does not move the driver's figure. Nor does it move when other programs give as
    much back in the same time: see :func:`cannot_be_others`.
    """
    missing = (now.reserved_bytes - start.reserved_bytes) - (start.free_bytes - now.free_bytes)
    return missing if missing > TOLERANCE_BYTES else 0


def cannot_be_others(start: Held, now: Held, headroom_bytes: int) -> bool:
    """Say whether the missing memory had no room when it was taken, so that it was not others who gave memory back.

    What the allocator took since the start is then more than was free at the start less the headroom.
    """
    return now.reserved_bytes - start.reserved_bytes > start.free_bytes - headroom_bytes
