"""C, in steps: each step is a file among the sources, called by ctypes with float64 arrays."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from mnist_lab.bench.compiler import SOURCES, library
from mnist_lab.bench.kernel import Kernel, LeftOutError, Request
from mnist_lab.bench.operation import OPERATIONS, Array, with_border

STEPS = ("naive", "loop_order", "blocked", "simd", "threads")


def source_of(operation: str, step: str) -> Path:
    """Return the C file of a step."""
    return SOURCES / f"{operation}_{step}.c"


def shown_sources() -> list[Path]:
    """Return all C files: the headers, then the steps of both operations in their order."""
    headers = sorted(SOURCES.glob("*.h"))
    return [*headers, *(source_of(operation, step) for operation in OPERATIONS for step in STEPS)]


def load(request: Request, *, step: str) -> Kernel:
    """Return the kernel of a step.

    Raises:
        LeftOutError: There is no compiler, or it refuses the source.
    """
    return load_file(request, library(source_of(request.operation.name, step)))


def load_file(request: Request, path: Path) -> Kernel:
    """Return the kernel in a shared library.

    Raises:
        LeftOutError: The library cannot be loaded, or lacks the function.
    """
    name = request.operation.name
    try:
        function = getattr(ctypes.CDLL(str(path)), name)
    except (OSError, AttributeError) as error:
        raise LeftOutError("library_failed", f"{path.name}: {error}") from None
    function.restype = None
    if name == "matmul":
        compute: Callable[[Array, Array], Array] = partial(_product, function, request.threads)
    else:
        compute = partial(_convolved, function, request.threads, request.operation.padding == "same")
    return Kernel(compute, take=np.ascontiguousarray)


def _product(function: Any, threads: int, a: Array, b: Array) -> Array:
    c = np.empty_like(a)
    function(ctypes.c_size_t(len(a)), _address(a), _address(b), _address(c), ctypes.c_int(threads))
    return c


def _convolved(function: Any, threads: int, same: bool, image: Array, weights: Array) -> Array:
    image = with_border(image) if same else image
    rows, columns = image.shape
    out = np.empty((rows - 2, columns - 2))
    sizes = ctypes.c_size_t(rows), ctypes.c_size_t(columns)
    function(*sizes, _address(image), _address(weights), _address(out), ctypes.c_int(threads))
    return out


def _address(array: Array) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)
