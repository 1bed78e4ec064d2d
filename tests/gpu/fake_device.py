"""GPUs that are not there, for tests that need no PyTorch on a GPU, and for what only they can be told.

Those are Windows' counter of shared memory, integrated devices, and slices of a card (MIG), and they are there on every
system. How the real allocator asks, caches and gives back is seen on the modelled GPU (``tests/modelled_gpu``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import torch

from mnist_lab.gpu.cuda_runtime import MIB, MemoryInfo
from mnist_lab.gpu.driver import Driver
from mnist_lab.gpu.kernel_workspaces import Kernels
from mnist_lab.gpu.nvml import GpuProcess, NvmlReading


@dataclass
class FakeDriver:
    """One GPU's memory as the driver shares it out; it spills close to the limit, not only past it."""

    total_bytes: int = 8192 * MIB
    spills: bool = False
    integrated: bool = False
    context_bytes: int = 400 * MIB
    spills_below_bytes: int = 128 * MIB
    others: dict[str, int] = field(default_factory=dict)
    dedicated_bytes: int = 0
    shared_bytes: int = 0

    @property
    def free_bytes(self) -> int:
        return self.total_bytes - self.dedicated_bytes - sum(self.others.values())

    def start_context(self) -> None:
        if self.dedicated_bytes == 0:
            self.dedicated_bytes = self.context_bytes

    def allocate(self, size: int) -> str | None:
        """Hand out memory; return where it is, None if there is none."""
        if self.spills and size > self.free_bytes - self.spills_below_bytes:
            self.shared_bytes += size
            return "shared"
        if size > self.free_bytes:
            return None
        self.dedicated_bytes += size
        return "dedicated"


class Block(NamedTuple):
    device: int
    size: int


@dataclass
class FakeAllocator:
    """One device's memory as PyTorch counts it: what is freed stays reserved."""

    driver: FakeDriver
    device: int
    fraction: float = 1.0
    allocated_bytes: int = 0
    reserved_bytes: int = 0
    peak_bytes: int = 0
    refused: int = 0

    def allocate(self, size: int) -> Block:
        self.driver.start_context()
        more = max(self.allocated_bytes + size - self.reserved_bytes, 0)
        past_limit = self.fraction < 1 and self.reserved_bytes + more > int(self.fraction * self.driver.total_bytes)
        if more and (past_limit or self.driver.allocate(more) is None):
            self.refused += 1
            asked = f"Tried to allocate {size / MIB:.2f} MiB"
            raise torch.OutOfMemoryError(
                f"CUDA out of memory. {asked}. GPU {self.device} has a total capacity of 8 GiB."
            )
        self.reserved_bytes += more
        self.allocated_bytes += size
        self.peak_bytes = max(self.peak_bytes, self.allocated_bytes)
        return Block(self.device, size)

    def free(self, block: Block) -> None:
        self.allocated_bytes -= block.size


class FakeCuda:
    """The seam's other side: as :class:`mnist_lab.gpu.cuda_runtime.TorchCuda`, over fake devices."""

    def __init__(
        self,
        *drivers: FakeDriver,
        settings: str = "",
        backend: str = "native",
        platform: str = "Linux",
        reads_fraction: bool = True,
    ) -> None:
        self.drivers = drivers or (FakeDriver(),)
        self.allocators = [FakeAllocator(driver, index) for index, driver in enumerate(self.drivers)]
        self.settings = settings
        self.backend = backend
        self.platform = platform
        self.reads_fraction = reads_fraction
        self.available = True
        self.caching = True
        self.managed = False
        self.root_index: int | None = 0
        self.nvml_free_bytes: int | None = None
        self.nvml_total_bytes: int | None = None
        self.shared_baseline_bytes = 96 * MIB  # pinned buffers
        self.recording = False
        self.fraction_calls: list[tuple[float, int]] = []
        self.memory_calls = 0
        configured = [one for one in settings.split(",") if one.startswith("per_process_memory_fraction:")]
        for allocator in self.allocators:
            if configured:
                allocator.fraction = float(configured[0].split(":")[1])

    def allocate(self, size_mib: float, device: int = 0) -> Block:
        return self.allocators[device].allocate(int(size_mib * MIB))

    def free(self, block: Block) -> None:
        self.allocators[block.device].free(block)

    def is_available(self) -> bool:
        return self.available

    def unavailable_reason(self) -> str:
        return "the fake machine has no GPU"

    def device_count(self) -> int:
        return len(self.drivers) if self.available else 0

    def index_of(self, device: torch.device) -> int | None:
        """Every device is the fake GPU: the Trainers of these tests run on the CPU."""
        return self.root_index if self.available else None

    def name(self, device: int) -> str:
        return f"Fake RTX {device}"

    def uuid(self, device: int) -> str | None:
        return f"GPU-{device}"

    def is_integrated(self, device: int) -> bool:
        return self.drivers[device].integrated

    def kernels(self, device: int) -> Kernels:
        return Kernels()

    def memory_info(self, device: int) -> MemoryInfo:
        self.memory_calls += 1
        self.drivers[device].start_context()
        return MemoryInfo(self.drivers[device].free_bytes, self.drivers[device].total_bytes)

    def allocator_total_bytes(self, device: int) -> int:
        return self.drivers[device].total_bytes

    def stats(self, device: int) -> dict[str, int]:
        allocator = self.allocators[device]
        return {
            "allocated_bytes.all.current": allocator.allocated_bytes,
            "allocated_bytes.all.peak": allocator.peak_bytes,
            "reserved_bytes.all.current": allocator.reserved_bytes,
            "num_ooms": allocator.refused,
        }

    def reset_peak_stats(self, device: int) -> None:
        self.allocators[device].peak_bytes = self.allocators[device].allocated_bytes

    def allocator_backend(self) -> str:
        return self.backend

    def is_caching(self) -> bool:
        return self.caching

    def managed_memory_in_use(self) -> bool:
        return self.managed

    def allocator_settings(self) -> str:
        return self.settings

    def fraction(self, device: int) -> float | None:
        return self.allocators[device].fraction if self.reads_fraction else None

    def set_fraction(self, fraction: float, device: int) -> None:
        assert 0 <= fraction <= 1
        self.fraction_calls.append((fraction, device))
        self.allocators[device].fraction = fraction

    def record_history(self, enabled: bool) -> None:
        self.recording = enabled

    def dump_snapshot(self, path: Path) -> None:
        path.write_bytes(b"snapshot")

    def nvml(self, device: int) -> NvmlReading | None:
        driver = self.drivers[device]
        free = driver.free_bytes if self.nvml_free_bytes is None else self.nvml_free_bytes
        others = tuple(GpuProcess(1000 + i, name, used) for i, (name, used) in enumerate(driver.others.items()))
        total = driver.total_bytes if self.nvml_total_bytes is None else self.nvml_total_bytes
        return NvmlReading(self.name(device), "555.85", None, total, total - free, free, others)

    def driver(self, device: int) -> Driver:
        fake = self.drivers[device]
        return Driver(self.platform, None if fake.integrated else fake.spills, self.platform == "WDDM")

    def shared_bytes(self) -> int | None:
        if self.platform != "WDDM":
            return None
        return self.shared_baseline_bytes + sum(driver.shared_bytes for driver in self.drivers)
