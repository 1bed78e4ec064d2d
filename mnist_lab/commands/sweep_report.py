"""What ``lightning sweep`` shows and writes at its end."""

from __future__ import annotations

import argparse
import itertools
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mnist_lab.errors import UsageError
from mnist_lab.reports.style import Language, report_style, save_figure
from mnist_lab.sweeps.figures import draw_heat_map, draw_parameter, draw_pareto, varied_keys
from mnist_lab.sweeps.points import short_key
from mnist_lab.sweeps.result import SweepResult
from mnist_lab.sweeps.sentences import notes, smallest_sentence
from mnist_lab.sweeps.space import Sweep
from mnist_lab.sweeps.table import table_of
from mnist_lab.sweeps.words import words

# More pairs than this would bury the graphs that matter.
_MOST_HEAT_MAPS = 6


def report(console: Console, own: argparse.Namespace, sweep: Sweep, name: str, result: SweepResult) -> None:
    """Print the table and what it says; write both with the graphs into the report's folder.

    Args:
        console: Where to print.
        own: The command's options.
        sweep: What was varied.
        name: Of the study.
        result: What came out.

    Raises:
        UsageError: The folder cannot be written.
    """
    spoken = words(own.language)
    table = table_of(result, sweep.within, spoken)
    shown = Table(title=name, title_justify="left")
    for heading in table.headings:
        shown.add_column(Text(heading))
    for row in table.rows:
        shown.add_row(*map(Text, row))
    console.print(shown)
    sentence, remarks = smallest_sentence(result, sweep.within, own.language), notes(result, own.language)
    console.print(Text(sentence))
    for remark in remarks:
        console.print(Text(remark))
    folder = Path(own.output or Path("reports", f"{datetime.now():%Y-%m-%d_%H-%M-%S}-{sweep.name}"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with report_style(own.language):
            pictures = _draw(folder, result, own.language)
        lines = [f"# {name}", "", f"## {spoken.found}", "", sentence, "", f"## {spoken.table}", ""]
        lines += [f"| {' | '.join(row)} |" for row in (table.headings, ["---"] * len(table.headings), *table.rows)]
        lines += ["", f"## {spoken.graphs}", "", *(f"![{picture}]({picture}.png)\n" for picture in pictures)]
        if remarks:
            lines += [f"## {spoken.remarks}", "", *(f"- {remark}" for remark in remarks), ""]
        (folder / "report.md").write_text("\n".join(lines), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--output: {folder} cannot be written: {error.strerror or error}; name another.") from error
    console.print(Text(f"Report: {folder / 'report.md'}"))


def _draw(folder: Path, result: SweepResult, language: Language) -> list[str]:
    """Write the graphs and return their names."""
    spoken = words(language)
    figures = {short_key(key): draw_parameter(result, key, spoken) for key in varied_keys(result)}
    for base in dict.fromkeys(entry.point.base for entry in result.points):
        own = [entry for entry in result.points if entry.point.base == base]
        keys = [key for key in own[0].point.values if len({str(entry.point.values[key]) for entry in own}) > 1]
        for across, down in itertools.islice(itertools.combinations(keys, 2), _MOST_HEAT_MAPS):
            name = f"{base}-{short_key(across)}-{short_key(down)}"
            figures[name] = draw_heat_map(own, across, down, spoken)
    figures["pareto"] = draw_pareto(result, spoken)
    for name, figure in figures.items():
        save_figure(figure, folder, name)
    return list(figures)
