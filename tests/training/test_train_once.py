"""A run that other programs disturbed is trained once more, and does not count."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from mnist_lab.runs.record import read_record
from mnist_lab.runs.record_kinds import Status
from mnist_lab.runs.run import Run, read_runs
from mnist_lab.training import train_once as module
from mnist_lab.training.train_once import train_undisturbed
from tests.reports.records import leave_run


def trained(
    monkeypatch: pytest.MonkeyPatch, folder: Path, shares: Sequence[float], status: Status = "completed"
) -> list[Run]:
    """Have each training leave a run during which others took the next share; the list grows with each."""
    made: list[Run] = []

    def once(args: Sequence[str], callbacks: Sequence[Any], *, made_by: str, **more: object) -> Run:
        share = shares[len(made)]
        path = leave_run(folder, "FC", 0, name=f"run-{len(made)}", others_cpu=[share] * 3, status=status)
        made.extend(read_runs([path]))
        return made[-1]

    monkeypatch.setattr(module, "train_once", once)
    return made


def test_quiet_run_is_trained_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = trained(monkeypatch, tmp_path, [0.01, 0.0])
    assert train_undisturbed([]) is made[0]
    assert len(made) == 1
    assert capsys.readouterr().err == ""


def test_disturbed_run_is_trained_once_more_and_its_record_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = trained(monkeypatch, tmp_path, [0.48, 0.01])
    rejected: list[Run] = []
    assert train_undisturbed([], rejected=rejected.append) is made[1]
    assert rejected == made[:1]
    first = read_record(made[0].folder)
    assert first.status == "disturbed"
    assert first.message is not None
    assert first.message.startswith("other programs took up to 48 % of the processor in 3 of 3 epochs")
    assert read_record(made[1].folder).status == "completed"
    assert capsys.readouterr().err == f"fc-mnist/run-0 is not counted, and trained once more: {first.message}.\n"


def test_second_run_counts_though_it_is_disturbed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = trained(monkeypatch, tmp_path, [0.48, 0.48, 0.0])
    assert train_undisturbed([]) is made[1]
    assert len(made) == 2


def test_run_that_was_not_completed_is_not_trained_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = trained(monkeypatch, tmp_path, [0.48, 0.0], status="diverged")
    assert train_undisturbed([]).record.status == "diverged"
    assert len(made) == 1
