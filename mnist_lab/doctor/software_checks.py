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
from mnist_lab.language import Phrase, say

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
OPENMP_REMEDY = Phrase(
    "Remedy: a fresh environment with numpy, torch and scikit-learn all from pip (or all from conda); for the moment, "
    "KMP_DUPLICATE_LIB_OK=True before the imports lets both run, without a promise of right results",
    "対処方法：新しい環境に numpy、torch、scikit-learn をすべて pip で（またはすべて conda で）"
    "インストールしてください。"
    "当面は import の前に KMP_DUPLICATE_LIB_OK=True を設定すると動作しますが、正しい結果は保証されません",
)
TORCHVISION_REMEDY = Phrase(
    "reinstall both with one command: pip install --force-reinstall torch torchvision",
    "両方を 1 つのコマンドで再インストールしてください：pip install --force-reinstall torch torchvision",
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
        sentence = missing_runtime(error) or say(
            "cannot be imported ({why}): pip install torch",
            "読み込めません（{why}）：pip install torch",
            why=first_line(error),
        )
        return Check("torch", "red", sentence, {"version": None})
    built_for = torch.version.cuda
    sentence = (
        say(
            "{version}, built for CUDA {cuda}.",
            "{version}、CUDA {cuda} 版。",
            version=torch.__version__,
            cuda=built_for,
        )
        if built_for
        else say("{version}, built for the CPU only.", "{version}、CPU 専用版。", version=torch.__version__)
    )
    return Check("torch", "green", sentence, {"version": torch.__version__, "cuda": built_for})


def torchvision_check(
    load: Callable[[str], Any] = importlib.import_module,
    requirements_of: Callable[[str], list[str] | None] = requires,
) -> Check:
    """Say whether torchvision fits the installed torch: its own requirement, its CUDA, and that it can be imported."""
    name = "torchvision"
    try:
        requirements = [Requirement(text) for text in requirements_of("torchvision") or ()]
        torch = load("torch")
    except (PackageNotFoundError, ImportError, OSError) as error:
        package = getattr(error, "name", "torch")
        sentence = missing_runtime(error) or say(
            "{package} is not installed: pip install torch torchvision",
            "{package} がインストールされていません：pip install torch torchvision",
            package=package,
        )
        return Check(name, "red", sentence, {"version": None, "fits": None})
    data = {"version": None, "fits": False}
    for wanted in (requirement for requirement in requirements if requirement.name == "torch"):
        if not wanted.specifier.contains(torch.__version__, prereleases=True):
            sentence = say(
                "needs torch{wanted}, but torch {version} is installed; {remedy}.",
                "torch{wanted} が必要ですが、torch {version} がインストールされています。{remedy}",
                wanted=wanted.specifier,
                version=torch.__version__,
                remedy=TORCHVISION_REMEDY,
            )
            return Check(name, "red", sentence, data)
    try:
        torchvision = load("torchvision")
    except Exception as error:  # a mismatch shows at import, as a RuntimeError of the operators' registration
        sentence = missing_runtime(error) or say(
            "cannot be imported ({why}); {remedy}.",
            "読み込めません（{why}）。{remedy}",
            why=first_line(error),
            remedy=TORCHVISION_REMEDY,
        )
        return Check(name, "red", sentence, data)
    data = {"version": torchvision.__version__, "fits": True}
    if mixed := _mixed_builds(torchvision, torch):
        return Check(name, "red", mixed, {**data, "fits": False})
    sentence = say(
        "{version} fits torch {torch}.",
        "{version}、torch {torch} に適合しています。",
        version=torchvision.__version__,
        torch=torch.__version__,
    )
    return Check(name, "green", sentence, data)


def _mixed_builds(torchvision: Any, torch: Any) -> str | None:
    """Say that one of the two is built for CUDA and the other is not."""
    built_for = getattr(torchvision.version, "cuda", None)
    if (built_for is None) == (torch.version.cuda is None):
        return None
    kinds = [
        say("with CUDA", "CUDA 版") if cuda else say("for the CPU only", "CPU 専用版")
        for cuda in (built_for, torch.version.cuda)
    ]
    return say(
        "{version} is built {kind}, torch {other}; {remedy}.",
        "{version} は {kind}、torch は {other} です。{remedy}",
        version=torchvision.__version__,
        kind=kinds[0],
        other=kinds[1],
        remedy=TORCHVISION_REMEDY,
    )


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
        sentence = say(
            "two Intel runtimes in one process (OMP: Error #15, libiomp5md). {remedy}.",
            "1 つのプロセスに Intel のランタイムが 2 つあります（OMP: Error #15、libiomp5md）。{remedy}。",
            remedy=OPENMP_REMEDY,
        )
        return Check(name, "red", sentence, {"runtimes": None})
    if done.returncode != 0:
        exit_code = say("exit code {code}", "終了コード {code}", code=done.returncode)
        sentence = say(
            "could not be listed: {why}",
            "一覧を取得できませんでした：{why}",
            why=(done.stderr.strip().splitlines() or [exit_code])[-1],
        )
        return Check(name, "yellow", sentence, {"runtimes": None})
    runtimes = [tuple(one) for one in json.loads(done.stdout)]
    data = {"runtimes": [path for _, path in runtimes]}
    intel = {path for prefix, path in runtimes if prefix in INTEL_PREFIXES}
    if len(intel) > 1:
        sentence = say(
            "{count} runtimes that exclude one another are loaded: {names}. {remedy}.",
            "同時に使えない {count} つのランタイムが読み込まれています：{names}。{remedy}。",
            count=len(intel),
            names=", ".join(sorted(intel)),
            remedy=OPENMP_REMEDY,
        )
        return Check(name, "yellow", sentence, data)
    sentence = say(
        "loaded: {files}; they do not exclude one another.",
        "読み込まれているランタイム：{files}。同時に使えます。",
        files=", ".join(sorted({re.split(r"[\\/]", path)[-1] for _, path in runtimes})) or say("none", "なし"),
    )
    return Check(name, "green", sentence, data)


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
        sentence = say(
            "incomplete in {root}: {names}; delete the folder, the next run fetches it again.",
            "{root} にあるデータが不完全です：{names}。フォルダを削除すると、次の実行時に取得し直します。",
            root=root,
            names=", ".join(partial),
        )
        return Check("data", "yellow", sentence, data)
    here = (
        say("{names} in {root}", "{root} にあるデータ：{names}", names=", ".join(complete), root=root)
        if complete
        else say("nothing in {root} yet", "{root} にはまだデータがありません", root=root)
    )
    sentence = say(
        "{here}; Digits is bundled, the rest is fetched when first used.",
        "{here}。Digits は付属しており、ほかのデータは最初に使うときに取得します。",
        here=here,
    )
    return Check("data", "green", sentence, data)
