"""A card whose memory a training is to fit in: the real one, or one that is only thought of."""

from __future__ import annotations

import re
from typing import NamedTuple

from mnist_lab.errors import UsageError
from mnist_lab.gpu.allocator_limit import AllocatorLimit
from mnist_lab.gpu.budget import Budget, Limits, Readings, compute_budget
from mnist_lab.gpu.cuda_runtime import MIB, CudaRuntime
from mnist_lab.gpu.driver import driver_of
from mnist_lab.gpu.kernel_workspaces import Kernels
from mnist_lab.gpu.nvml import own_bytes
from mnist_lab.language import say

# What a process takes of a card that is only thought of before PyTorch asks for anything: CUDA's context, with the
# kernels that are loaded at first. Cards and drivers differ; this is this project's assumption.
ASSUMED_CONTEXT_BYTES = 300 * MIB

_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?(MiB|GiB)")
_UNITS = {"MiB": MIB, "GiB": 1024 * MIB}
LEAST_BYTES, MOST_BYTES = 256 * MIB, 2**20 * MIB


class Card(NamedTuple):
    """Memory, and what the guard would let PyTorch have of it."""

    name: str
    budget: Budget
    context_bytes: int | None
    """Of CUDA's context: assumed, or as read; None where the platform does not tell."""
    is_real: bool
    kernels: Kernels = Kernels()


def size_in_bytes(text: str) -> int:
    """Return the bytes of a size such as ``6GiB``.

    Raises:
        UsageError: It is none, or none that a card could have.
    """
    found = _SIZE.fullmatch(text.strip())
    size_bytes = int(float(found[1]) * _UNITS[found[2]]) if found else 0
    if not LEAST_BYTES <= size_bytes <= MOST_BYTES:
        raise UsageError(
            say(
                "--gpu: '{text}' is not the memory of a GPU; give a number with its unit, at least 256MiB: 6GiB, "
                "8188MiB.",
                "--gpu：'{text}' は GPU のメモリ容量ではありません。256MiB 以上を単位付きで指定してください"
                "（例：6GiB、8188MiB）。",
                text=text,
            )
        )
    return size_bytes


def imagined_card(total_bytes: int, limits: Limits) -> Card:
    """Return a card of a size, of which nothing is taken but by the training; the driver is as it would be here.

    Args:
        total_bytes: Dedicated memory.
        limits: As the guard has them.
    """
    can_spill = bool(driver_of(None).can_spill)
    readings = Readings(total_bytes - ASSUMED_CONTEXT_BYTES, total_bytes, 0, can_spill)
    size = f"{total_bytes / 2**30:g} GiB" if total_bytes >= 2**30 else f"{total_bytes // MIB} MiB"
    return Card(size, compute_budget(readings, limits), ASSUMED_CONTEXT_BYTES, is_real=False)


def real_card(cuda: CudaRuntime, device: int, limits: Limits) -> Card:
    """Return a card of this machine as it is now, its context made and its other programs counted.

    Args:
        cuda: The GPU.
        device: CUDA index.
        limits: As the guard has them.

    Raises:
        UnboundedAllocatorError: The allocator in use cannot be limited.
    """
    limit = AllocatorLimit(cuda, device, limits)
    budget = limit.apply()
    limit.lift()
    held_bytes = own_bytes(cuda.nvml(device))
    context_bytes = None
    if held_bytes is not None:
        context_bytes = held_bytes - int(cuda.stats(device).get("reserved_bytes.all.current", 0))
    return Card(cuda.name(device), budget, context_bytes, is_real=True, kernels=cuda.kernels(device))
