"""Which files are the user's own: neither an installed package's, nor Python's, nor this package's."""

from __future__ import annotations

import sysconfig
from pathlib import Path

_OURS = Path(__file__).resolve().parent
_STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))
_PACKAGES = {"site-packages", "dist-packages"}


def is_ours(filename: str) -> bool:
    """Say whether a file of code is this package's."""
    return Path(filename).is_relative_to(_OURS)


def is_users_file(filename: str) -> bool:
    """Say whether a file of code is the user's own.

    Args:
        filename: As a frame or a module names it; text that is no absolute path, such as ``<string>``, is nobody's.
    """
    path = Path(filename)
    foreign = path.is_relative_to(_STANDARD_LIBRARY) or bool(_PACKAGES & set(path.parts))
    return path.is_absolute() and not foreign and not is_ours(filename)
