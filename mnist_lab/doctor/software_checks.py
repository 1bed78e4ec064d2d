"""The doctor's look at the software: torch, torchvision, OpenMP runtimes, and the data on disk."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from mnist_lab.doctor.finding import Check
from mnist_lab.errors import first_line, missing_runtime
from mnist_lab.language import say

OPENMP_TIMEOUT_S = 120.0
# Run in a process of its own: a second Intel runtime does not raise, it ends the process.
OPENMP_PROGRAM = """
import importlib, json
for name in ("numpy", "sklearn", "torch"):
    try:
        importlib.import_module(name)
    except Exception:
        pass
from threadpoolctl import threadpool_info
found = [library for library in threadpool_info() if library["user_api"] == "openmp"]
print(json.dumps([[library["prefix"], library["filepath"]] for library in found]))
"""
INTEL_PREFIXES = ("libiomp", "libomp")  # these two count one another as duplicates
OPENMP_REMEDY = (
    "Remedy: a fresh environment with numpy, torch and scikit-learn all from pip (or all from conda); for the moment, "
    "KMP_DUPLICATE_LIB_OK=True before the imports lets both run, without a promise of right results"
)
IDX_DATASETS = ("MNIST", "FashionMNIST", "KMNIST")
IDX_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def torch_check(load: Callable[[str], Any] = importlib.import_module) -> Check:
    """Say which torch is installed and for which CUDA it was built."""
    try:
        torch = load("torch")
    except (ImportError, OSError) as error:
        sentence = missing_runtime(error) or f"cannot be imported ({first_line(error)}): pip install torch"
        return Check("torch", "red", sentence, {"version": None})
    built_for = torch.version.cuda
    kind = f"built for CUDA {built_for}" if built_for else "built for the CPU only"
    return Check("torch", "green", f"{torch.__version__}, {kind}.", {"version": torch.__version__, "cuda": built_for})


def torchvision_check(
    load: Callable[[str], Any] = importlib.import_module,
    requirements_of: Callable[[str], list[str] | None] = requires,
) -> Check:
    """Say whether torchvision fits the installed torch: its own requirement, its CUDA, and that it can be imported."""
    name, remedy = "torchvision", "reinstall both with one command: pip install --force-reinstall torch torchvision"
    try:
        requirements = [Requirement(text) for text in requirements_of("torchvision") or ()]
        torch = load("torch")
    except (PackageNotFoundError, ImportError, OSError) as error:
        package = getattr(error, "name", "torch")
        sentence = missing_runtime(error) or f"{package} is not installed: pip install torch torchvision"
        return Check(name, "red", sentence, {"version": None, "fits": None})
    data = {"version": None, "fits": False}
    for wanted in (requirement for requirement in requirements if requirement.name == "torch"):
        if not wanted.specifier.contains(torch.__version__, prereleases=True):
            sentence = f"needs torch{wanted.specifier}, but torch {torch.__version__} is installed; {remedy}."
            return Check(name, "red", sentence, data)
    try:
        torchvision = load("torchvision")
    except Exception as error:  # a mismatch shows at import, as a RuntimeError of the operators' registration
        sentence = missing_runtime(error) or f"cannot be imported ({first_line(error)}); {remedy}."
        return Check(name, "red", sentence, data)
    data = {"version": torchvision.__version__, "fits": True}
    built_for = getattr(torchvision.version, "cuda", None)
    if (built_for is None) != (torch.version.cuda is None):
        kinds = ["with CUDA" if cuda else "for the CPU only" for cuda in (built_for, torch.version.cuda)]
        sentence = f"{torchvision.__version__} is built {kinds[0]}, torch {kinds[1]}; {remedy}."
        return Check(name, "red", sentence, {**data, "fits": False})
    return Check(name, "green", f"{torchvision.__version__} fits torch {torch.__version__}.", data)


def openmp_check(
    program: str = OPENMP_PROGRAM, environment: Mapping[str, str] = os.environ, timeout_s: float = OPENMP_TIMEOUT_S
) -> Check:
    """Name the OpenMP runtimes that numpy, scikit-learn and torch load together.

    Args:
        program: prints the runtimes as JSON, ``[[prefix, path], …]``.
        environment: of the process that loads them.
        timeout_s: how long it may take.
    """
    name = "OpenMP"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=False,
        timeout=timeout_s,
        env={**environment, "PYTHONIOENCODING": "utf-8"},
        encoding="utf-8",
        errors="replace",
    )
    if "Error #15" in done.stderr:
        sentence = f"two Intel runtimes in one process (OMP: Error #15, libiomp5md). {OPENMP_REMEDY}."
        return Check(name, "red", sentence, {"runtimes": None})
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return Check(name, "yellow", f"could not be listed: {reason}", {"runtimes": None})
    runtimes = [tuple(one) for one in json.loads(done.stdout)]
    data = {"runtimes": [path for _, path in runtimes]}
    intel = {path for prefix, path in runtimes if prefix in INTEL_PREFIXES}
    if len(intel) > 1:
        names = ", ".join(sorted(intel))
        sentence = f"{len(intel)} runtimes that exclude one another are loaded: {names}. {OPENMP_REMEDY}."
        return Check(name, "yellow", sentence, data)
    files = ", ".join(sorted({re.split(r"[\\/]", path)[-1] for _, path in runtimes})) or "none"
    return Check(name, "green", f"loaded: {files}; they do not exclude one another.", data)


def place_check(folder: Path, system: str = sys.platform, version: tuple[int, ...] = sys.version_info[:3]) -> Check:
    """Say whether Python will find an editable install there: its ``.pth`` file is UTF-8, and read as something else.

    Python 3.12.4 and later try UTF-8 first (https://github.com/python/cpython/issues/77102).

    Args:
        folder: The package's.
        system: As ``sys.platform``.
        version: Of Python.
    """
    name, data = "install", {"folder": str(folder)}
    if system != "win32" or version >= (3, 12, 4) or str(folder).isascii():
        return Check(name, "green", say("its path suits this Python.", "パスはこの Python に適しています。"), data)
    sentence = say(
        "{folder}: this Python does not find an editable install whose path has other than ASCII letters. Take Python "
        "3.12.4 or later, or move the project to a folder such as C:\\mnist_lab and install it again.",
        "{folder}：この Python は、パスに日本語などを含む編集可能インストールを見つけられません。Python 3.12.4 以降を"
        "使うか、C:\\mnist_lab のようなフォルダに移してから、もう一度インストールしてください。",
        folder=folder,
    )
    return Check(name, "yellow", sentence, data)


def data_check(root: Path) -> Check:
    """Say which data sets lie complete under the data folder; missing ones are fetched when first used."""
    complete: list[str] = []
    partial: list[str] = []
    for dataset in IDX_DATASETS:
        raw = root / dataset / "raw"
        found = [(raw / file).is_file() or (raw / f"{file}.gz").is_file() for file in IDX_FILES]
        if any(found):
            (complete if all(found) else partial).append(dataset)
    data = {"root": str(root), "complete": complete, "partial": partial}
    if partial:
        sentence = f"incomplete in {root}: {', '.join(partial)}; delete the folder, the next run fetches it again."
        return Check("data", "yellow", sentence, data)
    here = f"{', '.join(complete)} in {root}" if complete else f"nothing in {root} yet"
    return Check("data", "green", f"{here}; Digits is bundled, the rest is fetched when first used.", data)
