"""A C compiler, and shared libraries made with it: compiled when first used, and kept in the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from mnist_lab.bench.kernel import LeftOutError
from mnist_lab.runs.processor_name import cpu_name

SOURCES = Path(__file__).resolve().parent / "c_sources"
# The first compilation with ziglang builds its C library, which takes minutes.
_PATIENCE_S = 600
_UNIX_LIBRARY = ".dylib" if sys.platform == "darwin" else ".so"
_INCLUDE = re.compile(r'^\s*#include\s+"([^"]+)"', re.MULTILINE)
OPTIMIZED = ("-O3", "-mcpu=native" if platform.machine() in ("arm64", "aarch64") else "-march=native")
SCALAR = ("-fno-tree-vectorize", "-fno-tree-slp-vectorize")
"""Leave vectors to those who write them: with the compiler's own, a change of the loops' order would change both."""


@dataclass(frozen=True)
class Compiler:
    """A C compiler."""

    command: tuple[str, ...]
    version: str
    """First line of what it says of itself."""


@cache
def find_compiler() -> Compiler | None:
    """Return the compiler that the variable CC names, else cc, gcc or clang, else that of the wheel ziglang."""
    named = os.environ.get("CC")
    candidates = [tuple(shlex.split(named))] if named else [("cc",), ("gcc",), ("clang",)]
    for command in candidates:
        if shutil.which(command[0]) and (version := _version(command)):
            return Compiler(command, version)
    if find_spec("ziglang") is not None:
        command = (sys.executable, "-m", "ziglang", "cc")
        if version := _version(command):
            return Compiler(command, f"ziglang: {version}")
    return None


def library(source: Path, flags: Sequence[str] = (*OPTIMIZED, *SCALAR)) -> Path:
    """Return the shared library of a C file, compiled now unless that has been done before.

    Args:
        source: The file; what it includes is looked for beside it, then among the shipped sources.
        flags: For the compiler.

    Raises:
        LeftOutError: There is no compiler, or it refuses the file.
    """
    options = ["-shared", *([] if os.name == "nt" else ["-fPIC", "-pthread"])]
    return _compiled([source], [*flags, *options], {"nt": ".dll"}.get(os.name, _UNIX_LIBRARY))


def executable(sources: Sequence[Path], flags: Sequence[str]) -> Path:
    """Return the program of some C files, compiled now unless that has been done before.

    Args:
        sources: The files.
        flags: For the compiler.

    Raises:
        LeftOutError: There is no compiler, or it refuses a file.
    """
    return _compiled(sources, [*flags, *([] if os.name == "nt" else ["-pthread"])], ".exe")


def _compiled(sources: Sequence[Path], flags: Sequence[str], ending: str) -> Path:
    compiler = find_compiler()
    if compiler is None:
        raise LeftOutError("no_compiler")
    options = ["-std=gnu11", *flags]
    target = cache_folder() / f"{sources[-1].stem}-{_fingerprint(compiler, options, sources)}{ending}"
    if not target.exists():
        build(compiler, [*options, f"-I{SOURCES}", *map(str, sources)], target)
    return target


def build(compiler: Compiler, arguments: Sequence[str], target: Path) -> None:
    """Compile, and give the result its name when it is whole.

    Raises:
        LeftOutError: The compiler refuses.
    """
    # A folder of its own: Windows' linkers leave other files beside the library.
    with tempfile.TemporaryDirectory(dir=target.parent, ignore_cleanup_errors=True) as folder:
        partial = Path(folder) / target.name
        try:
            done = subprocess.run(
                [*compiler.command, *arguments, "-o", str(partial)],
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=_PATIENCE_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise LeftOutError("compiler_failed", str(error)) from error
        if done.returncode != 0 or not partial.exists():
            raise LeftOutError("compiler_failed", _first_complaint(done.stderr))
        if not target.exists():
            partial.replace(target)


def cache_folder() -> Path:
    """Return the folder for compiled kernels, made where it is missing; the variable MNIST_LAB_CACHE moves it."""
    if named := os.environ.get("MNIST_LAB_CACHE"):
        parent = Path(named)
    elif os.name == "nt":
        parent = Path(os.environ.get("LOCALAPPDATA") or tempfile.gettempdir()) / "mnist_lab"
    elif sys.platform == "darwin":
        parent = Path("~/Library/Caches/mnist_lab").expanduser()
    else:
        parent = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "mnist_lab"
    folder = parent / "kernels"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="mnist_lab-kernels-"))
    return folder


def _version(command: Sequence[str]) -> str | None:
    try:
        done = subprocess.run(
            [*command, "--version"], capture_output=True, encoding="utf-8", errors="replace", timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return next(iter(done.stdout.splitlines()), "") if done.returncode == 0 else None


def _first_complaint(text: str) -> str:
    """Return the first line in which a compiler names an error, without the folder of the file."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    line = next((line for line in lines if "error" in line.lower()), lines[0] if lines else "no message")
    return re.sub(r"\S*[\\/](?=[\w.-]+\.[ch]\b)", "", line)


def _fingerprint(compiler: Compiler, options: Sequence[str], sources: Sequence[Path]) -> str:
    """Return what changes with anything that the library depends on; the processor, too, for which it is made."""
    parts = [
        compiler.version,
        *options,
        cpu_name(),
        platform.machine(),
        *(text for source in sources for text in _texts(source)),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _texts(source: Path) -> list[str]:
    """Return a source and all that it includes."""
    texts: list[str] = []
    left, seen = [source], {source.name}
    while left:
        path = left.pop()
        texts.append(path.read_text(encoding="utf-8", errors="replace"))
        for name in _INCLUDE.findall(texts[-1]):
            if name not in seen:
                seen.add(name)
                beside = source.parent / name
                left.append(beside if beside.exists() else SOURCES / name)
    return texts
