"""What NVML says of a device: names, driver, dedicated memory, other processes. It knows nothing of shared memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple, TypeVar

from mnist_lab.gpu.driver import DRIVER_MODELS

T = TypeVar("T")


class GpuProcess(NamedTuple):
    """A process with memory on the device."""

    pid: int
    name: str | None
    used_bytes: int | None
    """None where the platform does not tell (WDDM, containers)."""


class NvmlReading(NamedTuple):
    """One device as NVML sees it; whatever could not be read is None."""

    name: str | None
    driver_version: str | None
    driver_model: str | None
    total_bytes: int | None
    used_bytes: int | None
    free_bytes: int | None
    processes: tuple[GpuProcess, ...] | None


def read_nvml(uuid: str | None = None, index: int = 0) -> NvmlReading | None:
    """Read one device.

    Args:
        uuid: ``GPU-…``; names the device whatever ``CUDA_VISIBLE_DEVICES`` says.
        index: NVML's own index, used when there is no uuid.

    Returns:
        The reading, or None where NVML is absent, fails, or does not know the device.
    """
    with _session() as nvml:
        if nvml is None:
            return None
        # A UUID that is not known is no reason to take another card's figures: an index counts hidden cards too.
        if uuid:
            handle = _attempt(lambda: nvml.nvmlDeviceGetHandleByUUID(uuid))
        else:
            handle = _attempt(lambda: nvml.nvmlDeviceGetHandleByIndex(index))
        return None if handle is None else _read(nvml, handle)


def read_all_nvml() -> tuple[NvmlReading, ...] | None:
    """Read every device of the machine, whether or not torch can use it; None where NVML is absent or fails."""
    with _session() as nvml:
        if nvml is None:
            return None
        count = _attempt(nvml.nvmlDeviceGetCount) or 0
        handles = [_attempt(partial(nvml.nvmlDeviceGetHandleByIndex, index)) for index in range(count)]
        return tuple(_read(nvml, handle) for handle in handles if handle is not None)


def other_processes(reading: NvmlReading | None) -> tuple[GpuProcess, ...] | None:
    """Return the processes that are not this one, the largest first; None where the platform does not tell."""
    if reading is None or reading.processes is None:
        return None
    others = [process for process in reading.processes if process.pid != os.getpid()]
    return tuple(sorted(others, key=lambda process: -(process.used_bytes or 0)))


def own_bytes(reading: NvmlReading | None) -> int | None:
    """Return what this process has on the device, context and all; None where the platform does not tell."""
    if reading is None or reading.processes is None:
        return None
    return next((process.used_bytes for process in reading.processes if process.pid == os.getpid()), None)


@contextmanager
def _session() -> Iterator[Any]:
    """Give the started library, or None; end it afterwards, so that no handle outlives a driver update."""
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:  # absent, of another make, or without a driver: each is "not available"
        yield None
        return
    try:
        yield pynvml
    finally:
        _attempt(pynvml.nvmlShutdown)


def _read(nvml: Any, handle: Any) -> NvmlReading:
    memory = _attempt(lambda: nvml.nvmlDeviceGetMemoryInfo(handle))
    model = _attempt(lambda: nvml.nvmlDeviceGetCurrentDriverModel(handle))
    return NvmlReading(
        name=_text(_attempt(lambda: nvml.nvmlDeviceGetName(handle))),
        driver_version=_text(_attempt(nvml.nvmlSystemGetDriverVersion)),
        driver_model=None if model is None else DRIVER_MODELS.get(int(model)),
        total_bytes=_integer(getattr(memory, "total", None)),
        used_bytes=_integer(getattr(memory, "used", None)),
        free_bytes=_integer(getattr(memory, "free", None)),
        processes=_processes(nvml, handle),
    )


def _processes(nvml: Any, handle: Any) -> tuple[GpuProcess, ...] | None:
    lists = [
        _attempt(lambda: nvml.nvmlDeviceGetComputeRunningProcesses(handle)),
        _attempt(lambda: nvml.nvmlDeviceGetGraphicsRunningProcesses(handle)),
    ]
    if all(found is None for found in lists):
        return None
    by_pid: dict[int, GpuProcess] = {}
    for process in (process for found in lists for process in found or ()):
        name = _text(_attempt(partial(nvml.nvmlSystemGetProcessName, process.pid)))
        by_pid[process.pid] = GpuProcess(process.pid, name, _integer(process.usedGpuMemory))
    return tuple(by_pid.values())


def _attempt(question: Callable[[], T]) -> T | None:
    """Return the answer, or None if the library raises: every reading stands alone."""
    try:
        return question()
    except Exception:
        return None


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return value if isinstance(value, str) else None


def _integer(value: Any) -> int | None:
    """Return an int, or None; NVML's "not available" for memory is the largest number that fits."""
    return None if not isinstance(value, int) or value >= 2**63 else value
