"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file beside its target, have it on the disk, then rename it: a crash leaves the old file or the new one.

    Raises:
        OSError: It cannot be written; nothing is left of the attempt.
    """
    partial = path.with_name(f".{path.name}-{os.getpid()}.part")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise
