"""The program as a test calls it: in a folder of its own, its exit code and both streams kept."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from pathlib import Path

from mnist_lab.main import main
from mnist_lab.runs.record import RunRecord, read_record

SMALL = ("--config", "fc.yaml", "--data.source", "Digits", "--model.hidden=[8]", "--trainer.max_epochs=1")


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


def call(folder: Path, *args: str) -> Outcome:
    """Run ``main(args)`` in ``folder``; ``--help`` and ``--print_config`` leave through SystemExit."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(list(args))
        except SystemExit as stop:
            code = int(stop.code or 0)
    return Outcome(code, out.getvalue(), err.getvalue())


def fit(folder: Path, *args: str) -> Path:
    """Train a small network on the digits and return the run's folder."""
    before = set(runs(folder))
    outcome = call(folder, "fit", *SMALL, *args)
    assert outcome.code == 0, outcome.err
    (run,) = set(runs(folder)) - before
    return run


def runs(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob("tb_logs/*/*/record.json"))


def only_record(folder: Path) -> RunRecord:
    (run,) = runs(folder)
    return read_record(run)


def everything_in(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


def refused(folder: Path, *args: str, code: int = 2) -> str:
    """Run what must be refused: one line, no traceback, no new file; return the line behind ``Error: ``."""
    before = everything_in(folder)
    outcome = call(folder, *args)
    lines = outcome.err.splitlines()
    assert outcome.code == code, outcome.err
    assert len(lines) == 1, outcome.err
    assert lines[0].startswith("Error: ")
    assert outcome.out == ""
    assert everything_in(folder) == before
    return lines[0].removeprefix("Error: ")
