"""A run that version 0.1.0 left behind: it is scored, resumed and reported as one of today's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mnist_lab.runs.record import read_record
from tests.commands.program import call, runs

LEFT = Path(__file__).parents[1] / "old_files" / "0.1.0" / "fit" / "tb_logs"
CONFIG = ("--config", "perceptron.yaml", "--data.source.num_samples=600")


# It was made with Lightning 2.6.6.
pytestmark = pytest.mark.filterwarnings("ignore:The loaded checkpoint was produced with Lightning")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(LEFT, tmp_path / "tb_logs")
    return tmp_path


@pytest.mark.parametrize("asked", ["last", "best"])
def test_checkpoint_is_found_and_scored(asked: str, folder: Path) -> None:
    (run,) = runs(folder)
    outcome = call(folder, "test", *CONFIG, f"--ckpt_path={asked}")
    assert outcome.code == 0, outcome.err
    accuracy = read_record(run).test_accuracy
    assert accuracy is not None
    assert f"{100 * accuracy:.2f}" in outcome.out
    # The record says what it was trained on, so nothing is unknown.
    assert "does not say" not in outcome.out


def test_other_split_than_the_records_is_refused(folder: Path) -> None:
    outcome = call(folder, "test", *CONFIG, "--data.seed=5", "--ckpt_path=last")
    assert outcome.code == 2
    assert "data.seed: 0 there, 5 here" in outcome.err


def test_training_goes_on_with_all_its_epochs(folder: Path) -> None:
    (run,) = runs(folder)
    outcome = call(folder, "fit", *CONFIG, "--ckpt_path=last", "--trainer.max_epochs=3")
    assert outcome.code == 0, outcome.err
    (new,) = set(runs(folder)) - {run}
    before, after = read_record(run), read_record(new)
    assert after.epochs[:2] == before.epochs
    assert [epoch.epoch for epoch in after.epochs] == [0, 1, 2]


def test_kept_config_runs_again(folder: Path) -> None:
    (run,) = runs(folder)
    outcome = call(folder, "fit", "--config", str(run / "config.yaml"))
    assert outcome.code == 0, outcome.err
    (new,) = set(runs(folder)) - {run}
    assert read_record(new).test_accuracy == read_record(run).test_accuracy


def test_report_reads_it(folder: Path) -> None:
    outcome = call(folder, "report", "tb_logs/perceptron-intervals", "--output=out")
    assert outcome.code == 0, outcome.err
    assert "33.00" in (folder / "out" / "report.md").read_text(encoding="utf-8")
