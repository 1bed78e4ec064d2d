"""Networks as students write them, each through summary, fit and compare."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from mnist_lab.runs.record import read_record
from tests.commands.program import call, only_record, runs

FILE = Path(__file__).with_name("students_networks.py.txt")
NETWORKS = [
    name for name in re.findall(r"^class (\w+)", FILE.read_text(encoding="utf-8"), re.MULTILINE) if name != "Block"
]
QUICK = ("--data.source", "Digits", "--trainer.max_epochs", "1", "--trainer.limit_train_batches", "6")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(FILE, tmp_path / "nets.py")
    return tmp_path


@pytest.mark.parametrize("name", NETWORKS)
def test_students_network_is_summarised_and_trains(name: str, folder: Path) -> None:
    outcome = call(folder, "summary", "--model", f"nets.{name}")
    assert outcome.code == 0, outcome.err
    (parameters,) = re.findall(rf"{name}: ([\d,]+) parameters", outcome.out)
    outcome = call(folder, "fit", "--model", f"nets.{name}", *QUICK)
    assert outcome.code == 0, outcome.err
    record = only_record(folder)
    assert (record.model, f"{record.parameters:,}", record.status) == (name, parameters, "completed")
    assert record.test_accuracy is not None


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_students_network_learns_the_same_step_by_step_and_is_compared(name: str, folder: Path) -> None:
    losses = []
    for steps in ("1", "3"):
        outcome = call(folder, "fit", "--model", f"nets.{name}", *QUICK, "--steps_per_execution", steps)
        assert outcome.code == 0, outcome.err
        losses.append([epoch.val_loss for epoch in read_record(runs(folder)[-1]).epochs])
    assert losses[0] == losses[1]
    (folder / "own.yaml").write_text(f"model: nets.{name}\n", encoding="utf-8")
    outcome = call(folder, "compare", "own.yaml", "fc.yaml", "--repeats", "2", *QUICK)
    assert outcome.code == 0, outcome.err
    assert [read_record(run).model for run in runs(folder)].count(name) == 4
    (report,) = folder.rglob("report.md")
    assert name in report.read_text(encoding="utf-8")
