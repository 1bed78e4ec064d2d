"""A table of results on the terminal, narrow enough for 80 columns."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.cells import cell_len
from rich.table import Table

from mnist_lab.cli.wrapped import Wrapped
from mnist_lab.line_breaks import width_of


def terminal_table(
    title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()
) -> Table:
    """Return a table in which columns of numbers are as wide as their longest word, and texts share what is left.

    Args:
        title: Stands above it.
        headings: With units; they break between words.
        rows: As long as the headings.
        numbers: Columns of numbers, which are aligned to the right and do not break: ``2.5 ± 0.1``.
    """
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for place, heading in enumerate(headings):
        if place in numbers:
            width = max(width_of(heading), *(cell_len(row[place]) for row in rows), 1)
            table.add_column(Wrapped(heading), justify="right", width=width)
        else:
            table.add_column(Wrapped(heading))
    for row in rows:
        table.add_row(*map(Wrapped, row))
    return table
