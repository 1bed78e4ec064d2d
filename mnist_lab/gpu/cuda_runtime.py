"""The seam to the GPU: every question to CUDA and its driver, and every order to PyTorch's allocator, goes here."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from mnist_lab.gpu.driver import Driver, driver_of
from mnist_lab.gpu.kernel_workspaces import Kernels, kernels_of
from mnist_lab.gpu.nvml import NvmlReading, read_nvml
from mnist_lab.gpu.shared_memory import SharedUsageReader
from mnist_lab.language import Phrase, say
from mnist_lab.seams import torch_seam

if TYPE_CHECKING:
    import torch

MIB = 2**20
WITHOUT_CUDA = Phrase("without CUDA", "CUDA なし")


class MemoryInfo(NamedTuple):
    """What the driver says of one device, in bytes."""

    free_bytes: int
    total_bytes: int


class CudaRuntime(Protocol):
    """What the guard needs of CUDA; :class:`TorchCuda` is the real one, the tests have a model of one."""

    def is_available(self) -> bool:
        """Say whether a CUDA device can be used."""

    def unavailable_reason(self) -> str:
        """Say why no CUDA device can be used."""

    def device_count(self) -> int:
        """Count the visible devices."""

    def index_of(self, device: torch.device) -> int | None:
        """Return the CUDA index of a device, None for a device that is not CUDA's."""

    def name(self, device: int) -> str:
        """Return the device's product name."""

    def uuid(self, device: int) -> str | None:
        """Return ``GPU-…`` as NVML spells it, None where it is not known."""

    def is_integrated(self, device: int) -> bool:
        """Say whether the device shares the system's memory instead of having its own."""

    def kernels(self, device: int) -> Kernels:
        """Return what of the device decides what kernels take."""

    def memory_info(self, device: int) -> MemoryInfo:
        """Ask the driver for free and total memory; creates the CUDA context if there is none."""

    def allocator_total_bytes(self, device: int) -> int:
        """Return the total that the allocator multiplies its fraction with."""

    def stats(self, device: int) -> Mapping[str, int]:
        """Return the allocator's statistics, named as in ``torch.cuda.memory_stats``."""

    def reset_peak_stats(self, device: int) -> None:
        """Start the peaks anew at what is held now."""

    def allocator_backend(self) -> str:
        """Return ``native``, ``cudaMallocAsync`` or ``pluggable``."""

    def is_caching(self) -> bool:
        """Say whether the caching allocator is in use; past it, no limit holds."""

    def managed_memory_in_use(self) -> bool:
        """Say whether this process has handed out managed memory through PyTorch."""

    def allocator_settings(self) -> str:
        """Return the user's allocator settings, ``key:value,…``."""

    def fraction(self, device: int) -> float | None:
        """Return the process's share of the device, None where PyTorch cannot tell."""

    def set_fraction(self, fraction: float, device: int) -> None:
        """Set the process's share of the device, 0 to 1."""

    def record_history(self, enabled: bool) -> None:
        """Switch the recording for PyTorch's memory visualiser on or off."""

    def dump_snapshot(self, path: Path) -> None:
        """Write what the memory visualiser reads."""

    def nvml(self, device: int) -> NvmlReading | None:
        """Return NVML's reading of the device, None where there is none."""

    def driver(self, device: int) -> Driver:
        """Return the device's driver model, and whether it can spill."""

    def shared_bytes(self) -> int | None:
        """Return this process's shared GPU memory, None where the platform has no such figure."""


