"""How many threads the libraries may use, and which kernels of BLAS they have chosen."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def available_threads() -> int:
    """Return the cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def limited_to(threads: int) -> Iterator[None]:
    """Let BLAS, OpenMP and torch use so many threads inside the block, and as many as before afterwards."""
    from threadpoolctl import threadpool_limits

    torch = sys.modules.get("torch")
    before = torch.get_num_threads() if torch else 0
    with threadpool_limits(limits=threads):
        if torch:
            torch.set_num_threads(threads)
        try:
            yield
        finally:
            if torch:
                torch.set_num_threads(before)


def blas_kernels() -> list[str]:
    """Return NumPy's BLAS library with the processor that its kernels are for; where that is not known, all loaded."""
    from threadpoolctl import threadpool_info

    libraries = [entry for entry in threadpool_info() if entry["user_api"] == "blas"]
    # SciPy brings one of its own along.
    numpys = [entry for entry in libraries if any(part.startswith("numpy") for part in Path(entry["filepath"]).parts)]
    return sorted(
        {
            " ".join(str(entry[key]) for key in ("internal_api", "version", "architecture") if entry.get(key))
            for entry in numpys or libraries
        }
    )
