"""The code of one's own network, as records and checkpoints keep it, and whether two of them are the same."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

from mnist_lab.atomic_write import write_atomically


class SourceFile(TypedDict):
    """One file of Python."""

    text: str
    sha256: str
    """Of the file's bytes."""


SourceCode = Mapping[str, SourceFile]
"""Files by their names, such as ``mynet.py``."""


def source_file(content: bytes) -> SourceFile:
    """Return what is kept of a file."""
    text = content.decode("utf-8-sig", errors="replace")
    return SourceFile(text="\n".join(text.splitlines()) + "\n", sha256=hashlib.sha256(content).hexdigest())


def keep_code(code: SourceCode, folder: Path) -> None:
    """Write the files into a run's new folder: with the config there, it is all that trains the network again."""
    for name, file in code.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, file["text"].encode())


def changed_files(there: SourceCode, here: SourceCode) -> list[str]:
    """Return the names of the files whose code differs; comments, docstrings and layout are no difference."""
    names = dict.fromkeys([*there, *here])
    return [name for name in names if _code(there.get(name)) != _code(here.get(name))]


def identity_of(code: SourceCode) -> dict[str, str]:
    """Return what is equal for the same code, to be compared within one program: each Python parses its own way."""
    return {name: hashlib.sha256(_code(code[name]).encode()).hexdigest() for name in sorted(code)}


def _code(file: SourceFile | None) -> str:
    if file is None:
        return ""
    try:
        tree = ast.parse(file["text"])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return file["text"]
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            node.body = node.body[ast.get_docstring(node) is not None :]
    return ast.dump(tree)
