"""A model of GPUs for the tests: drivers with a real budget, spilling or not, and PyTorch's caching allocator on top.

It follows the order of ``alloc_block`` and ``malloc`` in c10/cuda/CUDACachingAllocator.cpp: reuse a cached block; ask
(fraction first, then preemptive rejection, then the driver); give cached blocks back; ask again; out of memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

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
    requests: int = 0

    @property
    def free_bytes(self) -> int:
        return self.total_bytes - self.dedicated_bytes - sum(self.others.values())

    def start_context(self) -> None:
        if self.dedicated_bytes == 0:
            self.dedicated_bytes = self.context_bytes

    def allocate(self, size: int) -> str | None:
        """Hand out memory; return where it is, None if there is none."""
        self.requests += 1
        if self.spills and size > self.free_bytes - self.spills_below_bytes:
            self.shared_bytes += size
            return "shared"
        if size > self.free_bytes:
            return None
        self.dedicated_bytes += size
        return "dedicated"

    def free(self, size: int, where: str) -> None:
        if where == "shared":
            self.shared_bytes -= size
        else:
            self.dedicated_bytes -= size


@dataclass
class Block:
    device: int
    size: int
    where: str


@dataclass
class FakeAllocator:
    """One device's cache of blocks; a free block is reused for any request that it covers."""

    driver: FakeDriver
    device: int
    fraction: float = 1.0
    conf_fraction: float = 1.0
    throws_early: bool = False
    in_use: list[Block] = field(default_factory=list)
    cached: list[Block] = field(default_factory=list)
    peak_bytes: int = 0
    counters: dict[str, int] = field(default_factory=lambda: {"num_device_alloc": 0, "num_ooms": 0})

    @property
    def allocated_bytes(self) -> int:
        return sum(block.size for block in self.in_use)

    @property
    def reserved_bytes(self) -> int:
        return self.allocated_bytes + sum(block.size for block in self.cached)

    def allocate(self, size: int) -> Block:
        self.driver.start_context()
        block = self._from_cache(size) or self._ask(size)
        if block is None:
            self.give_cached_blocks_back()
            block = self._ask(size)
        if block is None:
            self._fail(f"Tried to allocate {size / MIB:.2f} MiB. GPU {self.device} has a total capacity of 8.00 GiB.")
        assert block is not None
        self.in_use.append(block)
        self.peak_bytes = max(self.peak_bytes, self.allocated_bytes)
        return block

    def free(self, block: Block) -> None:
        self.in_use.remove(block)
        self.cached.append(block)

    def _from_cache(self, size: int) -> Block | None:
        fitting = [block for block in self.cached if block.size >= size]
        if not fitting:
            return None
        block = min(fitting, key=lambda one: one.size)
        self.cached.remove(block)
        return block

    def _ask(self, size: int) -> Block | None:
        total = self.driver.total_bytes
        if self.fraction < 1 and self.reserved_bytes + size > int(self.fraction * total):
            return None
        if self.throws_early and self.reserved_bytes + size > int(self.conf_fraction * total):
            self.counters["num_oom_rejections"] = self.counters.get("num_oom_rejections", 0) + 1
            self._fail(f"Allocation was preemptively rejected. Requested size: {size / MIB:.2f} MiB")
        where = self.driver.allocate(size)
        if where is None:
            return None
        self.counters["num_device_alloc"] += 1
        return Block(self.device, size, where)

    def give_cached_blocks_back(self) -> None:
        for block in self.cached:
            self.driver.free(block.size, block.where)
        self.cached.clear()

    def _fail(self, what: str) -> None:
        self.counters["num_ooms"] += 1
        raise torch.OutOfMemoryError(f"CUDA out of memory. {what}")


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
            allocator.throws_early = "throw_on_cudamalloc_oom:True" in settings
            if configured:
                allocator.fraction = allocator.conf_fraction = float(configured[0].split(":")[1])

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
            **allocator.counters,
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
