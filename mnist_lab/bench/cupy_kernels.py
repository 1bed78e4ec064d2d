"""CuPy: NumPy's interface on the GPU, in float32; its memory pool gets the limit that the memory guard would set."""

from __future__ import annotations

import importlib
import warnings
from functools import partial
from typing import Any

from mnist_lab.bench.kernel import Kernel, LeftOutError, Request
from mnist_lab.errors import first_line
from mnist_lab.gpu.budget import Limits, Readings, compute_budget


def load(request: Request) -> Kernel:
    """Return the kernel for arrays on the GPU.

    Raises:
        LeftOutError: CuPy is not installed, or has no GPU to work on.
    """
    try:
        with warnings.catch_warnings():
            # That a part of CuPy which is not used here may change.
            warnings.simplefilter("ignore", FutureWarning)
            cupy = importlib.import_module("cupy")
            signal = importlib.import_module("cupyx.scipy.signal")
    except ImportError:
        raise LeftOutError("no_cupy") from None
    try:
        limit_bytes = memory_limit(cupy)
    except Exception as error:  # of CUDA's runtime, whose classes are CuPy's
        raise LeftOutError("cupy_failed", first_line(error)) from None
    cupy.get_default_memory_pool().set_limit(size=limit_bytes)
    if request.operation.name == "matmul":
        compute = cupy.matmul
    else:
        compute = partial(_correlate, signal, request.operation.padding)
    return Kernel(
        compute,
        take=lambda array: cupy.asarray(array, dtype=cupy.float32),
        give=cupy.asnumpy,
        wait=lambda: cupy.cuda.Device().synchronize(),
    )


def memory_limit(cupy: Any) -> int:
    """Return the bytes that CuPy may hold: the dedicated memory that is free, less the guard's headroom."""
    free_bytes, total_bytes = cupy.cuda.runtime.memGetInfo()
    # Whether the driver can spill is not asked here: to think it able costs some headroom only.
    return compute_budget(Readings(free_bytes, total_bytes, 0, True), Limits()).limit_bytes


def _correlate(signal: Any, padding: str, image: Any, weights: Any) -> Any:
    return signal.correlate2d(image, weights, mode=padding)
