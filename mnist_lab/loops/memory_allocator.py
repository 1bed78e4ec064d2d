"""Keeps the C library from giving memory back between steps, only to fault it in again."""

from __future__ import annotations

import torch

# glibc serves larger blocks by mmap until one of up to 32 MiB has been freed; from then on its thresholds follow that
# size (mallopt(3), M_MMAP_THRESHOLD). Other C libraries do not mind.
_BYTES = 31 << 20


def keep_freed_memory() -> None:
    """Free one large block, so that those of the training steps are reused instead of unmapped."""
    torch.empty(_BYTES, dtype=torch.uint8)
