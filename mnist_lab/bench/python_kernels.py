"""Pure Python, as it would be handed in: lists and loops, no library at all."""

from __future__ import annotations

from mnist_lab.bench.kernel import Kernel, Request
from mnist_lab.bench.operation import Array

Matrix = list[list[float]]


def matmul(a: Matrix, b: Matrix) -> Matrix:
    """Return the product of two square matrices: N·N·N steps."""
    n = len(a)
    c = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            total = 0.0
            for k in range(n):
                total += a[i][k] * b[k][j]
            c[i][j] = total
    return c


def conv2d(image: Matrix, weights: Matrix) -> Matrix:
    """Return a matrix convolved with a 3 × 3 one, two values smaller a side: 9 steps for each value."""
    height, width = len(image) - 2, len(image[0]) - 2
    out = [[0.0] * width for _ in range(height)]
    for y in range(height):
        for x in range(width):
            total = 0.0
            for v in range(3):
                for u in range(3):
                    total += image[y + v][x + u] * weights[v][u]
            out[y][x] = total
    return out


def bordered(image: Matrix) -> Matrix:
    """Return a matrix with a border of zeros."""
    empty = [0.0] * (len(image[0]) + 2)
    return [empty, *([0.0, *row, 0.0] for row in image), empty]


def conv2d_same(image: Matrix, weights: Matrix) -> Matrix:
    """Return a matrix convolved with a 3 × 3 one, of the same size."""
    return conv2d(bordered(image), weights)


def load(request: Request) -> Kernel:
    """Return the kernel for lists of lists."""
    if request.operation.name == "matmul":
        return Kernel(matmul, take=as_lists)
    return Kernel(conv2d_same if request.operation.padding == "same" else conv2d, take=as_lists)


def as_lists(array: Array) -> Matrix:
    """Return an array as a list of rows."""
    rows: Matrix = array.tolist()
    return rows
