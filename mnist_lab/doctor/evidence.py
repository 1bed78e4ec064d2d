"""``guard-evidence.json``: what the guard was seen to do on a user's own GPU, for others to rely on."""

from __future__ import annotations

import datetime
import json
import platform
import sys
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mnist_lab.atomic_write import write_atomically
from mnist_lab.cli.folders import check_writable
from mnist_lab.doctor.finding import Check
from mnist_lab.doctor.proof import prove
from mnist_lab.errors import MnistLabError, UsageError
from mnist_lab.gpu.cuda_runtime import CudaRuntime, TorchCuda
from mnist_lab.language import say

NAME = "guard-evidence.json"
FORMAT = 1


class NothingToProveError(MnistLabError):
    """There is no GPU to try the guard on."""


def check_place(path: Path) -> None:
    """Look whether the file can be written, before anything is measured.

    Raises:
        UsageError: A file is there already, or the folder cannot be written.
    """
    if path.exists() or path.is_symlink():
        raise UsageError(
            say(
                "--prove: {path} is there already and is kept as it is; move it away, or name another file with "
                "--output.",
                "--prove：{path} はすでにあるため、上書きしません。別の場所に移すか、--output で別のファイルを指定して"
                "ください。",
                path=path,
            )
        )
    check_writable(path.parent, "--output")


def prove_all(cuda: CudaRuntime | None = None) -> tuple[list[Check], dict[str, Any]]:
    """Try the guard out on every GPU, one after the other.

    Args:
        cuda: The GPUs; None is the real ones.

    Returns:
        The findings, and what the file is to hold.

    Raises:
        NothingToProveError: torch can use no GPU.
    """
    cuda = TorchCuda() if cuda is None else cuda
    if not cuda.is_available():
        raise NothingToProveError(
            say(
                "--prove needs a GPU that torch can use: {reason}. `lightning doctor` says what is missing.",
                "--prove には torch で使用できる GPU が必要です：{reason}。不足しているものは `lightning doctor` で確認"
                "できます。",
                reason=cuda.unavailable_reason(),
            )
        )
    start_s = time.perf_counter()
    found = [prove(cuda, device) for device in range(cuda.device_count())]
    gpus = [_gpu(cuda, device, checks) for device, checks in enumerate(found)]
    return [check for checks in found for check in checks], {
        **_surroundings(cuda),
        "seconds": round(time.perf_counter() - start_s, 1),
        "gpus": gpus,
    }


def write_evidence(path: Path, evidence: dict[str, Any]) -> None:
    """Write the file.

    Raises:
        MnistLabError: It cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, (json.dumps(evidence, indent=2) + "\n").encode())


def _surroundings(cuda: CudaRuntime) -> dict[str, Any]:
    """Return versions and date; nothing that tells whose machine it is."""
    import torch

    return {
        "format": FORMAT,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "mnist_lab": _version("mnist_lab"),
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "python": platform.python_version(),
        "system": platform.system(),
        # On Linux the release is whatever its builder has written there.
        "system_version": platform.version() if sys.platform == "win32" else None,
        "allocator": cuda.allocator_backend(),
        "allocator_settings": cuda.allocator_settings(),
    }


def _gpu(cuda: CudaRuntime, device: int, checks: Sequence[Check]) -> dict[str, Any]:
    """Return what was found of one GPU; an error's text may name paths or programs, and stays out."""
    driver, reading = cuda.driver(device), cuda.nvml(device)
    figures = {
        check.name.removeprefix(f"GPU {device} "): {
            "status": check.status,
            **{key: value for key, value in check.data.items() if key != "error"},
        }
        for check in checks
    }
    return {
        "name": cuda.name(device),
        "total_bytes": cuda.memory_info(device).total_bytes,
        "driver_version": reading.driver_version if reading else None,
        "driver_model": driver.model,
        "can_spill": driver.can_spill,
        "figures": figures,
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
