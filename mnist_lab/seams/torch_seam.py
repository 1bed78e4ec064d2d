"""What is not public in torch and is used all the same; torch is imported when something is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def caching_allocator_is_enabled() -> bool | None:
    """Say whether CUDA's caching allocator is in use; only C++ knows. None: a build without CUDA, which has none."""
    import torch

    enabled = getattr(torch._C, "_cuda_cudaCachingAllocator_is_enabled", None)
    return None if enabled is None else bool(enabled())


def managed_memory_in_use() -> bool:
    """Say whether ``torch.cuda.memory._use_uvm`` (since 2.15) has been entered in this process; only it knows."""
    import torch

    return getattr(torch.cuda.memory, "_UVM_ALLOCATOR", None) is not None


def allocator_settings() -> str:
    """Return the allocator's settings in force, as in ``PYTORCH_ALLOC_CONF``, empty where nothing was set.

    There is no public way to read them.
    """
    import torch

    read = getattr(torch._C, "_accelerator_getAllocatorSettings", None)
    return "" if read is None else str(read())


MOST_HISTORY_ENTRIES = 100_000  # of some 500 bytes in memory each; the last minutes of a training


def record_memory_history(enabled: bool) -> None:
    """Switch the recording for the memory visualiser on or off, as PyTorch's own documentation does.

    Only the newest entries are kept: without a bound the recording grows for as long as a run lasts.

    Frames of C++ are left out: the guard's reader looks for Python's, and on Windows each of them is looked up slowly.

    Raises:
        RuntimeError: The allocator has no such recording.
    """
    import torch

    record: Any = torch.cuda.memory._record_memory_history
    record(enabled="all" if enabled else None, stacks="python", max_entries=MOST_HISTORY_ENTRIES)


def dump_memory_snapshot(path: Path) -> None:
    """Write what the memory visualiser (https://docs.pytorch.org/memory_viz) reads, as PyTorch's documentation does."""
    import torch

    torch.cuda.memory._dump_snapshot(str(path))  # type: ignore[no-untyped-call]


@contextmanager
def operations_noted(note: Callable[[Any, tuple[Any, ...], Any], Any]) -> Iterator[None]:
    """Have each operation below autograd said, and let those go through on ``meta`` that PyTorch has not made for it.

    The modes that see operations lie in a module with an underscore, and so does what optimizers ask for the devices
    that have fused implementations.

    Args:
        note: Is called after each operation: the operation, its arguments, and what it returned; what ``note``
            returns takes the place of that.
    """
    import torch
    from torch.optim import optimizer
    from torch.utils._python_dispatch import TorchDispatchMode

    class Noting(TorchDispatchMode):  # type: ignore[no-untyped-call]
        """Does each operation, and has it said."""

        def __torch_dispatch__(
            self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
        ) -> Any:
            if _asks_for_number(func, args):
                out = _one(args[0])
            elif _is_fused_on_meta(func, args):  # in place; not each of them is there for tensors without memory
                out = None
            else:
                out = func(*args, **kwargs or {})
            return note(func, args, out)

    def _is_fused_on_meta(func: Any, args: tuple[Any, ...]) -> bool:
        name = func._schema.name.removeprefix("aten::")
        return bool(name.startswith("_fused_") and name.endswith("_") and args[0][0].device.type == "meta")

    def _asks_for_number(func: Any, args: tuple[Any, ...]) -> bool:
        return bool(func is torch.ops.aten._local_scalar_dense.default and args[0].device.type == "meta")

    def _one(tensor: Any) -> Any:
        return True if tensor.dtype == torch.bool else 1.0 if tensor.dtype.is_floating_point else 1

    fused_devices: Any = optimizer._get_fused_kernels_supported_devices  # type: ignore[attr-defined]
    optimizer._get_fused_kernels_supported_devices = lambda: [*fused_devices(), "meta"]  # type: ignore[attr-defined]
    try:
        with Noting():  # type: ignore[no-untyped-call]
            yield
    finally:
        optimizer._get_fused_kernels_supported_devices = fused_devices  # type: ignore[attr-defined]


def keeps_cublas_workspaces() -> bool:
    """Say whether cuBLAS' workspaces are kept once they are made; from PyTorch 2.15 on each product asks for its own.

    Nothing tells but the version.
    """
    import torch
    from packaging.version import Version

    return Version(torch.__version__) < Version("2.15")


def is_in_backward() -> bool:
    """Say whether an operation belongs to a backward pass, which on CUDA runs in a thread of autograd's."""
    import torch

    return bool(torch._C._current_graph_task_id() != -1)
