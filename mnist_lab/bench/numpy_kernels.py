"""NumPy: the product of its BLAS library, and a convolution of nine shifted slices without a loop over pixels."""

from __future__ import annotations

import numpy as np

from mnist_lab.bench.kernel import Kernel, Request
from mnist_lab.bench.operation import Array, with_border

# Bytes of a strip's rows: what is written in one slice's turn is still in the cache (second level) in the next's.
_STRIP_BYTES = 192 * 1024


def matmul(a: Array, b: Array) -> Array:
    """Return the product of two matrices."""
    return np.asarray(a @ b)


def conv2d(image: Array, weights: Array) -> Array:
    """Return an image convolved with 3 × 3 weights, ``(N, M) → (N − 2, M − 2)``.

    Nine whole slices, one for each weight. Strip after strip, since slices of a large image would go through the main
    memory nine times.
    """
    height, width = image.shape[0] - 2, image.shape[1] - 2
    out = np.empty((height, width), dtype=image.dtype)
    rows = max(_STRIP_BYTES // (max(width, 1) * image.itemsize), 1)
    product = np.empty((rows, width), dtype=image.dtype)
    for top in range(0, height, rows):
        strip = out[top : top + rows]
        part = product[: len(strip)]
        for v, u in np.ndindex(3, 3):
            shifted = image[top + v : top + v + len(strip), u : u + width]
            if v == u == 0:
                np.multiply(shifted, weights[v, u], out=strip)
            else:
                np.multiply(shifted, weights[v, u], out=part)
                strip += part
    return out


def conv2d_same(image: Array, weights: Array) -> Array:
    """Return an image convolved with 3 × 3 weights, of the same size."""
    return conv2d(with_border(image), weights)


def load(request: Request) -> Kernel:
    """Return the kernel for arrays."""
    if request.operation.name == "matmul":
        return Kernel(matmul)
    return Kernel(conv2d_same if request.operation.padding == "same" else conv2d)
