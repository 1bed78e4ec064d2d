"""What ``lightning sweep`` shows at its end, and where its report goes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.text import Text

from mnist_lab.cli.terminal_table import terminal_table
from mnist_lab.commands.report import show
from mnist_lab.reports.run_report import report_folder
from mnist_lab.reports.style import Language
from mnist_lab.reports.sweep.points_table import short_table_of
from mnist_lab.reports.sweep.sentences import notes, smallest_sentence
from mnist_lab.reports.sweep.sweep_report import write_sweep_report
from mnist_lab.reports.sweep.sweep_words import words
from mnist_lab.sweeps.result import SweepResult
from mnist_lab.sweeps.space import Sweep


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
    table = short_table_of(result, sweep.within, words(language))
    console.print(terminal_table(sweep.name, table.headings, table.rows, table.numbers))
    for sentence in [smallest_sentence(result, sweep.within, language), *notes(result, language)]:
        console.print(Text(f"- {sentence}"))
    folder = Path(output) if output else report_folder([sweep.name], log_dir, datetime.now())
    write_sweep_report(folder, sweep.name, result, sweep.within, language)
    show(folder)
