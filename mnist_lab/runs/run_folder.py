"""Where runs lie: ``<root>/<model>-<data>/<date>_<time>``, with a number behind it where that is taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

_VERSION = re.compile(r"(\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d)(?:-(\d+))?")


def run_name(model: str, data: str) -> str:
    """Return the folder for all runs of one model on one data set, such as ``cnn-mnist``."""
    return f"{model}-{data}".lower()


def run_version(root: Path, name: str, now: datetime) -> str:
    """Return a dated folder name that is not taken yet, such as ``2026-04-17_09-30-00``."""
    version = now.strftime("%Y-%m-%d_%H-%M-%S")
    candidate, number = version, 2
    while (root / name / candidate).exists():
        candidate, number = f"{version}-{number}", number + 1
    return candidate


def runs_newest_first(root: Path, name: str) -> Iterator[Path]:
    """Yield the folders of earlier runs, the latest first; those with names of their own come last."""
    folder = root / name
    if folder.is_dir():
        yield from sorted((path for path in folder.iterdir() if path.is_dir()), key=_age, reverse=True)


def _age(path: Path) -> tuple[str, int, str]:
    """Return what sorts by time: as text, the tenth run of a second would come before its second."""
    version = _VERSION.fullmatch(path.name)
    return ("", 0, path.name) if version is None else (version[1], int(version[2] or 1), "")
