"""What single kernels of PyTorch's take for themselves and give back: columns of convolutions, buffers of sums."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor

_WARP = 32
_MOST_THREADS = 512
_LEAST_VALUES, _MOST_VALUES = 16, 256  # that a thread is to sum


# cuBLAS' workspace for each stream and thread (parseChosenWorkspaceSize of aten/src/ATen/cuda/CublasHandlePool.cpp):
# twice 4 MiB and eight times 16 KiB; eight times 4 MiB on Hopper and Blackwell.
CUBLAS_BYTES = 2 * 4096 * 1024 + 8 * 16 * 1024
_CUBLAS_BYTES_OF_NEWER = 8 * 4096 * 1024
_NEWER = (9, 10, 12)
# Of cuBLASLt, which carries out a product with a bias (_getWorkspaceSize of aten/src/ATen/cuda/CUDABlas.cpp); on newer
# cards it is that of cuBLAS.
_CUBLASLT_BYTES = 1024 * 1024


class Kernels(NamedTuple):
    """What of a card decides what kernels take; the defaults are those of an RTX 4060 for laptops."""

    multiprocessors: int = 24
    threads: int = 1536
    """Of each multiprocessor at once."""
    cublas_bytes: int = CUBLAS_BYTES
    """A workspace of cuBLAS."""


def kernels_of(multiprocessors: int, threads: int, capability: int) -> Kernels:
    """Return what of a card decides what kernels take.

    Args:
        multiprocessors: As many as it has.
        threads: Of each at once.
        capability: First number of its compute capability, such as 9 for Hopper.
    """
    return Kernels(multiprocessors, threads, _CUBLAS_BYTES_OF_NEWER if capability in _NEWER else CUBLAS_BYTES)


def product_bytes(name: str, args: tuple[Any, ...], kernels: Kernels) -> int:
    """Return the bytes of the workspace in which a product of matrices is made.

    Args:
        name: Of the operation, such as ``addmm``.
        args: Its arguments.
        kernels: Of the card.
    """
    if name in ("addmm", "_addmm_activation") and args[0].ndim == 1:
        sizes = (*args[1].shape, args[2].shape[1])
        if min(sizes) > 1 and kernels.cublas_bytes == CUBLAS_BYTES:
            return _CUBLASLT_BYTES
    return kernels.cublas_bytes


def workspace_bytes(name: str, args: tuple[Any, ...], out: Any, *, with_cudnn: bool, kernels: Kernels) -> int:
    """Return the bytes that an operation takes beside what it returns, as far as it is known.

    Args:
        name: Of the operation, such as ``convolution``.
        args: Its arguments.
        out: What it returns.
        with_cudnn: Whether cuDNN carries out convolutions; what it takes is not known (``assumed_bytes``).
        kernels: Of the card.
    """
    if name == "sum" and len(args) > 1:
        return _sum_bytes(args[0], args[1], kernels)
    if name == "convolution":
        return assumed_bytes(args[0], out) if with_cudnn else _columns_bytes(args[1], out)
    if name == "convolution_backward":
        return assumed_bytes(args[0], args[1], out[0]) if with_cudnn else _columns_bytes(args[2], args[0])
    return 0


def assumed_bytes(*read_and_written: Tensor | None) -> int:
    """Return what a convolution of cuDNN's is taken to need: as much again as it reads and writes.

    So much it takes to bring all of it into another order, channels last, and back. Which of its ways cuDNN goes, and
    what that takes, it decides itself.
    """
    return sum(tensor.nbytes for tensor in read_and_written if tensor is not None)


def _columns_bytes(weight: Tensor, output: Tensor) -> int:
    """Return the bytes of a convolution's columns: each output pixel's inputs beside one another, a sample at a time.

    As ``slow_conv2d_forward`` and its two backward functions take them (aten/src/ATen/native/cuda/ConvolutionMM2d.cu).
    """
    if weight.ndim != 4:
        return 0
    return int(math.prod(weight.shape[1:]) * math.prod(output.shape[2:]) * output.element_size())


def _sum_bytes(values: Tensor, dims: Sequence[int] | None, kernels: Kernels) -> int:
    """Return the bytes of the buffer in which blocks of threads leave what each has summed over a leading dimension.

    Such is the gradient of a bias: the sum over all samples. The rules are those of ``setReduceConfig``
    (aten/src/ATen/native/cuda/Reduce.cuh): how many blocks share a sum depends on how many the card can hold.
    """
    summed = sorted(dim % values.ndim for dim in dims or ()) if values.ndim else []
    if not summed or summed != list(range(len(summed))) or len(summed) == values.ndim or not values.is_contiguous():
        return 0
    inputs = math.prod(values.shape[: len(summed)])
    outputs = math.prod(values.shape[len(summed) :])
    at_once = next(size for size in (4, 2, 1) if outputs % size == 0)
    most = _MOST_THREADS // at_once
    widest = min(_power_of_two(outputs // at_once), most)
    width = min(widest, _WARP)
    height = min(_power_of_two(inputs), most // width)
    width = min(widest, most // height)
    values_each = -(-inputs // height)
    grid = -(-(outputs // at_once) // width)
    target = kernels.multiprocessors * (kernels.threads // (width * height))
    if inputs < min(height * _LEAST_VALUES, _MOST_VALUES) or values_each < _MOST_VALUES or grid > target:
        return 0
    blocks = max(min(-(-target // grid), -(-values_each // _LEAST_VALUES)), -(-values_each // _MOST_VALUES))
    return values.element_size() * outputs * blocks * width * at_once if blocks > 1 else 0


def _power_of_two(number: int) -> int:
    """Return the largest power of two that is not larger."""
    return 1 << (max(number, 1).bit_length() - 1)
