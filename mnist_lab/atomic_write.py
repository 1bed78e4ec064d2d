"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path

# A virus scanner, a cloud drive or a reader lets go of a file sooner than that; Windows renames none that is held.
_PATIENCE_S = 2.0
_PAUSE_S = 0.05


class HeldError(PermissionError):
    """Another program holds the file, which is as it was before."""


def write_atomically(path: Path, content: bytes | memoryview) -> None:
    """Write a file beside its target, have it on the disk, then rename it: a crash leaves the old file or the new one.

    Raises:
        HeldError: The target cannot be replaced now; it is as before.
        OSError: It cannot be written, and names the target. Nothing is left of the attempt.
    """
    partial = path.with_name(f".{path.name}-{os.getpid()}.part")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        rename(partial, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        # A write that fails does not tell which file it was, and the name beside the target tells nobody anything.
        if isinstance(error, OSError) and not isinstance(error, HeldError):
            raise OSError(error.errno, error.strerror or str(error), str(path)) from error
        raise


def rename(source: Path, target: Path) -> None:
    """Give a file another's name, with patience where another program holds that one.

    Raises:
        HeldError: The target cannot be replaced now.
        OSError: Something else is wrong.
    """
    _patiently(lambda: source.replace(target), target)


def remove(path: Path) -> None:
    """Remove a file, with patience where another program holds it; one that is not there is none to be removed.

    Raises:
        HeldError: It cannot be removed now.
        OSError: Something else is wrong.
    """
    _patiently(lambda: path.unlink(missing_ok=True), path)


def _patiently(action: Callable[[], object], path: Path) -> None:
    deadline_s = time.monotonic() + _PATIENCE_S
    while True:
        try:
            action()
            return
        except PermissionError as error:
            if time.monotonic() >= deadline_s:
                raise HeldError(error.errno, error.strerror, str(path)) from error
        time.sleep(_PAUSE_S)
