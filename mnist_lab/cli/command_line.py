"""Command lines that are said to the user, to be copied as they are."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Sequence

_PLAIN = re.compile(r"[\w@%+=:./\\-]+")


def command_line(*words: object) -> str:
    """Return words as the system's shell takes them, those with spaces or letters of its own in quotes.

    Args:
        *words: The program's name and its arguments.
    """
    plain = [str(word) for word in words]
    return " ".join(map(_for_windows, plain)) if os.name == "nt" else shlex.join(plain)


def _for_windows(word: str) -> str:
    """Return a word for cmd and PowerShell: to the latter a comma, too, parts two words."""
    quoted = subprocess.list2cmdline([word])
    return quoted if quoted.startswith('"') or _PLAIN.fullmatch(word) else f'"{quoted}"'


def without_option(args: Sequence[str], name: str) -> list[str]:
    """Return arguments without an option and its value.

    Args:
        args: As they stand on the command line.
        name: Of the option, with its dashes.
    """
    kept: list[str] = []
    rest = iter(args)
    for arg in rest:
        if arg == name:
            next(rest, None)
        elif not arg.startswith(f"{name}="):
            kept.append(arg)
    return kept
