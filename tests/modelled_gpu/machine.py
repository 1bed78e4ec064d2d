"""A machine with modelled GPUs: described by a test, moved and read by it while programs run on it."""

from __future__ import annotations

import ctypes
import mmap
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from tests.modelled_gpu.build import environment
from tests.modelled_gpu.machine_file import COUNTED, TAKERS, MachineFile

MIB = 2**20
REPOSITORY = Path(__file__).resolve().parents[2]

Platform = Literal["Linux", "WSL2", "WDDM", "TCC"]


@dataclass(frozen=True)
class Gpu:
    """One GPU as a test describes it."""

    mib: int = 4096
    """Dedicated memory."""
    spills: bool = False
    """Whether a request past it is met with shared memory, as under WDDM and WSL2, instead of failing."""
    spill_margin_mib: int = 128
    """How close to the limit the driver begins to spill: when less than this would stay free."""
    context_mib: int = 300
    """Taken by a process's CUDA context."""
    kernel_kib: int = 0
    """What the context grows by with each kernel that is launched for the first time."""
    graph_kib: int = 0
    """Taken outside the allocator by each CUDA graph that is instantiated."""
    others_mib: int = 0
    """Held by other programs at first."""
    hidden_mib: int = 0
    """Held by other programs, and seen by NVML but not by CUDA."""
    integrated: bool = False
    nvml_knows_uuid: bool = True


@dataclass(frozen=True)
class Moment:
    """Memory that is taken (or, below 0, given back) once a GPU has counted so many of something."""

    after: int
    mib: int
    counted: Literal["launches", "requests", "looks"] = "launches"
    """Kernels launched, requests for device memory, or questions for the free memory."""
    by: Literal["another program", "this process"] = "another program"
    """This process takes it outside of PyTorch's allocator, as NCCL does."""
    gpu: int = 0


class Counters(NamedTuple):
    """What a GPU has counted since the machine was made, of all processes together."""

    requests: int
    """For device memory: ``cudaMalloc``, ``cuMemCreate``, and growth of a memory pool."""
    refused_requests: int
    spilled_requests: int
    given_back: int
    looks: int
    """``cudaMemGetInfo``."""
    launches: int
    peak_dedicated_bytes: int
    """Contexts and what else is taken outside the allocator are left out."""
    peak_shared_bytes: int
    peak_paged_out_bytes: int
    """By which the memory was overcommitted at most, as others took more than was free."""
    dedicated_bytes: int
    shared_bytes: int
    outside_bytes: int
    """Contexts, late kernels, graphs."""


class Machine:
    """GPUs, and the programs that a test starts on them."""

    def __init__(self, folder: Path, *gpus: Gpu, platform: Platform = "Linux", moments: Sequence[Moment] = ()) -> None:
        """Make the machine.

        Args:
            folder: For the file that is the machine.
            gpus: At most four; none given means one with the defaults.
            platform: What NVML and the system say. WDDM is told to mnist_lab by ``program.py``, since Python is not
                to take this system for Windows.
            moments: What happens while programs run.
        """
        self.platform = platform
        self.path = folder / "machine"
        self.path.write_bytes(bytes(ctypes.sizeof(MachineFile)))
        with self.path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 0)
        self._file = MachineFile.from_buffer(self._memory)
        self._file.wsl = platform == "WSL2"
        for index, gpu in enumerate(gpus or (Gpu(),)):
            self._describe(index, gpu)
        for index, moment in enumerate(moments):
            event = self._file.events[index]
            event.device, event.after, event.bytes = moment.gpu, moment.after, moment.mib * MIB
            event.counted, event.taker = COUNTED.index(moment.counted), TAKERS.index(moment.by)
        self._file.event_count = len(moments)

    def others_hold(self, mib: int, gpu: int = 0) -> None:
        """Let other programs hold so much from now on."""
        self._file.devices[gpu].others_bytes = mib * MIB

    def others_hide(self, mib: int, gpu: int = 0) -> None:
        """Let other programs hold so much from now on that NVML tells and CUDA does not."""
        self._file.devices[gpu].hidden_bytes = mib * MIB

    def counters(self, gpu: int = 0) -> Counters:
        """Return what a GPU has counted, and what is taken of it now."""
        device, processes = self._file.devices[gpu], self._file.processes
        now = {
            name: sum(int(getattr(process, name)[gpu]) for process in processes)
            for name in ("dedicated_bytes", "shared_bytes", "outside_bytes")
        }
        counted = {name: int(getattr(device, name)) for name in Counters._fields if name not in now}
        return Counters(**counted, **now)

    @property
    def calls(self) -> tuple[int, int]:
        """The calls of CUDA, and of NVML, by all processes."""
        return int(self._file.runtime_calls), int(self._file.nvml_calls)

    def environment(self, *, numbers: bool = False) -> dict[str, str]:
        """Return the whole environment of a program on this machine; ``numbers`` as ``program.py`` reads it."""
        return {
            **os.environ,
            **environment(self.path),
            "PYTHONPATH": str(REPOSITORY),
            "MODELLED_GPU_PLATFORM": self.platform,
            "MODELLED_GPU_NUMBERS": "1" if numbers else "",
        }

    def run(
        self, *program: str, numbers: bool = False, timeout_s: float = 200, more: Mapping[str, str] = {}
    ) -> subprocess.CompletedProcess[str]:
        """Run Python on this machine to its end.

        Args:
            program: Arguments of ``python``: ``-c code``, ``-m module …``, or a file, each with its own arguments.
            numbers: Let operations have the results that they have on the CPU; without it, kernels do nothing.
            timeout_s: Time that it may take.
            more: Further variables of its environment.
        """
        return subprocess.run(
            [sys.executable, "-m", "tests.modelled_gpu.program", *program],
            cwd=REPOSITORY,
            env={**self.environment(numbers=numbers), **more},
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=timeout_s,
        )

    def close(self) -> None:
        """Let go of the file."""
        del self._file
        self._memory.close()

    def _describe(self, index: int, gpu: Gpu) -> None:
        device = self._file.devices[index]
        device.total_bytes = gpu.mib * MIB
        device.spills, device.spill_margin_bytes = gpu.spills, gpu.spill_margin_mib * MIB
        device.context_bytes, device.kernel_bytes = gpu.context_mib * MIB, gpu.kernel_kib * 1024
        device.graph_bytes = gpu.graph_kib * 1024
        device.others_bytes, device.hidden_bytes = gpu.others_mib * MIB, gpu.hidden_mib * MIB
        device.integrated, device.nvml_knows_uuid = gpu.integrated, gpu.nvml_knows_uuid
        device.driver_model = {"WDDM": 0, "TCC": 1}.get(self.platform, -1)
        self._file.device_count = index + 1


def this_machine() -> Machine | None:
    """Return the machine that this program runs on, for it to move and read it itself; None for a real one."""
    path = os.environ.get("MODELLED_GPU_MACHINE")
    if path is None:
        return None
    machine = Machine.__new__(Machine)
    machine.path, machine.platform = Path(path), "Linux"
    with machine.path.open("r+b") as file:
        machine._memory = mmap.mmap(file.fileno(), 0)
    machine._file = MachineFile.from_buffer(machine._memory)
    return machine
