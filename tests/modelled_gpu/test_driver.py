"""The modelled driver under the real allocator: what is dedicated, what spills, what is refused, who is told what."""

from __future__ import annotations

import ctypes
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.modelled_gpu.build import LIBRARY, built
from tests.modelled_gpu.machine import MIB, Gpu, Machine, Moment
from tests.modelled_gpu.machine_file import MachineFile

pytestmark = pytest.mark.modelled_gpu

ASK = """
import json, torch
MIB = 2**20
def ask(mib):
    try:
        return torch.empty(mib * MIB, dtype=torch.uint8, device="cuda")
    except torch.OutOfMemoryError:
        return None
"""


def told(machine: Machine, program: str, **environment: str) -> Any:
    done = machine.run("-c", ASK + program, more=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_layout_is_the_same_in_c_and_python(machine: Callable[..., Machine]) -> None:
    machine()
    size = ctypes.CDLL(str(built() / LIBRARY)).modelled_gpu_machine_size
    size.restype = ctypes.c_size_t
    assert size() == ctypes.sizeof(MachineFile)


def test_driver_spills_close_to_the_limit_and_gives_back(machine: Callable[..., Machine]) -> None:
    gpu = machine(Gpu(mib=2048, spills=True, spill_margin_mib=128, context_mib=300), platform="WSL2")
    free_mib, seen = told(
        gpu,
        """
import platform
free = torch.cuda.mem_get_info()[0] // MIB
first, second = ask(1600), ask(40)  # 2048 - 300 - 1600 leave 148
reserved = torch.cuda.memory_reserved() // MIB
del first
torch.cuda.empty_cache()
print(json.dumps([free, [reserved, torch.cuda.memory_reserved() // MIB, platform.release()[-4:]]]))
""",
    )
    assert free_mib == 2048 - 300
    assert seen == [1640, 40, "WSL2"]
    counted = gpu.counters()
    assert (counted.requests, counted.spilled_requests, counted.refused_requests) == (2, 1, 0)
    assert (counted.peak_dedicated_bytes, counted.peak_shared_bytes) == (1600 * MIB, 40 * MIB)
    assert (counted.dedicated_bytes, counted.shared_bytes, counted.outside_bytes) == (0, 0, 0), "the process has ended"


@pytest.mark.slow
@pytest.mark.parametrize("settings", ["", "expandable_segments:True", "backend:cudaMallocAsync"])
def test_driver_that_does_not_spill_refuses(machine: Callable[..., Machine], settings: str) -> None:
    gpu = machine(Gpu(mib=2048, context_mib=300))
    refused = told(gpu, "kept = ask(1000)\nprint(json.dumps(ask(1000) is None))", PYTORCH_ALLOC_CONF=settings)
    counted = gpu.counters()
    assert refused
    assert counted.refused_requests >= 1
    assert counted.peak_shared_bytes == 0
    assert 1000 * MIB <= counted.peak_dedicated_bytes <= 1748 * MIB


@pytest.mark.slow
def test_other_programs_and_the_context_take_memory_at_their_moments(machine: Callable[..., Machine]) -> None:
    moments = [
        Moment(2, 500, counted="looks"),
        Moment(3, -200, counted="looks"),
        Moment(4, 70, counted="looks", by="this process"),
    ]
    gpu = machine(Gpu(mib=2048, others_mib=100, kernel_kib=1024), moments=moments)
    free = told(
        gpu,
        """
looks = [torch.cuda.mem_get_info()[0] // MIB for _ in range(4)]
one = torch.ones(1, device="cuda") * 2
one = torch.ones(1, device="cuda") * 2
print(json.dumps([*looks, (looks[-1] - 2) - torch.cuda.mem_get_info()[0] // MIB]))
""",
    )
    assert free == [1648, 1148, 1348, 1278, 2], "two kernels of 1 MiB beside the allocator's 2 MiB"


@pytest.mark.slow
def test_devices_processes_and_driver_models_are_told_apart(machine: Callable[..., Machine]) -> None:
    gpus = machine(Gpu(mib=2048), Gpu(mib=4096, hidden_mib=500), platform="WDDM")
    seen = told(
        gpus,
        """
import os
from mnist_lab.gpu.cuda_runtime import TorchCuda
cuda = TorchCuda()
kept = torch.empty(100 * MIB, dtype=torch.uint8, device="cuda:1")
one = cuda.nvml(1)
print(json.dumps([cuda.device_count(), one.total_bytes // MIB, one.used_bytes // MIB, cuda.driver(1).model,
    one.processes[0].pid == os.getpid(), one.processes[0].used_bytes, cuda.memory_info(1).free_bytes // MIB]))
""",
    )
    assert seen == [2, 4096, 300 + 500 + 100, "WDDM", True, None, 4096 - 300 - 100]
    assert gpus.counters(0).requests == 0
    assert gpus.counters(1).requests == 1


@pytest.mark.slow
def test_visible_devices_are_followed(machine: Callable[..., Machine]) -> None:
    gpus = machine(Gpu(mib=2048), Gpu(mib=4096))
    program = "print(json.dumps([torch.cuda.device_count(), torch.cuda.mem_get_info(0)[1] // MIB]))"
    assert told(gpus, program, CUDA_VISIBLE_DEVICES="1") == [1, 4096]
    assert told(gpus, program, CUDA_VISIBLE_DEVICES="1,0") == [2, 4096]
