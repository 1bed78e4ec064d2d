"""Folders that are to be written into, looked at before there is anything to write."""

from __future__ import annotations

import tempfile
from pathlib import Path

from mnist_lab.errors import UsageError, reason_of


def make_folder(folder: Path, option: str) -> None:
    """Make a folder.

    Args:
        folder: The folder.
        option: Names it on the command line.

    Raises:
        UsageError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{option}: {folder} cannot be a folder for logs: {reason_of(error)}; name another."
        ) from error


def check_writable(folder: Path, option: str) -> None:
    """Look whether a folder could be made and written, and leave nothing behind.

    Args:
        folder: The folder.
        option: Names it on the command line.

    Raises:
        UsageError: It could not.
    """
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    why = None if there.is_dir() else f"{there} is no folder"
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        why = why or reason_of(error)
    if why is not None:
        raise UsageError(f"{option}: {folder} cannot be written: {why}; name another.")
