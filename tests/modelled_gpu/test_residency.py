"""Residency on the modelled GPU: memory that spilled through PyTorch's allocator halts the run, others' moves not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import missing
from tests.modelled_gpu.build import why_not
from tests.modelled_gpu.machine import Gpu, Machine
from tests.modelled_gpu.residency import run_watched, table

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


def test_thirty_random_trainings_beside_still_programs_raise_no_alarm_and_those_that_spill_are_halted() -> None:
    reason = why_not()
    if reason is not None:
        missing(reason)
    watched = list(run_watched(30, seed=1))
    limited = [one for one in watched if not one.training.get("lifted")]
    lifted = [one for one in watched if one.training.get("lifted")]
    assert len(limited) == 30
    assert [one for one in limited if one.is_alarm] == [], table(watched)
    assert [one for one in lifted if one.passed] == [], table(watched)
    assert any(one.told["ended"] == "halted" for one in lifted), table(watched)
