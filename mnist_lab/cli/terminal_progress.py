"""Progress on the terminal: a bar, and a line for each step; away from a terminal lines alone."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeElapsedColumn
from rich.text import Text


class TerminalProgress:
    """A bar from its start to the end of the ``with`` block."""

    def __init__(self, description: str, total: int, console: Console, left: ProgressColumn) -> None:
        """Begin at nothing done.

        Args:
            description: What stands before the bar.
            total: Number of steps.
            console: Where to write.
            left: The bar's last column, which says how much time is left.
        """
        self._console = console
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            left,
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task(description, total=total, left="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()

    def print_line(self, line: str) -> None:
        """Write a line above the bar."""
        self._console.print(Text(line))
        self._console.file.flush()  # where the output goes to a file, each line is there at once
