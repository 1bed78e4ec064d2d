"""A disk that is full in mid-run: one line, exit code 1, and the record says how it ended."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from lightning.pytorch import LightningModule, Trainer

from mnist_lab.callbacks import TensorBoardPages
from tests.commands.program import SMALL, call, only_record, runs


def no_space(*args: Any, **named: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def no_space_once_it_trains(pages: TensorBoardPages, trainer: Trainer, model: LightningModule) -> None:
    if not trainer.sanity_checking:
        no_space()


def last_line(err: str) -> str:
    assert "Traceback" not in err
    return err.splitlines()[-1]


def test_record_that_cannot_be_written_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", no_space)
    outcome = call(tmp_path, "fit", *SMALL)
    assert outcome.code == 1
    line = last_line(outcome.err)
    assert line.startswith("Error: ")
    assert " cannot be read or written: No space left on device. Make room, or name a folder" in line
    assert list(tmp_path.rglob("*.part")) == []


@pytest.mark.parametrize("kind", ["checkpoint", "tensorboard"])
def test_full_disk_in_mid_run_stands_in_the_record(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if kind == "checkpoint":
        monkeypatch.setattr("mnist_lab.training.whole_checkpoints.write_atomically", no_space)
    else:
        monkeypatch.setattr(TensorBoardPages, "on_validation_end", no_space_once_it_trains)
        monkeypatch.setattr(TensorBoardPages, "close", no_space)
    outcome = call(tmp_path, "fit", *SMALL)
    assert outcome.code == 1
    assert "No space left on device" in last_line(outcome.err)
    record = only_record(tmp_path)
    assert record.status == "failed"
    assert "No space left on device" in (record.message or "")


def test_report_without_room_is_one_line_and_says_how_to_make_it_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = {"config": "fc.yaml", "parameters": {"model.hidden": [[8]]}, "settings": {"data.source": "Digits"}}
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(sweep), encoding="utf-8")
    args = ("own.yaml", "--trainer.max_epochs=1", "--output=full")
    monkeypatch.setattr("mnist_lab.own_files.write_atomically", no_space)
    outcome = call(tmp_path, "sweep", *args)
    assert outcome.code == 1
    line = last_line(outcome.err)
    full = "full cannot be written: No space left on device; make room, or name another folder with --output."
    assert line == f"Error: {full} The results are kept: the same command writes the report without training again."
    (run,) = runs(tmp_path)
    assert call(tmp_path, "report", str(run), "--output=full").err == f"Error: {full}\n"
    monkeypatch.undo()
    again = call(tmp_path, "sweep", *args)
    assert again.code == 0, again.err
    assert (tmp_path / "full" / "report.html").is_file()
    assert runs(tmp_path) == [run]


def test_predictions_that_fill_the_disk_leave_no_half_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call(tmp_path, "fit", *SMALL).code == 0
    (path,) = tmp_path.rglob("last.ckpt")
    monkeypatch.setattr("csv.writer", lambda file: type("Full", (), {"writerow": no_space, "writerows": no_space})())
    outcome = call(tmp_path, "predict", *SMALL, f"--ckpt_path={path}")
    assert outcome.code == 1
    assert "The predictions cannot be written to predictions.csv: No space left" in last_line(outcome.err)
    assert list(tmp_path.glob("*predictions*")) == []
