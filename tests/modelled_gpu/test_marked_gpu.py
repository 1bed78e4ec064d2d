"""The tests marked ``gpu`` whose subject is memory or recorded steps, on the modelled GPU."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.modelled_gpu.machine import Gpu, Machine

pytestmark = [pytest.mark.modelled_gpu, pytest.mark.slow]

FILES = [
    "tests/callbacks/test_cuda_memory_guard.py",
    "tests/data/test_batches.py",
    "tests/data/test_placement.py",
    "tests/loops/test_block_capture_on_a_gpu.py",
]
# Times are a real GPU's to tell; a hundred runs with the CPU's numbers take minutes, and are counted in tables.py.
LEFT_OUT = "median_step or hundred_guarded_runs"
# Whoever lends operations the CPU's numbers holds their operands meanwhile: a step takes more than it would.
WITHOUT_NUMBERS = "advised_batch_size_fits"
PYTEST = ("-m", "pytest", "-n", "0", "-q", "-m", "gpu")


def test_tests_for_a_gpu_pass_on_a_modelled_one(machine: Callable[..., Machine]) -> None:
    gpu = machine(Gpu(mib=8192))
    chosen = f"not ({LEFT_OUT} or {WITHOUT_NUMBERS})"
    done = gpu.run(*PYTEST, "-k", chosen, *FILES, numbers=True, timeout_s=230)
    assert done.returncode == 0, done.stdout[-5000:]
    passed = re.search(r"(\d+) passed", done.stdout.splitlines()[-1])
    assert passed
    assert int(passed[1]) >= 16
    assert "skipped" not in done.stdout.splitlines()[-1]


def test_advised_batch_size_fits_on_a_modelled_gpu(machine: Callable[..., Machine]) -> None:
    done = machine(Gpu(mib=8192)).run(*PYTEST, "-k", WITHOUT_NUMBERS, FILES[0], timeout_s=230)
    assert done.returncode == 0, done.stdout[-5000:]
    assert done.stdout.splitlines()[-1].startswith("1 passed")
