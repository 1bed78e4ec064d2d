"""Wraps all that a program says on a terminal, whoever says it; what goes to a file or a pipe stays as it is."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from typing import Any, TextIO

# What a bar writes before a line above it takes no columns.
_CONTROLS = re.compile(r"(?:\r|\x1b\[[0-9;?]*[A-Za-z])*")
# Of an option in a help, say, with what is said of it: its lines stand below each other.
_HEAD = re.compile(r"\s*\S+(?: \S+)*\s{2,}")
_INDENT = re.compile(r"\s*")


def wrap_terminals() -> None:
    """Wrap what is said from here on to the output and to the error stream, where these are a terminal."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and stream.isatty():
            setattr(sys, name, TerminalStream(stream))


class TerminalStream:
    """A text stream to a terminal that breaks long lines between words, and is else the stream it was."""

    def __init__(self, stream: TextIO) -> None:
        """Take the terminal's stream."""
        self._stream = stream
        self._within = False
        """Whether the last write ended within a line, whose beginning is not known any more."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write a text with its lines wrapped."""
        lines = text.split("\n")
        width = _columns(self._stream)
        goes_on = self._within and not text.startswith("\r")
        fitted = [line if place == 0 and goes_on else fit_line(line, width) for place, line in enumerate(lines)]
        self._within = bool(lines[-1]) or (self._within and len(lines) == 1)
        self._stream.write("\n".join(fitted))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)


def fit_line(line: str, width: int) -> str:
    """Return a line broken into several where it is too long for the terminal.

    Args:
        line: Without a line break; where it has colours or moves the cursor, it is a bar's, which knows its width.
        width: In columns.
    """
    if 2 * len(line) <= width:
        return line
    from rich.cells import cell_len

    controls = _CONTROLS.match(line)
    before = controls[0] if controls else ""
    text = line[len(before) :]
    if "\x1b" in text or "\r" in text or cell_len(text) <= width:
        return line
    from mnist_lab.line_breaks import folded

    head = _HEAD.match(text) or _INDENT.match(text)
    indent = cell_len(head[0]) if head else 0
    return before + "\n".join(folded(text, width, indent if indent <= width // 2 else 0))


def _columns(stream: TextIO) -> int:
    """Return the terminal's columns; a pseudo-terminal may say 0."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80
