"""Right numbers on the modelled GPU: each operation runs on the device, where kernels do nothing, and then on the CPU.

The device's operation makes the real requests to the real allocator. The CPU's runs on tensors that lie over the same
memory, and its result is put where the device's result lies. So memory is the allocator's, and numbers are the CPU's.

A CUDA graph's operations are noted while it is captured, and run over the same memory when it is launched. Numbers
that Python passed are in the notes and so frozen, as on a real GPU; numbers in tensors are read anew. Random numbers
are drawn from the CPU's generator, and what data decides the shape of (``nonzero``) comes from the CPU alone. Where
PyTorch switches modes off, as when it prints a tensor, there are no numbers: print ``tensor.cpu()``.
"""

from __future__ import annotations

import atexit
import ctypes
import os
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode, _disable_current_modes
from torch.utils._pytree import tree_flatten, tree_map

# They hand out memory without a value in it, or only tell something of it.
_WITHOUT_NUMBERS = ("empty", "new_empty", "set_", "_local_scalar_dense", "is_pinned", "resize_", "record_stream")

_OnGraph = ctypes.CFUNCTYPE(None, ctypes.c_int64)


class RightNumbers(TorchDispatchMode):
    """A mode in which operations on the modelled GPU have the CPU's results."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._driver = ctypes.CDLL(None)  # preloaded, so its names are everyone's
        self._driver.modelled_gpu_captured_graph.restype = ctypes.c_int64
        self._graphs: dict[int, list[_Noted]] = {}
        self._launched, self._destroyed = _OnGraph(self._launch), _OnGraph(self._forget)
        self._driver.modelled_gpu_call_back(self._launched, self._destroyed)
        # Graphs that live to the end are destroyed when there is no Python any more to call.
        atexit.register(self._driver.modelled_gpu_call_back, None, None)

    def __torch_dispatch__(
        self, func: Any, types: Sequence[type], args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Run one operation twice, or note it."""
        kwargs = dict(kwargs or {})
        if torch.Tag.dynamic_output_shape in func.tags and any(map(_on_device, tree_flatten((args, kwargs))[0])):
            return _shaped_by_data(func, args, kwargs)
        out = func(*args, **kwargs)
        concerned = [*tree_flatten((args, kwargs))[0], *tree_flatten(out)[0]]
        name = func._schema.name.removeprefix("aten::")
        if name.startswith(_WITHOUT_NUMBERS) or not any(map(_on_device, concerned)):
            return out
        noted = _Noted(func, args, kwargs, out)
        if isinstance(out, (bool, int, float)):  # an answer, as of `equal`
            return noted.run()[0]
        if not noted.changes_anything:  # a view; what is called one may copy all the same, as `to` does
            return out
        graph = self._driver.modelled_gpu_captured_graph()
        if graph:
            self._graphs.setdefault(graph, []).append(noted)
        else:
            noted.run()
        return out

    def _launch(self, graph: int) -> None:
        try:
            with _disable_current_modes(), torch.no_grad():
                for noted in self._graphs.get(graph, ()):
                    noted.run()
        except BaseException as error:  # C cannot be told
            os.write(2, f"a graph of the modelled GPU failed: {error!r}\n".encode())
            os._exit(70)

    def _forget(self, graph: int) -> None:
        self._graphs.pop(graph, None)


class _Noted:
    """One operation on CPU tensors over the device's memory, and where its results go."""

    def __init__(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], out: Any) -> None:
        self._func = func
        self._args, self._kwargs = tree_map(_as_on_cpu, args), tree_map(_as_on_cpu, kwargs)
        given = {_address(one) for one in tree_flatten((args, kwargs))[0] if isinstance(one, Tensor)}
        # What an operation changes in place is changed over the same memory, and returned as it is.
        self._places = [
            None if not isinstance(one, Tensor) or _address(one) in given else over_memory(one)
            for one in tree_flatten(out)[0]
        ]

    @property
    def changes_anything(self) -> bool:
        return bool(self._func._schema.is_mutable) or any(place is not None for place in self._places)

    def run(self) -> list[Any]:
        results = tree_flatten(self._func(*self._args, **self._kwargs))[0]
        for place, value in zip(self._places, results, strict=True):
            if place is not None and place.numel():
                place.copy_(value)
        return results


def over_memory(tensor: Tensor) -> Tensor:
    """Return a CPU tensor over the memory of a tensor on the device; a tensor that is elsewhere as it is."""
    if not _on_device(tensor):
        return tensor
    storage = tensor.untyped_storage()
    size_bytes = storage.nbytes()
    if size_bytes == 0:
        return torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype)
    memory = (ctypes.c_char * size_bytes).from_address(storage.data_ptr())
    over = torch.frombuffer(memory, dtype=torch.uint8).untyped_storage()
    flat = torch.empty(0, dtype=tensor.dtype).set_(over, 0, (size_bytes // tensor.element_size(),), (1,))
    return torch.as_strided(flat, tensor.shape, tensor.stride(), tensor.storage_offset())


def _shaped_by_data(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    def on_device(value: Any) -> Any:
        if not isinstance(value, Tensor):
            return value
        there = torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device=device)
        over_memory(there).copy_(value)
        return there

    device = next(one.device for one in tree_flatten((args, kwargs))[0] if _on_device(one))
    return tree_map(on_device, func(*tree_map(_as_on_cpu, args), **tree_map(_as_on_cpu, kwargs)))


def _as_on_cpu(value: Any) -> Any:
    if isinstance(value, Tensor):
        return over_memory(value)
    if isinstance(value, torch.device) and value.type == "cuda":
        return torch.device("cpu")
    if isinstance(value, torch.Generator) and value.device.type == "cuda":
        return None
    return value


def _on_device(value: Any) -> bool:
    return isinstance(value, Tensor) and value.device.type == "cuda"


def _address(tensor: Tensor) -> int | None:
    return tensor.untyped_storage().data_ptr() or None
