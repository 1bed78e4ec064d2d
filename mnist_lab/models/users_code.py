"""Where in a user's own file something happened: ``mynet.py:14``."""

from __future__ import annotations

import inspect
import traceback
from pathlib import Path
from types import CodeType

from torch import nn

from mnist_lab.language import say
from mnist_lab.users_files import is_users_file


def users_line(error: BaseException) -> str | None:
    """Return file and line, ``mynet.py:14``, of the last frame that is neither a package's nor mnist_lab's."""
    place = None
    for frame in traceback.extract_tb(error.__traceback__):
        if is_users_file(frame.filename):
            place = f"{Path(frame.filename).name}:{frame.lineno}"
    return place


def users_caller() -> str | None:
    """Return file and line of the innermost running frame that is neither a package's nor mnist_lab's."""
    for frame, line in traceback.walk_stack(inspect.currentframe()):
        if is_users_file(frame.f_code.co_filename):
            return f"{Path(frame.f_code.co_filename).name}:{line}"
    return None


def place_of_forward(network: nn.Module) -> str | None:
    """Return file and line of the ``forward`` of a user's own class; None: the class is a package's."""
    code = getattr(type(network).forward, "__code__", None)
    if not isinstance(code, CodeType) or not is_users_file(code.co_filename):
        return None
    return f"{Path(code.co_filename).name}:{code.co_firstlineno}"


def at_place(place: str | None, line: str) -> str:
    """Return the line with the place before it, where there is one."""
    return line if place is None else say("{place}: {line}", "{place}：{line}", place=place, line=line)
