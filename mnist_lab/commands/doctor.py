"""``lightning doctor``: is the GPU's memory as it should be, and is the software? Green, yellow, red."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from mnist_lab.commands.doctor_check import Check, contained

EXIT_ALL_WELL = 0
EXIT_RED = 1


def run(command: str, args: Sequence[str]) -> int:
    """Examine this machine and print the findings.

    Args:
        command: ``doctor``.
        args: ``--json`` for machines, ``--root`` for another data folder than ``data``.

    Returns:
        0 when nothing is red (no GPU is a normal answer), else 1.
    """
    options = _parser().parse_args(list(args))
    checks = examine(Path(options.root))
    if options.json:
        sys.stdout.write(as_json(checks) + "\n")
    else:
        show(checks)
    return EXIT_RED if worst(checks) == "red" else EXIT_ALL_WELL


def examine(root: Path) -> list[Check]:
    """Make every check, the ones that can end a process first and in a process of their own."""
    from mnist_lab.commands.doctor_software import data_check, openmp_check, torch_check, torchvision_check

    openmp = contained("OpenMP", openmp_check)
    if openmp.status != "green":  # torch is imported below, and this process has to live to tell
        os.environ.setdefault("KMP_DUPLICATE_LIB_OK", "True")
    torch = contained("torch", torch_check)
    gpus = _gpu_checks() if torch.status == "green" else []
    return [
        *gpus,
        torch,
        contained("torchvision", torchvision_check),
        openmp,
        contained("data", lambda: data_check(root)),
    ]


def worst(checks: Sequence[Check]) -> str:
    """Return the worst colour."""
    found = {check.status for check in checks}
    return next((status for status in ("red", "yellow") if status in found), "green")


def as_json(checks: Sequence[Check]) -> str:
    """Return the findings for machines; sizes are in bytes, what is not known is null."""
    return json.dumps({"status": worst(checks), "checks": [check._asdict() for check in checks]}, indent=2)


def show(checks: Sequence[Check], file: IO[str] | None = None, width: int | None = None) -> None:
    """Print the findings as a table that fits the terminal, with the colour also as a word."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        table.add_row(Text(check.status, style=f"bold {check.status}"), check.name, Text(check.sentence))
    Console(file=file, width=width, highlight=False).print(table)


def _gpu_checks() -> list[Check]:
    from mnist_lab.commands.doctor_gpu import gpu_checks
    from mnist_lab.gpu.cuda_runtime import TorchCuda
    from mnist_lab.gpu.nvml import read_all_nvml

    return gpu_checks(TorchCuda(), read_all_nvml())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lightning doctor",
        description="Examine GPU memory, driver, torch, OpenMP and data; exit code 0 when nothing is red.",
    )
    parser.add_argument("--json", action="store_true", help="print the findings for machines")
    parser.add_argument("--root", default="data", help="data folder (default: data)")
    return parser
