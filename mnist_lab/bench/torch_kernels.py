"""PyTorch on the processor and on CUDA."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Literal

from mnist_lab.bench.kernel import Kernel, LeftOutError, Request
from mnist_lab.bench.operation import Array

if TYPE_CHECKING:
    from torch import Tensor

Precision = Literal["fp32", "tf32", "bf16"]


def matmul(a: Tensor, b: Tensor) -> Tensor:
    """Return the product of two matrices."""
    return a @ b


def conv2d(image: Tensor, weights: Tensor, *, padding: int) -> Tensor:
    """Return an image ``(N, M)`` convolved with 3 × 3 weights: one image of one channel, as a Conv2d layer takes it."""
    from torch.nn import functional

    return functional.conv2d(image[None, None], weights[None, None], padding=padding)[0, 0]


def load_cpu(request: Request) -> Kernel:
    """Return the kernel for float64 tensors in the machine's memory."""
    import torch

    return Kernel(_compute(request), take=torch.from_numpy, give=lambda tensor: tensor.numpy())


def load_cuda(request: Request, *, precision: Precision) -> Kernel:
    """Return the kernel for tensors on the GPU.

    Raises:
        LeftOutError: There is no CUDA device that torch can use.
    """
    import torch

    if not torch.cuda.is_available():
        raise LeftOutError("no_cuda")
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    return Kernel(
        _compute(request),
        take=lambda array: torch.from_numpy(array).to("cuda", dtype),
        give=_to_array,
        wait=torch.cuda.synchronize,
        around=partial(_product_precision, "high" if precision == "tf32" else "highest"),
    )


def _compute(request: Request) -> partial[Tensor]:
    if request.operation.name == "matmul":
        return partial(matmul)
    return partial(conv2d, padding=1 if request.operation.padding == "same" else 0)


def _to_array(tensor: Tensor) -> Array:
    array: Array = tensor.double().cpu().numpy()
    return array


@contextmanager
def _product_precision(name: str) -> Iterator[None]:
    """Compute float32 products in full, or with the 10-bit mantissa of TF32; convolutions always in full."""
    import torch

    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision(name)
    try:
        with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
            yield
    finally:
        torch.set_float32_matmul_precision(before)
