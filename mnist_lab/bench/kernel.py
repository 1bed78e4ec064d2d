"""A kernel, ready to be called, and an implementation, which can be asked for one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np

from mnist_lab.bench.bench_record import WhyLeftOut
from mnist_lab.bench.operation import Array, Operation


@dataclass(frozen=True)
class Kernel:
    """One way to compute an operation."""

    compute: Callable[[Any, Any], Any]
    """Takes both operands in the kernel's own form and returns the result; this alone is timed."""
    take: Callable[[Array], Any] = lambda array: array
    """Turns a float64 array into the kernel's own form: lists, tensors, memory of the GPU."""
    give: Callable[[Any], Array] = np.asarray
    """Turns a result into an array."""
    wait: Callable[[], None] = lambda: None
    """Returns when everything that was started is done; on a GPU a call returns before that."""
    around: Callable[[], AbstractContextManager[Any]] = nullcontext
    """Settings in which it runs, such as the precision of products on a GPU."""


@dataclass(frozen=True)
class Request:
    """What a kernel is wanted for."""

    operation: Operation
    threads: int
    """How many threads it may use."""


@dataclass(frozen=True)
class Implementation:
    """An entry of the comparison."""

    name: str
    """As ``--only`` takes it: ``c-simd``."""
    load: Callable[[Request], Kernel]
    """Raises ``LeftOutError`` where this machine cannot."""
    all_threads: bool = False
    """Uses every thread that is allowed; otherwise one."""
    number_format: str = "float64"
    value_bytes: int = 8
    """Of one number in the kernel's own form."""
    workspace: int = 0
    """Matrices of N × N beside operands and result."""
    tolerance: float = 1e-10
    """Largest error allowed, relative to the largest value of the right result."""
    on_gpu: bool = False
    slow: bool = False
    """Is checked with small matrices only."""


class LeftOutError(Exception):
    """An implementation cannot take part on this machine; carries the reason for the record."""

    def __init__(self, why: WhyLeftOut, detail: str = "") -> None:
        """Say why.

        Args:
            why: As the record holds it.
            detail: What the compiler or library said.
        """
        super().__init__(f"{why} {detail}".strip())
        self.why = why
        self.detail = detail
