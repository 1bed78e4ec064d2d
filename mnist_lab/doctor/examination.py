"""All the doctor's checks in their order, and how the findings are shown."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from mnist_lab.doctor.finding import Check, Status, contained
from mnist_lab.language import Phrase

_COLOURS: Mapping[Status, Phrase] = {
    "green": Phrase("green", "緑"),
    "yellow": Phrase("yellow", "黄"),
    "red": Phrase("red", "赤"),
}
_NAMES = {
    "shared memory": Phrase("shared memory", "共有メモリ"),
    "install": Phrase("install", "インストール"),
    "data": Phrase("data", "データ"),
}
"""Of checks, whose names stand in JSON as they are."""
_NAMES_AFTER_GPU = {
    "memory": Phrase("memory", "メモリ"),
    "guard": Phrase("guard", "ガード"),
    "context": Phrase("context", "コンテキスト"),
    "room": Phrase("room", "空き"),
    "limit": Phrase("limit", "上限"),
    "refusal": Phrase("refusal", "拒否"),
    "residency": Phrase("residency", "所在"),
    "cache": Phrase("cache", "キャッシュ"),
    "cost": Phrase("cost", "負荷"),
    "lifted": Phrase("lifted", "解除後"),
}
"""Of what is said of one GPU, ``GPU 0 memory``."""


def examine(root: Path) -> list[Check]:
    """Make every check, the ones that can end a process first and in a process of their own."""
    from mnist_lab.doctor.software_checks import (
        data_check,
        openmp_check,
        place_check,
        torch_check,
        torchvision_check,
    )

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
        contained("install", lambda: place_check(Path(__file__).parents[1])),
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

    from mnist_lab.cli.wrapped import Wrapped

    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for check in checks:
        colour = Text(str(_COLOURS[check.status]), style=f"bold {check.status}")
        table.add_row(colour, _shown(check.name), Wrapped(check.sentence))
    Console(file=file, width=width, highlight=False).print(table)


def _shown(name: str) -> str:
    gpu, _, what = name.rpartition(" ")
    if gpu.startswith("GPU ") and what in _NAMES_AFTER_GPU:
        return f"{gpu} {_NAMES_AFTER_GPU[what]}"
    return str(_NAMES.get(name, name))


def _gpu_checks() -> list[Check]:
    import torch

    from mnist_lab.doctor.gpu_checks import gpu_checks
    from mnist_lab.gpu.cuda_runtime import TorchCuda
    from mnist_lab.gpu.nvml import read_all_nvml

    return gpu_checks(TorchCuda(), read_all_nvml(), has_mps=torch.backends.mps.is_available())
