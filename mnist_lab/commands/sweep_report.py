"""What ``lightning sweep`` shows and writes at its end."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mnist_lab.commands.sweep_check import CheckedSweep
from mnist_lab.sweeps.result import SweepResult
from mnist_lab.sweeps.space import Sweep


def report(
    console: Console, own: argparse.Namespace, sweep: Sweep, checked: CheckedSweep, name: str, result: SweepResult
) -> None:
    """Print the table."""
    table = Table(title=name)
    table.add_column("model")
    for entry in result.points:
        table.add_row(Text(f"{entry.model} {entry.point.label()} {entry.train_s} {entry.strange}"))
    console.print(table)
