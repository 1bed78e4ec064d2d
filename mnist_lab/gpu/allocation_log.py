"""What operations ask the GPU's allocator for, written down while they run without memory and without a GPU."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from mnist_lab.gpu.kernel_workspaces import Kernels, product_bytes, workspace_bytes
from mnist_lab.seams import torch_seam

Event = tuple[int, int]
"""The number of what is allocated and its bytes; with 0 bytes it is freed. Or ``MATRIX_PRODUCT`` and in which pass."""

MATRIX_PRODUCT: Final = -1
FORWARD, BACKWARD = 1, 2

# Operations that cuBLAS carries out. Up to PyTorch 2.14 it has a workspace for each stream and thread, made when it is
# first used; from 2.15 on it asks for one in each operation, and gives it back.
_PRODUCTS = {"mm", "addmm", "_addmm_activation", "bmm", "baddbmm", "mv", "addmv", "dot", "vdot"}

DEVICE = torch.device("meta")
"""Stands for the GPU: tensors there have shapes and types, and no memory."""


class _DropoutOfCuda(TorchFunctionMode):
    """Takes CUDA's own dropout, which keeps a byte for each value; on other devices PyTorch keeps a number."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = dict(kwargs or {})
        if func is functional.dropout:
            given = dict(zip(("input", "p", "training", "inplace"), args, strict=False)) | kwargs
            share = given.get("p", 0.5)
            if given.get("training", True) and 0 < share < 1 and not given.get("inplace") and given["input"].is_meta:
                return torch.native_dropout(given["input"], share, True)[0]
        return func(*args, **kwargs)


class AllocationLog:
    """Writes down each storage that operations make on the GPU, and when it is given up.

    Only what an operation returns is seen. What a kernel takes for itself and gives back within the operation is added
    where it is known (``kernel_workspaces``), and that cuBLAS is at work.

    Attributes:
        kinds: What the numbers stand for, where that was said (``call_it``); the others are activations.
        assumes: Whether workspaces of cuDNN's are in it, which are assumed.
    """

    def __init__(self, *, with_cudnn: bool, kernels: Kernels) -> None:
        """Begin with nothing.

        Args:
            with_cudnn: Whether cuDNN carries out convolutions.
            kernels: Of the card.
        """
        self.kinds: dict[int, str] = {}
        self.assumes = False
        self._with_cudnn = with_cudnn
        self._kernels = kernels
        self._events: list[Event] = []
        self._numbers: dict[int, tuple[int, weakref.ref[Any]]] = {}
        self._count = 0

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Inside the ``with`` block, what operations on ``DEVICE`` would ask for is written down."""
        with torch_seam.operations_noted(self._note), _DropoutOfCuda():
            yield

    def cut(self) -> list[Event]:
        """Return what was written down since the last time."""
        events, self._events = self._events, []
        return events

    def call_it(self, kind: str, tensors: Iterable[Any]) -> None:
        """Say what tensors are for."""
        for tensor in tensors:
            number = self.number_of(tensor)
            if number is not None:
                self.kinds[number] = kind

    def number_of(self, tensor: Any) -> int | None:
        """Return the number of a tensor's memory, None where it is not on the GPU."""
        if not isinstance(tensor, Tensor) or tensor.device != DEVICE:
            return None
        known = self._numbers.get(id(tensor.untyped_storage()))
        return None if known is None else known[0]

    def _note(self, func: Any, args: tuple[Any, ...], out: Any) -> Any:
        name = func._schema.name.removeprefix("aten::")
        for tensor in _tensors(out):
            if tensor.device == DEVICE:
                self._see(tensor)
        size_bytes = 0
        if any(isinstance(one, Tensor) and one.device == DEVICE for one in args):
            size_bytes = workspace_bytes(name, args, out, with_cudnn=self._with_cudnn, kernels=self._kernels)
        is_convolution = size_bytes > 0 and name.startswith("convolution")
        self.assumes |= is_convolution and self._with_cudnn
        is_product = name in _PRODUCTS or (is_convolution and not self._with_cudnn)
        product = self._product(name, args) if is_product else []
        self._events += self._passing(size_bytes, inside=product) if size_bytes else product
        return out

    def _product(self, name: str, args: tuple[Any, ...]) -> list[Event]:
        """Return what cuBLAS asks for."""
        if torch_seam.keeps_cublas_workspaces():
            return [(MATRIX_PRODUCT, BACKWARD if torch_seam.is_in_backward() else FORWARD)]
        return self._passing(product_bytes(name, args, self._kernels))

    def _passing(self, size_bytes: int, inside: Sequence[Event] = ()) -> list[Event]:
        """Return the events of a workspace that is given back within the operation, and of what it is there for."""
        self._count += 1
        self.kinds[self._count] = "workspaces"
        return [(self._count, size_bytes), *inside, (self._count, 0)]

    def _see(self, tensor: Tensor) -> None:
        storage = tensor.untyped_storage()
        key = id(storage)
        size_bytes = storage.nbytes()
        if key in self._numbers or not size_bytes:
            return
        self._count += 1
        self._numbers[key] = self._count, weakref.ref(storage, self._gone(key, self._count))
        self._events.append((self._count, size_bytes))

    def _gone(self, key: int, number: int) -> Callable[[Any], None]:
        def note(_: Any) -> None:
            """Write down that the storage is gone, which Python tells by the weak reference to it."""
            del self._numbers[key]
            self._events.append((number, 0))

        return note


def _tensors(out: Any) -> Iterator[Tensor]:
    if isinstance(out, Tensor):
        yield out
    elif isinstance(out, (list, tuple)):
        for one in out:
            yield from _tensors(one)
