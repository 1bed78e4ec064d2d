"""Programs of their own for tests that kill them: ``python -m mnist_lab`` in a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import CHECKOUT

SMALL_FIT = ("fit", "--config", "fc.yaml", "--data.source=Digits", "--model.hidden=[8]", "--trainer.max_epochs=6")


def start(folder: Path, *args: str) -> subprocess.Popen[str]:
    """Start the program; both streams are kept for ``communicate``."""
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONIOENCODING": "utf-8", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "mnist_lab", *args],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def finished(folder: Path, *args: str, timeout_s: float = 120) -> tuple[int, str, str]:
    """Run the program to its end; return the exit code and both streams."""
    process = start(folder, *args)
    out, err = process.communicate(timeout=timeout_s)
    return process.returncode, out, err
