"""Where runs lie: ``<root>/<model>-<data>/<date>_<time>``, sortable by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path


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
    """Yield the folders of earlier runs, the latest first."""
    folder = root / name
    if folder.is_dir():
        yield from sorted((path for path in folder.iterdir() if path.is_dir()), reverse=True)
