"""Who may import whom: for every part of the package, a line of what it may know."""

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

# For every part, what it may import of the others. No arrow runs back up.
FLOOR = {"atomic_write", "errors", "language", "line_breaks", "own_files", "seams", "shipped", "users_files"}
GROUND = {"gpu", "data", "models", "runs"} | FLOOR
ALLOWED: dict[str, set[str]] = {
    "atomic_write": set(),
    "language": set(),
    "line_breaks": set(),
    "errors": {"language"},
    "own_files": {"atomic_write", "errors", "language"},
    "seams": set(),
    "shipped": set(),
    "users_files": set(),
    "pictures": FLOOR,
    "gpu": FLOOR,
    "data": FLOOR,
    "models": FLOOR,
    "runs": FLOOR,
    "cli": FLOOR | {"gpu"},
    "callbacks": FLOOR | {"gpu", "pictures", "runs"},
    "loops": FLOOR | {"data", "gpu", "models"},
    "training": GROUND | {"callbacks", "cli", "loops", "pictures"},
    "doctor": FLOOR | {"cli", "gpu"},
    "bench": FLOOR | {"gpu", "runs"},
    "comparisons": FLOOR | {"cli", "runs", "training"},
    "sweeps": FLOOR | {"callbacks", "cli", "data", "runs", "training"},
    "reports": FLOOR | {"bench", "data", "pictures", "runs", "sweeps"},
    "page": FLOOR | {"models", "pictures"},
    "starter": FLOOR,
    "commands": {"errors", "language"}
    | {"bench", "cli", "comparisons", "data", "doctor", "models", "page", "reports", "runs", "starter", "sweeps"}
    | {"training"},
    "main": {"cli", "language"},  # the commands are named in a table, and imported when one is picked
    "__main__": {"main"},
    # Names that are imported when they are first used.
    "__init__": {"callbacks", "data", "gpu", "models", "training"},
}
LIGHT = {"bench", "errors", "shipped", "gpu"}


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
    assert {part_of(path) for path in MODULES} == set(ALLOWED)


def test_no_circle_is_allowed() -> None:
    left = dict(ALLOWED)
    while bottom := [part for part, allowed in left.items() if not allowed & set(left)]:
        for part in bottom:
            del left[part]
    assert not left, f"these allow one another: {sorted(left)}"


def test_every_allowance_is_used() -> None:
    used: dict[str, set[str]] = {part: set() for part in ALLOWED}
    for path in MODULES:
        used[part_of(path)] |= parts_imported(path)
    assert {part: allowed - used[part] for part, allowed in ALLOWED.items() if not allowed - FLOOR <= used[part]} == {}


def test_no_two_files_have_one_name() -> None:
    """Except a command and the room's file that does its work."""
    places: dict[str, list[str]] = {}
    for path in MODULES:
        if path.stem not in ("__init__", "__main__"):
            places.setdefault(path.stem, []).append(path.parent.name)
    assert [name for name, found in places.items() if len(set(found) - {"commands"}) > 1] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_module_imports_only_what_it_may(path: Path) -> None:
    part = part_of(path)
    assert parts_imported(path) - {part} <= ALLOWED[part]


def test_reader_sees_imports_inside_functions() -> None:
    assert "cli" in parts_imported(PACKAGE / "main.py")
    assert {"cli", "reports", "training"} <= parts_imported(PACKAGE / "commands" / "data.py")


@pytest.mark.parametrize("path", [path for path in MODULES if part_of(path) in LIGHT], ids=lambda path: path.stem)
def test_light_parts_have_no_lightning(path: Path) -> None:
    assert not {name.partition(".")[0] for name in imported(path)} & {"lightning", "pytorch_lightning", "jsonargparse"}


@pytest.mark.parametrize("module", ["mnist_lab", "mnist_lab.main", "mnist_lab.errors", "mnist_lab.__main__"])
def test_import_loads_no_torch(module: str) -> None:
    code = f"import sys, {module}; print(sorted({{'torch', 'lightning', 'numpy', 'rich'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
