"""A text in a table or above a bar on the terminal, which breaks between words."""

from __future__ import annotations

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

from mnist_lab.line_breaks import broken, width_of

_LONGEST_KEPT = 24
"""Columns up to which a word claims its width; a path is broken where it must be."""


class Wrapped:
    """A text that rich breaks between words, Japanese ones as well."""

    def __init__(self, text: str) -> None:
        """Take the text.

        Args:
            text: One line, or several.
        """
        self.text = text

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        lines = self.text.splitlines() or [""]
        least = min(_LONGEST_KEPT, max(map(width_of, lines)))
        return Measurement(least, max(least, *map(cell_len, lines))).with_maximum(options.max_width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = [part for line in self.text.splitlines() for part in broken(line, options.max_width)]
        yield Text("\n".join(lines), overflow="fold")
