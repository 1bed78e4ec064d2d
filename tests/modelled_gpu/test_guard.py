"""The guard on the modelled GPU: PyTorch's real allocator over a driver that spills."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from packaging.version import Version

from tests.modelled_gpu.machine import MIB, REPOSITORY, Gpu, Machine

pytestmark = pytest.mark.modelled_gpu


def trained(machine: Machine, *trainings: dict[str, Any], **environment: str) -> list[dict[str, Any]]:
    """Run trainings in one process; return what each came to (``trainings.py``)."""
    program = "tests/modelled_gpu/trainings.py"
    done = machine.run(program, *map(json.dumps, trainings), more=environment)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_without_guard_the_run_spills_and_with_it_shares_no_byte(machine: Callable[..., Machine]) -> None:
    gpu = machine(Gpu(mib=2048, spills=True), platform="WSL2")
    large = {"network": "wide", "batch_size": 20000}
    with_guard, without = trained(gpu, large, {**large, "guarded": False})
    assert (with_guard["ended"], with_guard["spilled"]) == ("out of memory", 0)
    assert with_guard["report"].startswith("CUDA out of memory. A request past the limit was refused")
    assert with_guard["reserved_bytes"] <= (2048 - 300 - 512) * MIB
    assert without["ended"] == "trained"
    assert without["spilled"] >= 1
    assert gpu.counters().peak_shared_bytes > 100 * MIB


@pytest.mark.slow
def test_network_that_is_too_large_by_itself_is_advised_no_batch_size(machine: Callable[..., Machine]) -> None:
    (run,) = trained(machine(Gpu(mib=1024, spills=True)), {"network": "huge", "guard": {"limit_mib": 600}})
    assert (run["ended"], run["spilled"]) == ("out of memory", 0)
    assert "no batch size: the network alone takes 1586 MiB" in run["report"]
    assert "a smaller batch size" not in run["report"]


REJECTION = """
import json, torch
from mnist_lab.gpu import dedicated_memory_only
MIB = 2**20

def is_met():
    try:
        first = torch.empty(700 * MIB, dtype=torch.uint8, device="cuda")
        del first
        return torch.empty(800 * MIB, dtype=torch.uint8, device="cuda").nbytes == 800 * MIB
    except torch.OutOfMemoryError as error:
        return "preemptively" not in str(error)
    finally:
        torch.cuda.empty_cache()

# Preemptive rejection on its own, with PyTorch's other check out of the way, gives no cached block back.
torch.cuda.set_per_process_memory_fraction(1.0)
alone = is_met()
torch.cuda.set_per_process_memory_fraction(0.25)
with dedicated_memory_only([0]) as (budget,):
    told = [alone, is_met(), budget.decided_by, budget.limit_bytes // MIB]
print(json.dumps([*told, torch.cuda.get_per_process_memory_fraction()]))
"""


@pytest.mark.slow
@pytest.mark.skipif(Version(torch.__version__) < Version("2.12"), reason="PyTorch 2.12 brought preemptive rejection")
def test_users_preemptive_rejection_gives_cached_blocks_back_first_under_the_limit(
    machine: Callable[..., Machine],
) -> None:
    """``throw_on_cudamalloc_oom`` (PyTorch 2.12): its check comes after that of the fraction."""
    settings = "throw_on_cudamalloc_oom:True,per_process_memory_fraction:0.25"
    done = machine(Gpu(mib=4096)).run("-c", REJECTION, more={"PYTORCH_ALLOC_CONF": settings})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [False, True, "torch.cuda.set_per_process_memory_fraction", 1024, 0.25]


@pytest.mark.slow
def test_guard_adds_no_call_of_cuda_between_two_looks(machine: Callable[..., Machine]) -> None:
    done = machine(Gpu(mib=4096)).run("tests/modelled_gpu/cost.py")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    guarded, unguarded = told["more CUDA calls in 200 more steps, with and without"]
    assert guarded == unguarded > 0
    assert told["more NVML calls in 200 more steps"] == 0
    assert told["calls of CUDA and of NVML in 10000 steps"] == [0, 0]
    assert told["microseconds a step"] < 100, "a bound that a busy machine keeps; it is some 1 to 3"


CROWDED = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 10)

    def forward(self, x):
        try:  # as cuDNN does with a workspace
            torch.empty(2**32 if self.training and x.is_cuda else 0, dtype=torch.uint8, device=x.device)
        except torch.OutOfMemoryError:
            raise RuntimeError("GET was unable to find an engine to execute this computation") from None
        return self.fc(x.flatten(1))
"""


@pytest.mark.slow
def test_convolution_without_room_for_its_workspace_ends_the_command_as_out_of_memory(
    machine: Callable[..., Machine], tmp_path: Path
) -> None:
    (tmp_path / "crowded.py").write_text(CROWDED, encoding="utf-8")
    fit = ("fit", "--model", "crowded.Net", "--data.source", "Digits")
    done = machine(Gpu(mib=2048)).run(
        *("-m", "mnist_lab", *fit, "--trainer.accelerator", "gpu", "--trainer.default_root_dir", str(tmp_path)),
        more={"PYTHONPATH": os.pathsep.join((str(REPOSITORY), str(tmp_path)))},
    )
    assert done.returncode == 3, done.stderr
    assert "CUDA out of memory. Requests were refused, and cuDNN found no way" in done.stderr
    (record,) = tmp_path.rglob("record.json")
    assert json.loads(record.read_text(encoding="utf-8"))["status"] == "out_of_memory"
