"""The traceback of an error that nobody foresaw: kept in a file, and whose code it was that failed."""

from __future__ import annotations

import os
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mnist_lab.users_files import is_ours, is_users_file

_FOLDER = "mnist_lab_run_folder"


@contextmanager
def tracebacks_in(folder: Path | None) -> Iterator[None]:
    """Have the traceback of what fails inside the ``with`` block kept in a run's folder, where there is one."""
    try:
        yield
    except Exception as error:
        vars(error)[_FOLDER] = folder
        raise


def keep_traceback(error: BaseException) -> Path | None:
    """Write the traceback into the run's folder, else into the system's temporary one.

    Returns:
        The new file; None where neither can be written.
    """
    text = "".join(traceback.format_exception(error))
    for folder in (vars(error).get(_FOLDER), None):
        try:
            number, name = tempfile.mkstemp(prefix="mnist_lab-", suffix=".txt", dir=folder)
            with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
        except OSError:
            continue
        return Path(name)
    return None


def users_place(error: BaseException) -> str | None:
    """Return file and line where the user's own code failed, such as a callback; None where it is not to blame."""
    place = None
    for frame in traceback.extract_tb(error.__traceback__):
        if is_ours(frame.filename):
            place = None
        elif is_users_file(frame.filename):
            place = f"{Path(frame.filename).name}:{frame.lineno}"
    return place
