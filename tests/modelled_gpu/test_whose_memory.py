"""Whose memory is meant, on the modelled GPU: this process's own, other programs', this device's or another's."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.modelled_gpu.machine import MIB, Gpu, Machine, Moment
from tests.modelled_gpu.test_guard import trained

pytestmark = [pytest.mark.modelled_gpu, pytest.mark.slow]

SMALL = {"network": "small", "steps": 20}
NEARLY_ALL_MIB = 3700  # of 4,096, of which the context has 300: less than half of any headroom is left


@pytest.mark.parametrize(
    ("by", "spills", "ended", "said"),
    [
        ("another program", False, "halted", "other programs have taken the dedicated memory of GPU 0: "),
        ("this process", True, "halted", "this process has taken 3700 MiB of GPU 0 outside of PyTorch's allocator"),
        ("this process", False, "trained", ""),
    ],
)
def test_memory_that_this_process_takes_itself_is_not_blamed_on_others(
    machine: Callable[..., Machine], by: str, spills: bool, ended: str, said: str
) -> None:
    moments = [Moment(200, NEARLY_ALL_MIB, by="this process" if by == "this process" else "another program")]
    gpu = machine(Gpu(mib=4096, spills=spills), platform="WSL2" if spills else "Linux", moments=moments)
    (run,) = trained(gpu, SMALL)
    assert run["ended"] == ended
    assert said in (run["report"] or "")


def test_it_is_said_where_nobody_tells_whose_memory_it_is(machine: Callable[..., Machine]) -> None:
    gpu = machine(Gpu(mib=4096, spills=True), platform="WDDM", moments=[Moment(200, NEARLY_ALL_MIB)])
    (run,) = trained(gpu, SMALL)
    assert "(or this process itself, outside of PyTorch's allocator: that cannot be told apart here)" in run["report"]


TWO_GPUS = """
import json, pickle, pathlib, sys, tempfile, torch
from mnist_lab.gpu.allocator_limit import AllocatorLimit
from mnist_lab.gpu.budget import Limits
from mnist_lab.gpu.cuda_runtime import TorchCuda
from mnist_lab.gpu import dedicated_memory_only
from mnist_lab.seams import torch_seam
from tests.modelled_gpu.machine import this_machine

MIB = 2**20
cuda, told = TorchCuda(), {}

def refused(device, mib):
    try:
        torch.empty(mib * MIB, dtype=torch.uint8, device=f"cuda:{device}")
    except torch.OutOfMemoryError as error:
        return str(error)
    return None

first, second = AllocatorLimit(cuda, 0, Limits(limit_mib=500)), AllocatorLimit(cuda, 1, Limits(limit_mib=1000))
first.apply()
second.apply()
told["limits"] = [refused(0, 600) is None, refused(1, 600) is None, refused(1, 1100) is None]
first.lift()
told["after the first is lifted"] = [refused(0, 600) is None, refused(1, 1100) is None]
second.lift()

limit = AllocatorLimit(cuda, 0, Limits())
before = limit.apply().limit_bytes
this_machine().others_hide(1000)
told["hidden from CUDA"] = (before - limit.renew()[0].limit_bytes) // MIB
limit.lift()

told["known to NVML"] = [cuda.nvml(0) is not None, cuda.nvml(1) is not None]

torch_seam.MOST_HISTORY_ENTRIES = 10
torch_seam.record_memory_history(True)
for _ in range(100):
    torch.empty(MIB, dtype=torch.uint8, device="cuda")
path = pathlib.Path(tempfile.mkdtemp()) / "snapshot.pickle"
torch_seam.dump_memory_snapshot(path)
torch_seam.record_memory_history(False)
told["history"] = len(pickle.loads(path.read_bytes())["device_traces"][0])
print(json.dumps(told))
"""


def test_each_device_has_its_own_limit_reading_and_history(machine: Callable[..., Machine]) -> None:
    gpus = machine(Gpu(mib=4096, spills=True), Gpu(mib=2048, spills=True, nvml_knows_uuid=False), platform="WDDM")
    done = gpus.run("-c", TWO_GPUS)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "limits": [False, True, False],
        "after the first is lifted": [True, False],
        "hidden from CUDA": 1000,
        "known to NVML": [True, False],
        "history": 10,
    }
    assert gpus.counters(1).peak_dedicated_bytes <= 1000 * MIB


TWO_RUNS = """
import json, threading, torch
from tests.modelled_gpu import trainings
trainings.quieten()
told = {}
def run(device):
    told[device] = trainings.train(trainings.Training("wide", 20000, device=device, guard={"limit_mib": 700 + device}))
threads = [threading.Thread(target=run, args=(device,)) for device in (0, 1)]
for thread in threads:  # in turn: gc.get_objects, which a report needs, disturbs a thread beside it
    thread.start()
    thread.join()
print(json.dumps([told[device]["report"] for device in (0, 1)]))
"""


def test_two_runs_in_one_process_are_each_told_their_own_device(machine: Callable[..., Machine]) -> None:
    gpus = machine(Gpu(mib=4096), Gpu(mib=4096))
    done = gpus.run("-c", TWO_RUNS)
    assert done.returncode == 0, done.stderr
    first, second = json.loads(done.stdout)
    assert "device     GPU 0" in first
    assert "limit      700 MiB" in first
    assert "device     GPU 1" in second
    assert "limit      701 MiB" in second


def test_limit_on_the_asynchronous_backend_is_lifted(machine: Callable[..., Machine]) -> None:
    program = """
import json, torch
from mnist_lab.gpu import dedicated_memory_only
refused = 0
with dedicated_memory_only([0], limit_mib=500):
    try:
        torch.empty(600 * 2**20, dtype=torch.uint8, device="cuda")
    except torch.OutOfMemoryError:
        refused += 1
torch.empty(600 * 2**20, dtype=torch.uint8, device="cuda")
print(json.dumps(refused))
"""
    done = machine(Gpu(mib=2048)).run("-c", program, more={"PYTORCH_ALLOC_CONF": "backend:cudaMallocAsync"})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == 1
