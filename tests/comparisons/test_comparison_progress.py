"""A comparison's bar counts what its lines count; the warm-up, which leaves nothing behind, is counted apart."""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console

from mnist_lab.comparisons.comparison_progress import CompareProgress
from mnist_lab.runs.record import read_record
from tests.reports.records import leave_run


def test_bar_and_lines_count_the_same_runs(tmp_path: Path) -> None:
    record = read_record(leave_run(tmp_path, "FC", 0))
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system=None, highlight=False, width=100)
    with CompareProgress(2, 1, console) as progress:
        progress.warmed_up()
        progress._bar.refresh()
        progress.warmed_up()
        progress.trained("fc.yaml", 0, record)
        progress._bar.refresh()
    text = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", out.getvalue())
    assert "1/2  fc.yaml, seed 0: test accuracy 97.00 %, training time 3.00 s" in text
    assert re.search(r"warm-up .* 1/2", text)
    assert re.search(r"runs .* 1/2", text)
    assert not re.search(r"\b[34]/", text)
