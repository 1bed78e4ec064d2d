"""The speeds that the kernels are to reach; needs a quiet machine."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from mnist_lab.bench.compiler import find_compiler
from tests.conftest import CHECKOUT, missing


@pytest.mark.slow
def test_kernels_reach_their_speeds() -> None:
    if find_compiler() is None:
        missing("There is no C compiler (Debian: apt-get install gcc).")
    chosen = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OMP_NUM_THREADS")
    environment = {name: value for name, value in os.environ.items() if name not in chosen}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.kernels", "--check", "--rounds", "5"],
        cwd=CHECKOUT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
