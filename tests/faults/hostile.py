"""Values that have no place in a file of ours, and copies of a file's content with one of them put in."""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from tests.commands.program import Outcome, call

STRANGE: dict[str, Any] = {
    "text": "three",
    "minus one": -1,
    "31 digits": 10**30,
    "none": None,
    "nan": math.nan,
    "list": [1, "a", None],
    "dict": {"a": {"b": []}},
    "true": True,
    "path": "../../../OUT",
    "missing": ...,
}
Path_ = tuple[str | int, ...]


def with_strange_values(content: Any, places: Sequence[Path_]) -> Iterator[tuple[str, Any]]:
    """Yield name and content with strange values at each of the places, three of them in turn."""
    turns = itertools.cycle(STRANGE.items())
    for place in places:
        for name, value in itertools.islice(turns, 3):
            yield f"{place}: {name}", _changed(content, place, value)


def _changed(content: Any, place: Path_, value: Any) -> Any:
    changed = copy.deepcopy(content)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    if value is ...:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return changed


def remembering(content: dict[str, Any], path: str, dirpath: Path) -> dict[str, Any]:
    """Return a checkpoint's content in which every ModelCheckpoint takes a path for its own.

    Args:
        content: Of a sound checkpoint.
        path: What each of them takes for its best, its worst and its last file.
        dirpath: Where they say that they write.
    """
    changed = copy.deepcopy(content)
    paths = dict.fromkeys(("best_model_path", "kth_best_model_path", "last_model_path"), path)
    for state in changed["callbacks"].values():
        if "best_model_path" in state:
            state.update(paths, dirpath=str(dirpath), best_k_models={path: torch.tensor(math.inf)})
    return changed


def complaints(root: Path, name: str, outcome: Outcome, allowed: Sequence[Path]) -> list[str]:
    """Return what is wrong with how a command ended.

    Args:
        root: Of all that the test has made.
        name: Of the case.
        outcome: Of the command.
        allowed: Files and folders in ``root`` where files may be.
    """
    found = []
    if outcome.code not in (0, 1, 2):
        found.append(f"{name}: exit code {outcome.code}")
    if "Traceback" in outcome.err or "error of mnist_lab" in outcome.err or "in your own code" in outcome.err:
        found.append(f"{name}: {outcome.err[-500:]}")
    if outcome.code and not outcome.err.splitlines()[-1].startswith("Error: "):
        found.append(f"{name}: not one line: {outcome.err[-300:]}")
    outside = [path for path in root.rglob("*") if path.is_file() and not any(map(path.is_relative_to, allowed))]
    return found + [f"{name}: left {path}" for path in outside]


def run_case(root: Path, folder: Path, name: str, *args: str) -> list[str]:
    """Run a command in a folder in ``root`` and return what is wrong with how it ended."""
    return complaints(root, name, call(folder, *args), [folder])
