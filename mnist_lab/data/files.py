"""Files of a data set on disk: written whole or not at all, and checked by MD5."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np

from mnist_lab.atomic_write import write_atomically
from mnist_lab.errors import DataError, reason_of
from mnist_lab.language import say

CHECKSUMS = "checksums.md5"


def read_bytes(path: Path) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Read a file into a writable array, uint8 ``(bytes,)``, which a tensor can share.

    Raises:
        DataError: If it cannot be read.
    """
    try:
        return np.fromfile(path, dtype=np.uint8)
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> DataError:
    """Return the error for a file or a folder that the system does not let us read."""
    return DataError(
        say("{path} cannot be read: {why}.", "{path} を読み込めません：{why}。", path=path, why=reason_of(error))
    )


def md5_of(content: bytes | memoryview) -> str:
    """Return the MD5 in hexadecimal (a checksum here, no protection; 0.1 s for MNIST's 55 MB)."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def make_folder(folder: Path) -> None:
    """Make ``folder`` and try a write, so that a download is not made for nothing.

    Raises:
        DataError: If it cannot be written.
    """
    probe = folder / f".writable-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise _unwritable(folder, error) from error


def write_file(path: Path, content: bytes) -> None:
    """Write a file of a data set, whole or not at all.

    Raises:
        DataError: If it cannot be written.
    """
    try:
        write_atomically(path, content)
    except OSError as error:
        raise _unwritable(path.parent, error) from error


def read_checksums(folder: Path) -> dict[str, str]:
    """Return MD5 by file name from the folder's checksum file (``md5sum``'s format); empty without one."""
    path = folder / CHECKSUMS
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {name: md5 for md5, _, name in (line.partition("  ") for line in lines) if name}


def write_checksums(folder: Path, checksums: dict[str, str]) -> None:
    """Add to the folder's checksum file."""
    merged = sorted((read_checksums(folder) | checksums).items())
    write_file(folder / CHECKSUMS, "".join(f"{md5}  {name}\n" for name, md5 in merged).encode())


def _unwritable(folder: Path, error: OSError) -> DataError:
    return DataError(
        say(
            "The data folder {folder} cannot be written: {why}. Name another with --data.source.root.",
            "データのフォルダ {folder} に書き込めません：{why}。--data.source.root で別のフォルダを指定してください。",
            folder=folder,
            why=reason_of(error),
        )
    )
