"""The user's own implementation: a Python function given by file and name, or a C file with the rungs' function."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from mnist_lab.bench.c_kernels import load_file
from mnist_lab.bench.compiler import OPTIMIZED, library
from mnist_lab.bench.kernel import Implementation, Kernel, LeftOutError, Request
from mnist_lab.bench.operation import Array
from mnist_lab.bench.python_kernels import as_lists
from mnist_lab.errors import UsageError, first_line, nearest
from mnist_lab.language import say

FORMS = ("numpy", "lists", "torch")
"""What a function can be given: arrays in float64, lists of lists, tensors in float64."""
# "C:\..." holds a colon of its own.
_GIVEN = re.compile(r"(?P<file>.+?\.py):(?P<function>\w+)(?::(?P<form>\w+))?")


def own_implementation(given: str) -> Implementation:
    """Return the implementation that ``--add`` names.

    Args:
        given: ``mine.py:product``, ``mine.py:product:lists`` or ``mine.c``.

    Raises:
        UsageError: It names no function that there is, or the file cannot be read.
    """
    if given.endswith(".c"):
        return _c_file(Path(given))
    found = _GIVEN.fullmatch(given)
    if found is None or (found["form"] or "numpy") not in FORMS:
        raise UsageError(
            say(
                "--add: '{given}' does not name a function; write mine.py:product (it gets NumPy arrays), "
                "mine.py:product:lists, mine.py:product:torch, or mine.c.",
                "--add：'{given}' は関数を指していません。mine.py:product（NumPy の配列を渡す）、"
                "mine.py:product:lists、"
                "mine.py:product:torch、mine.c のいずれかの形で指定してください。",
                given=given,
            )
        )
    path, form = Path(found["file"]), found["form"] or "numpy"
    function = _function(path, found["function"])
    return Implementation(f"{path.name}:{found['function']}", partial(_load, function, form), slow=form == "lists")


def _load(function: Callable[[Any, Any], Any], form: str, _: Request) -> Kernel:
    if form == "torch":
        import torch

        return Kernel(function, take=torch.from_numpy, give=lambda tensor: np.asarray(tensor.detach().cpu()))
    return Kernel(function, take=as_lists if form == "lists" else np.ascontiguousarray, give=_as_array)


def _as_array(result: Any) -> Array:
    return np.asarray(result, dtype=np.float64)


def _function(path: Path, name: str) -> Callable[[Any, Any], Any]:
    """Import a file under a name of its own and return one of its functions."""
    if not path.is_file():
        raise _refused(path, say("there is no such file", "ファイルがありません"))
    spec = importlib.util.spec_from_file_location(f"mnist_lab_added_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise _refused(path, f"{type(error).__name__}: {first_line(error)}") from error
    function = getattr(module, name, None)
    if not callable(function):
        known = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
        raise _refused(
            path,
            say(
                "it has no function '{name}'.{hint} Functions: {known}",
                "関数 '{name}' がありません。{hint}定義されている関数：{known}",
                name=name,
                hint=nearest(name, known),
                known=", ".join(known) or "–",
            ),
        )
    return function  # type: ignore[no-any-return]


def _c_file(path: Path) -> Implementation:
    if not path.is_file():
        raise _refused(path, say("there is no such file", "ファイルがありません"))
    return Implementation(path.name, partial(_load_c, path), all_threads=True)


def _load_c(path: Path, request: Request) -> Kernel:
    try:
        return load_file(request, library(path.resolve(), OPTIMIZED))
    except LeftOutError as error:
        if error.why == "no_compiler":
            raise
        raise _refused(path, error.detail) from error


def _refused(path: Path, why: str) -> UsageError:
    return UsageError(say("--add: {path}: {why}.", "--add：{path}：{why}。", path=path, why=why))
