"""The two operations that are measured: what they compute, how many steps that takes, how much memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array = NDArray[Any]
Padding = Literal["valid", "same"]
OPERATIONS = ("matmul", "conv2d")
_SEED = 0


@dataclass(frozen=True)
class Operation:
    """The product of two square matrices, or a square matrix convolved with a 3 × 3 one.

    As in all of deep learning the 3 × 3 matrix is not turned round first (cross-correlation): ``out[y, x]`` is the sum
    over ``v, u`` of ``image[y + v, x + u] * weights[v, u]``.
    """

    name: str
    """``matmul`` or ``conv2d``."""
    padding: Padding = "valid"
    """Of the convolution: ``valid`` gives N − 2 values a side, ``same`` N, with zeros around."""

    @property
    def degree(self) -> int:
        """The power of N that the number of steps grows with."""
        return 3 if self.name == "matmul" else 2

    def output_size(self, size: int) -> int:
        """Return the values a side of the result for matrices of ``size`` a side."""
        return size if self.name == "matmul" or self.padding == "same" else size - 2

    def steps(self, size: int) -> int:
        """Return how often the innermost loop runs: N·N·N, or 3·3 for each value of the result."""
        return size**3 if self.name == "matmul" else 9 * self.output_size(size) ** 2

    def flops(self, size: int) -> int:
        """Return the floating-point operations: a multiplication and an addition each step."""
        return 2 * self.steps(size)

    def values_moved(self, size: int) -> int:
        """Return the numbers that must at least be read or written: each operand and the result once."""
        operands = 2 * size**2 if self.name == "matmul" else size**2 + 9
        return operands + self.output_size(size) ** 2

    def operands(self, size: int) -> tuple[Array, Array]:
        """Return random operands in float64, the same each time: both ``(N, N)``, or ``(N, N)`` and ``(3, 3)``."""
        generator = np.random.default_rng(_SEED)
        second = (size, size) if self.name == "matmul" else (3, 3)
        return generator.standard_normal((size, size)), generator.standard_normal(second)

    def times_vector(self, first: Array, second: Array, vector: Array) -> Array:
        """Return the right result times a vector, in N² steps: what a result of any size can be checked with.

        Freivalds' check: a wrong result times a random vector is wrong as well, unless rounding hides it.
        """
        if self.name == "matmul":
            return np.asarray(first @ (second @ vector))
        size, image = len(vector), np.pad(first, 1) if self.padding == "same" else first
        places = [(row, column) for row in range(3) for column in range(3)]
        return np.asarray(
            sum(
                second[row, column] * (image[row : row + size, column : column + size] @ vector)
                for row, column in places
            )
        )

    def reference(self, first: Array, second: Array) -> Array:
        """Return the right result in float64, by a way that none of the implementations takes."""
        if self.name == "matmul":
            return np.asarray(np.einsum("ik,kj->ij", first, second))
        image = with_border(first) if self.padding == "same" else first
        return np.asarray(np.einsum("yxvu,vu->yx", sliding_window_view(image, (3, 3)), second))


def with_border(image: Array) -> Array:
    """Return ``(N + 2, M + 2)``: an image with a border of zeros, so that its convolution has the image's size."""
    return np.pad(image, 1)
