"""One run at a time on each device, so that measured times are not shared times."""

from __future__ import annotations

import getpass
import re
import tempfile
from pathlib import Path

from filelock import FileLock


def device_lock(device: str) -> FileLock:
    """Return the lock of one of this machine's devices.

    The system lets go of it when the process that holds it ends, however it ends. It is held among the programs of one
    user: another user may not write into the first one's file.

    Args:
        device: A name that is the same in every process, such as ``cpu`` or a GPU's UUID.
    """
    user = re.sub(r"\W", "_", getpass.getuser())
    folder = Path(tempfile.gettempdir()) / f"mnist_lab-{user}"
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / f"{re.sub(r'[^0-9A-Za-z-]', '_', device)}.lock")
