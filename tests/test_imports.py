"""Who may import whom: main → commands → models, data, callbacks, runs, reports, bench → gpu, errors."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT

PACKAGE = CHECKOUT / "mnist_lab"
PARTS = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
MODULES = sorted(PACKAGE.rglob("*.py"))

BOTTOM = {"gpu", "errors", "shipped"}
LOWER = {"models", "data", "callbacks", "runs", "reports", "bench", "loops", "sweeps"}
# models, data and callbacks do not know one another; records are what all of them may write or read.
ALLOWED = {
    "errors": set(),
    "gpu": {"errors"},
    "shipped": set(),
    **{part: LOWER - {"models", "data", "callbacks"} | BOTTOM for part in ("models", "data", "callbacks")},
    **dict.fromkeys(("runs", "reports", "sweeps", "loops", "bench"), LOWER | BOTTOM),
    "commands": LOWER | BOTTOM,
    "main": {"commands"},
    "__main__": {"main"},
    "__init__": set(),
}


def imported(path: Path) -> Iterator[str]:
    """Dotted names of everything that a module imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def parts_imported(path: Path) -> set[str]:
    names = (name.split(".") for name in imported(path))
    return {name[1] for name in names if name[0] == "mnist_lab" and len(name) > 1 and name[1] in PARTS}


def test_every_part_has_its_rule() -> None:
    assert {part_of(path) for path in MODULES} <= set(ALLOWED)
    assert {"main", "commands", "models", "data", "callbacks", "runs", "gpu", "errors"} <= PARTS


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_module_imports_only_what_it_may(path: Path) -> None:
    part = part_of(path)
    assert parts_imported(path) - {part} <= ALLOWED[part]


def test_reader_sees_imports_inside_functions() -> None:
    assert "commands" in parts_imported(PACKAGE / "main.py")
    assert {"data", "errors"} <= parts_imported(PACKAGE / "commands" / "data.py")


@pytest.mark.parametrize("path", [path for path in MODULES if part_of(path) in BOTTOM], ids=lambda path: path.stem)
def test_gpu_has_no_lightning(path: Path) -> None:
    assert not {name.partition(".")[0] for name in imported(path)} & {"lightning", "pytorch_lightning", "jsonargparse"}


@pytest.mark.parametrize("module", ["mnist_lab", "mnist_lab.main", "mnist_lab.errors", "mnist_lab.__main__"])
def test_import_loads_no_torch(module: str) -> None:
    code = f"import sys, {module}; print(sorted({{'torch', 'lightning', 'numpy', 'rich'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
