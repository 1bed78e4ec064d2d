"""Places on somebody's machine, as reports show them: a report goes to others, and a path tells who wrote it."""

from __future__ import annotations

import os
import re
from pathlib import Path

# Of Windows, whose user names may have spaces, then of Linux and macOS.
_HOME = re.compile(
    r"""(?<![A-Za-z])(?i:[A-Z]:[\\/]+Users)[\\/]+(?:[^\\/:*?"<>|\n]+(?=[\\/])|[^\\/:*?"<>|\s',;()]+)"""
    r"""|(?<![\w./~])/(?:home|Users)/[^/:"\s',;()]+"""
)
_PART = r"[^\s'\",;:()\\/]+"
_ABSOLUTE = re.compile(
    rf"(?:(?:(?<![A-Za-z])[A-Za-z]:|(?<![\w./~])(?!//))[\\/]+{_PART}[\\/]+|~[\\/]+)(?:{_PART}[\\/]+)*({_PART})"
)


def without_home(text: str) -> str:
    """Return a text with ``~`` in place of a home folder, whoever's: its name is a user's."""
    own = os.path.expanduser("~").rstrip("\\/")  # noqa: PTH111 (Path.home() raises where there is none)
    if len(Path(own).parts) > 1:
        pattern = "".join(r"[\\/]" if letter in "\\/" else re.escape(letter) for letter in own)
        text = re.sub(rf"(?<![\w./~-]){pattern}(?![\w.-])", "~", text, flags=re.IGNORECASE if os.name == "nt" else 0)
    return _HOME.sub("~", text)


def without_places(text: str) -> str:
    """Return a text with the last part alone of each absolute path in it: where things lie is nobody's business."""
    return _ABSOLUTE.sub(lambda found: found[1], without_home(text))
