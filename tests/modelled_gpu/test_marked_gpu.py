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


def test_tests_for_a_gpu_pass_on_a_modelled_one(machine: Callable[..., Machine]) -> None:
    gpu = machine(Gpu(mib=8192))
    done = gpu.run(
        *("-m", "pytest", "-n", "0", "-q", "-m", "gpu", "-k", f"not ({LEFT_OUT})", *FILES), numbers=True, timeout_s=230
    )
    assert done.returncode == 0, done.stdout[-5000:]
    passed = re.search(r"(\d+) passed", done.stdout.splitlines()[-1])
    assert passed
    assert int(passed[1]) >= 17
    assert "skipped" not in done.stdout.splitlines()[-1]
