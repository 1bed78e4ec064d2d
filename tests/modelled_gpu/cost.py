"""What the guard costs between two looks: calls of CUDA and NVML, counted, and microseconds of Python.

``python -m tests.modelled_gpu --mib 4096 tests/modelled_gpu/cost.py``
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import Any

from lightning.pytorch import Trainer

from mnist_lab.callbacks import CudaMemoryGuard
from tests.modelled_gpu.machine import Machine, this_machine
from tests.modelled_gpu.trainings import Batches, Module, Training, clean_up, quieten, train

NEVER_S = 3600.0
STEPS = 10_000
REPEATS = 5


def calls(machine: Machine, steps: int, *, guarded: bool) -> list[int]:
    """Return the calls of CUDA, and of NVML, in a training that is too short for a second look."""
    before = machine.calls
    train(Training("small", 8, guarded=guarded, steps=steps, guard={"check_interval_s": NEVER_S}))
    clean_up()
    return [now - was for now, was in zip(machine.calls, before, strict=True)]


def hooks(machine: Machine) -> tuple[list[int], list[float]]:
    """Return the calls of many steps' hooks of the guard, and the microseconds of a step in each repetition."""
    guard: Any = CudaMemoryGuard(check_interval_s=NEVER_S)
    trainer = Trainer(
        accelerator="gpu",
        devices=1,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    guard.setup(trainer, Module("small", "SGD"), "fit")
    batch = Batches(8, 1, 0).batch
    before, times_us = machine.calls, []
    for _ in range(REPEATS):
        start_s = time.perf_counter()
        for index in range(STEPS // REPEATS):
            guard.on_train_batch_start(trainer, None, batch, index)
            guard.on_train_batch_end(trainer, None, None, batch, index)
        times_us.append((time.perf_counter() - start_s) / (STEPS // REPEATS) * 1e6)
    counted = [now - was for now, was in zip(machine.calls, before, strict=True)]
    guard.teardown(trainer, None, "fit")
    return counted, times_us


def main() -> None:
    """Print the figures as one line of JSON."""
    quieten()
    machine = this_machine()
    assert machine is not None, "not on a modelled machine"
    calls(machine, 200, guarded=False)  # what CUDA and Lightning do once
    with_guard, without = (
        [calls(machine, steps, guarded=guarded) for steps in (200, 400)] for guarded in (True, False)
    )
    counted, times_us = hooks(machine)
    told = {
        "more CUDA calls in 200 more steps, with and without": [
            more[0] - less[0] for less, more in (with_guard, without)
        ],
        "more NVML calls in 200 more steps": with_guard[1][1] - with_guard[0][1],
        f"calls of CUDA and of NVML in {STEPS} steps": counted,
        "microseconds a step": statistics.median(times_us),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
