from __future__ import annotations

import io

from rich.console import Console
from rich.progress import TimeRemainingColumn

from mnist_lab.cli.terminal_progress import TerminalProgress


def shown(*, terminal: bool) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, highlight=False, soft_wrap=True, width=100)
    with TerminalProgress("runs", 3, console, TimeRemainingColumn()) as progress:
        progress.print_line("1/3  [fc.yaml], seed 0")
    return out.getvalue()


def test_there_are_lines_alone_away_from_a_terminal() -> None:
    assert shown(terminal=False) == "1/3  [fc.yaml], seed 0\n"


def test_there_is_a_bar_on_a_terminal() -> None:
    out = shown(terminal=True)
    assert "1/3  [fc.yaml], seed 0" in out
    assert "0/3" in out
    assert "runs" in out
