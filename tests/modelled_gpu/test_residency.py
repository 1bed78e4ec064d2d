"""Residency on the modelled GPU: memory that spilled through PyTorch's allocator halts the run, others' moves not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.modelled_gpu.machine import Gpu, Machine

pytestmark = [pytest.mark.modelled_gpu, pytest.mark.slow]

LIMIT_LIFTED = """
import torch
from lightning.pytorch import Callback
from tests.modelled_gpu import trainings

class LiftsTheLimit(Callback):
    steps = 0
    def on_train_batch_start(self, trainer, module, batch, index):
        type(self).steps += 1
        torch.cuda.set_per_process_memory_fraction(1.0)
        if index == 3:
            self.kept = torch.empty(1800 * 2**20, dtype=torch.uint8, device="cuda")

trainings.quieten()
trainings.OtherPrograms = lambda *arguments: LiftsTheLimit()
told = trainings.train(trainings.Training("small", steps=20))
print(told["ended"], told["spilled"], LiftsTheLimit.steps)
print(told["report"])
"""


def test_memory_that_spilled_halts_the_run_at_the_next_look(machine: Callable[..., Machine]) -> None:
    gpu = machine(Gpu(mib=2048, spills=True), platform="WSL2")
    done = gpu.run("-c", LIMIT_LIFTED)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("halted 1 4\n"), "in the step in which it spilled"
    assert "memory has gone elsewhere, into memory shared with the CPU" in done.stdout


def test_memory_that_others_give_back_is_only_warned_of(machine: Callable[..., Machine]) -> None:
    gpu = machine(Gpu(mib=4096, spills=True, others_mib=1000), platform="WSL2")
    training = '{"network": "wide", "steps": 6, "others_mib": [1000, 1000, 400]}'
    done = gpu.run("tests/modelled_gpu/trainings.py", training)
    assert done.returncode == 0, done.stderr
    assert '"ended": "trained"' in done.stdout
    assert done.stderr.count("other programs have given memory back, or") == 1
