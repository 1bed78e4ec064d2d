"""What ``lightning sweep`` shows at its end, and where its report goes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mnist_lab.commands.report import show
from mnist_lab.reports.report import report_folder
from mnist_lab.reports.style import Language
from mnist_lab.sweeps.report import write_sweep_report
from mnist_lab.sweeps.result import SweepResult
from mnist_lab.sweeps.sentences import notes, smallest_sentence
from mnist_lab.sweeps.space import Sweep
from mnist_lab.sweeps.table import Table as SweepTable
from mnist_lab.sweeps.table import short_table_of
from mnist_lab.sweeps.words import words


def report(
    console: Console, sweep: Sweep, result: SweepResult, language: Language, output: str | None, log_dir: Path
) -> None:
    """Print the table and what it says; write both with the graphs into the report's folder.

    Args:
        console: Where to print.
        sweep: What was varied.
        result: What came out.
        language: Of what is printed and written.
        output: The report's folder; None: a dated one beside the log directory.
        log_dir: TensorBoard's.

    Raises:
        UsageError: The folder cannot be written.
    """
    console.print(_shown(short_table_of(result, sweep.within, words(language)), sweep.name))
    for sentence in [smallest_sentence(result, sweep.within, language), *notes(result, language)]:
        console.print(Text(f"- {sentence}"))
    folder = Path(output) if output else report_folder([sweep.name], log_dir, datetime.now())
    write_sweep_report(folder, sweep.name, result, sweep.within, language)
    show(folder)


def _shown(table: SweepTable, title: str) -> Table:
    """Return a table that 80 columns hold: all but the first column are as wide as their longest word."""
    shown = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for place, heading in enumerate(table.headings):
        words_in_column = [word for text in (heading, *(row[place] for row in table.rows)) for word in text.split()]
        longest = max(map(cell_len, words_in_column), default=0)
        shown.add_column(
            Text(heading), justify="right" if place in table.numbers else "left", width=longest if place else None
        )
    for row in table.rows:
        shown.add_row(*map(Text, row))
    return shown
