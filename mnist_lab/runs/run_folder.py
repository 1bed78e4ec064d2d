"""Where runs lie: ``<root>/<model>-<data>/<date>_<time>``, with a number behind it where that is taken."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PureWindowsPath

from mnist_lab.runs.data_names import OWN_DATA

_VERSION = re.compile(r"(\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d)(?:-(\d+))?")


def run_names(model: str, data: str, location: str) -> tuple[str, ...]:
    """Return the folder for all runs of one model on one data set, such as ``cnn-mnist``, and its older names.

    Args:
        model: Name of the model's class.
        data: Name of the data set, which for one's own data is that of a format: ``CSVTable``.
        location: Where the data lie; of one's own, the file's or folder's name tells more: ``perceptron-iris``.
    """
    by_kind = f"{model}-{data}".lower()
    if data not in OWN_DATA:
        return (by_kind,)
    name = re.sub(r"[^\w-]+", "_", PureWindowsPath(location).stem).strip("_").lower()
    # Up to version 0.1.0 they were called by the format.
    return (f"{model.lower()}-{name}", by_kind) if name else (by_kind,)


def reserve_folder(parent: Path, name: str) -> Path:
    """Make a new folder and return it; where the name is taken, one with a number behind it.

    To make it is to reserve it: of two programs that start in the same second each gets a folder of its own.

    Raises:
        OSError: It cannot be made.
    """
    parent.mkdir(parents=True, exist_ok=True)
    for number in itertools.count(1):
        candidate = name if number == 1 else f"{name}-{number}"
        try:
            (parent / candidate).mkdir()
        except FileExistsError:
            continue
        return parent / candidate
    raise AssertionError("there is always another number")


def dated(now: datetime) -> str:
    """Return a folder's name that tells when it was made, such as ``2026-04-17_09-30-00``."""
    return now.strftime("%Y-%m-%d_%H-%M-%S")


def runs_newest_first(root: Path, name: str) -> Iterator[Path]:
    """Yield the folders of earlier runs, the latest first; those with names of their own come last."""
    folder = root / name
    if folder.is_dir():
        yield from sorted((path for path in folder.iterdir() if path.is_dir()), key=_age, reverse=True)


def _age(path: Path) -> tuple[str, int, str]:
    """Return what sorts by time: as text, the tenth run of a second would come before its second."""
    version = _VERSION.fullmatch(path.name)
    return ("", 0, path.name) if version is None else (version[1], int(version[2] or 1), "")
