"""The guard for code without Lightning: a ``with`` block in which CUDA memory is dedicated memory only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mnist_lab.gpu.allocator_limit import AllocatorLimit, require_cuda_device
from mnist_lab.gpu.budget import Budget, Limits
from mnist_lab.gpu.cuda_runtime import CudaRuntime, TorchCuda
from mnist_lab.gpu.out_of_memory import device_in, is_out_of_memory, may_be_out_of_memory
from mnist_lab.gpu.out_of_memory_report import build_report


@contextmanager
def dedicated_memory_only(
    devices: Sequence[int] | None = None,
    *,
    headroom_mib: int | None = None,
    limit_mib: int | None = None,
    fraction: float | None = None,
    require_cuda: bool = False,
    cuda: CudaRuntime | None = None,
) -> Iterator[tuple[Budget, ...]]:
    """Refuse CUDA memory past the dedicated memory inside the block; without CUDA, do nothing.

    ``with dedicated_memory_only(): …`` limits the allocator only; nothing looks at the other programs meanwhile, which
    is what :class:`mnist_lab.callbacks.CudaMemoryGuard` does between steps.

    Args:
        devices: CUDA indices; None means every visible device. Each gets a CUDA context (some hundred MiB).
        headroom_mib: MiB to leave free on each; None: a default that is larger where the driver can spill.
        limit_mib: most MiB that the allocator may hold on each.
        fraction: largest share of each device, above 0 and up to 1.
        require_cuda: make a missing CUDA device an error.
        cuda: the GPU; None is the real one.

    Yields:
        The budget of each device, in the order of ``devices``; empty without CUDA.

    Raises:
        ValueError: an argument is outside what is allowed.
        CudaRequiredError: ``require_cuda`` without a CUDA device.
        UnboundedAllocatorError: the allocator in use cannot be limited.
        torch.OutOfMemoryError: from the block; a note on it is the report.
    """
    limits = Limits(headroom_mib, limit_mib, fraction).check()
    runtime = TorchCuda() if cuda is None else cuda
    if require_cuda:
        require_cuda_device(runtime)
    if devices is None:
        devices = range(runtime.device_count()) if runtime.is_available() else ()
    standing: list[AllocatorLimit] = []
    try:
        for device in devices:
            standing.append(AllocatorLimit(runtime, device, limits))
            standing[-1].apply()
            runtime.reset_peak_stats(device)
        yield tuple(limit.budget for limit in standing if limit.budget is not None)
    except Exception as error:
        short = [limit for limit in standing if may_be_out_of_memory(error) and limit.refused_requests]
        if standing and (short or is_out_of_memory(error)):
            named = device_in(error)
            limit = next((limit for limit in standing if limit.device == named), [*short, *standing][0])
            error.add_note(str(build_report(error, runtime, limit.device, limit.budget)))
        raise
    finally:
        for limit in standing:
            limit.lift()
