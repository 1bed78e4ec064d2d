"""Studies and records of earlier versions: a later one reads them, and goes on with them."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from mnist_lab.runs.record import read_record
from tests.commands.program import call, runs
from tests.conftest import CHECKOUT

OLD_FILES = CHECKOUT / "tests" / "old_files"


@pytest.fixture(params=sorted(path.name for path in OLD_FILES.iterdir()))
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of what a version left behind."""
    return Path(shutil.copytree(OLD_FILES / str(request.param), tmp_path / "old"))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_finished_sweep_trains_nothing_anew_and_reports_the_same(old: Path) -> None:
    before = runs(old)
    outcome = call(old, "sweep", "widths.yaml", "--output=report")
    assert outcome.code == 0, outcome.err
    assert "4 of 4 trainings were done before." in outcome.out
    assert "The training time of FC, hidden 8 was more than 1.2 times outside" in outcome.out
    assert runs(old) == before
    assert rows(old / "report" / "data" / "points.csv") == rows(old / "points.csv")


def test_unfinished_sweep_goes_on(old: Path) -> None:
    before = runs(old)
    # The killed worker's trial counts as lost after three seconds without a sign of life.
    outcome = call(old, "sweep", "stopped.yaml", "--heartbeat=1", "--output=report")
    assert outcome.code == 0, outcome.err
    assert "1 of 3 trainings were done before." in outcome.out
    assert "3/3  FC  hidden " in outcome.out
    new = [read_record(run) for run in runs(old) if run not in before]
    assert sorted(record.settings["model"]["init_args"]["hidden"] for record in new) == [[6], [7]]
    assert [row["model.hidden"] for row in rows(old / "report" / "data" / "points.csv")] == ["[5]", "[6]", "[7]"]


def test_records_are_reported(old: Path) -> None:
    done = [str(run) for run in runs(old) if read_record(run).sweep["name"] == "widths"]  # type: ignore[index]
    outcome = call(old, "report", *done, "--output=report")
    assert outcome.code == 0, outcome.err
    assert rows(old / "report" / "data" / "points.csv") == rows(old / "points.csv")