class TorchCuda:
    """The real CUDA, as PyTorch 2.11 to 2.15 shows it. Imports torch when it is first asked."""

    def __init__(self) -> None:
        self._shared = SharedUsageReader()

    def __reduce__(self) -> tuple[type[TorchCuda], tuple[()]]:
        """Pickle without the open counters, so that a guard can travel to spawned processes."""
        return TorchCuda, ()

    def is_available(self) -> bool:
        """Say whether a CUDA device can be used."""
        import torch

        return torch.cuda.is_available()

    def unavailable_reason(self) -> str:
        """Say why no CUDA device can be used: a CPU-only build, hidden devices, or no driver."""
        import torch

        if torch.version.cuda is None:
            return say(
                "torch {version} is a build {kind}",
                "torch {version} は {kind} のビルドです",
                version=torch.__version__,
                kind=WITHOUT_CUDA,
            )
        hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
        if hidden is not None and hidden.strip() in ("", "-1"):
            return say(
                "CUDA_VISIBLE_DEVICES is {value!r}, which hides every GPU",
                "CUDA_VISIBLE_DEVICES が {value!r} のため、すべての GPU が隠されています",
                value=hidden,
            )
        return say(
            "torch {version} (CUDA {cuda}) finds no NVIDIA GPU or no driver",
            "torch {version}（CUDA {cuda}）で NVIDIA の GPU またはドライバーが見つかりません",
            version=torch.__version__,
            cuda=torch.version.cuda,
        )

    def device_count(self) -> int:
        """Count the visible devices."""
        import torch

        return torch.cuda.device_count()

    def index_of(self, device: torch.device) -> int | None:
        """Return the CUDA index of a device (``cuda`` alone means the current one), None for another device."""
        import torch

        if device.type != "cuda":
            return None
        return torch.cuda.current_device() if device.index is None else device.index

    def name(self, device: int) -> str:
        """Return the device's product name."""
        import torch

        return torch.cuda.get_device_name(device)

    def uuid(self, device: int) -> str | None:
        """Return ``GPU-…`` as NVML spells it, None where PyTorch does not tell."""
        import torch

        value = getattr(torch.cuda.get_device_properties(device), "uuid", None)
        return None if value is None else f"GPU-{value}"

    def is_integrated(self, device: int) -> bool:
        """Say whether the device shares the system's memory instead of having its own."""
        import torch

        return bool(torch.cuda.get_device_properties(device).is_integrated)

    def kernels(self, device: int) -> Kernels:
        """Return what of the device decides what kernels take."""
        import torch

        of = torch.cuda.get_device_properties(device)
        return kernels_of(of.multi_processor_count, of.max_threads_per_multi_processor, of.major)

    def memory_info(self, device: int) -> MemoryInfo:
        """Ask the driver for free and total memory (``cudaMemGetInfo``)."""
        import torch

        return MemoryInfo(*torch.cuda.mem_get_info(device))

    def allocator_total_bytes(self, device: int) -> int:
        """Return ``total_memory`` of the device's properties."""
        import torch

        return int(torch.cuda.get_device_properties(device).total_memory)

    def stats(self, device: int) -> Mapping[str, int]:
        """Return ``torch.cuda.memory_stats``."""
        import torch

        stats: dict[str, int] = torch.cuda.memory_stats(device)
        return stats

    def reset_peak_stats(self, device: int) -> None:
        """Start the peaks anew at what is held now."""
        import torch

        torch.cuda.reset_peak_memory_stats(device)

    def allocator_backend(self) -> str:
        """Return ``native``, ``cudaMallocAsync`` or ``pluggable``."""
        import torch

        return str(torch.cuda.get_allocator_backend())

    def is_caching(self) -> bool:
        """Say whether the caching allocator is in use.

        The variable ``PYTORCH_NO_CUDA_MEMORY_CACHING``, set to anything, sends every request straight to the driver.
        """
        return (
            "PYTORCH_NO_CUDA_MEMORY_CACHING" not in os.environ
            and torch_seam.caching_allocator_is_enabled() is not False
        )

    def managed_memory_in_use(self) -> bool:
        """Say whether ``torch.cuda.memory._use_uvm`` (2.15) has been entered in this process."""
        return torch_seam.managed_memory_in_use()

    def allocator_settings(self) -> str:
        """Return the settings in force, or those of the environment where PyTorch does not tell.

        PyTorch's own order (``CUDAAllocatorConfig.h``): ``PYTORCH_CUDA_ALLOC_CONF`` before ``PYTORCH_ALLOC_CONF``.
        """
        settings = torch_seam.allocator_settings()
        return settings or os.environ.get("PYTORCH_CUDA_ALLOC_CONF") or os.environ.get("PYTORCH_ALLOC_CONF") or ""

    def fraction(self, device: int) -> float | None:
        """Return the process's share of the device, None where this PyTorch cannot tell."""
        import torch

        read = getattr(torch.cuda, "get_per_process_memory_fraction", None)
        if read is None:
            return None
        try:
            # cudaMallocAsync tells "no bound" as the largest number of bytes there is, by the device's.
            return min(float(read(device)), 1.0)
        except RuntimeError:  # a backend without the reading
            return None

    def set_fraction(self, fraction: float, device: int) -> None:
        """Set the process's share of the device, 0 to 1."""
        import torch

        torch.cuda.set_per_process_memory_fraction(float(fraction), device)

    def record_history(self, enabled: bool) -> None:
        """Switch the recording for PyTorch's memory visualiser on or off."""
        # An allocator without the recording is no reason to end the run; the snapshot then has no history.
        with contextlib.suppress(RuntimeError):
            torch_seam.record_memory_history(enabled)

    def dump_snapshot(self, path: Path) -> None:
        """Write what the memory visualiser (https://docs.pytorch.org/memory_viz) reads."""
        torch_seam.dump_memory_snapshot(path)

    def nvml(self, device: int) -> NvmlReading | None:
        """Return NVML's reading of the device, None where there is none."""
        return read_nvml(self.uuid(device), device)

    def driver(self, device: int) -> Driver:
        """Return the device's driver model, and whether it can spill."""
        reading = self.nvml(device)
        return driver_of(reading.driver_model if reading else None, integrated=self.is_integrated(device))

    def shared_bytes(self) -> int | None:
        """Return this process's shared GPU memory (Windows), None elsewhere."""
        return self._shared.process_bytes(os.getpid())
