"""Checkpoints written whole or not at all, beside their place and nowhere else."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import pytest
import torch
from lightning.pytorch.plugins.io import AsyncCheckpointIO, TorchCheckpointIO

from mnist_lab import fit
from mnist_lab.atomic_write import HeldError
from mnist_lab.errors import MnistLabError
from mnist_lab.runs.record import read_record
from mnist_lab.training.checkpoints import best_and_last
from mnist_lab.training.whole_checkpoints import WholeCheckpointIO, write_checkpoints_whole
from tests.small_run import interval_data, perceptron, quiet_trainer

REPLACED = {"weights": torch.ones(3)}


def full(file: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def last(tmp_path: Path) -> Path:
    path = tmp_path / "checkpoints" / "last.ckpt"
    WholeCheckpointIO().save_checkpoint({"weights": torch.zeros(3)}, path)
    return path


def weights(path: Path) -> list[float]:
    content: dict[str, torch.Tensor] = torch.load(path, weights_only=True)
    return content["weights"].tolist()


def test_nothing_passes_through_the_temporary_directory(last: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(last.parent / "there is none"))
    WholeCheckpointIO().save_checkpoint(REPLACED, last)
    assert weights(last) == [1, 1, 1]
    assert [path.name for path in last.parent.iterdir()] == ["last.ckpt"]


def test_full_disk_keeps_the_former_and_is_one_line(last: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(
            MnistLabError, match=r"The checkpoint .*last\.ckpt cannot be written: No space left"
        ) as caught:
            WholeCheckpointIO().save_checkpoint(REPLACED, last)
    assert "\n" not in str(caught.value)
    assert weights(last) == [0, 0, 0]
    assert [path.name for path in last.parent.iterdir()] == ["last.ckpt"]


def test_file_in_other_hands_ends_no_training(
    last: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def held(*args: object) -> None:
        raise HeldError(errno.EACCES, "Access is denied", str(last))

    monkeypatch.setattr("mnist_lab.training.whole_checkpoints.write_atomically", held)
    monkeypatch.setattr("mnist_lab.training.whole_checkpoints.remove", held)
    WholeCheckpointIO().save_checkpoint(REPLACED, last)
    WholeCheckpointIO().remove_checkpoint(last)
    assert weights(last) == [0, 0, 0]
    first, second = capsys.readouterr().err.splitlines()
    assert first == f"{last} is open in another program and stays as it was before this epoch."
    assert second == f"{last} is superseded and cannot be removed (Access is denied); it may be deleted."


def test_every_training_writes_them_so_and_the_users_choice_stays(tmp_path: Path) -> None:
    trainer = quiet_trainer(tmp_path)
    write_checkpoints_whole(trainer)
    assert type(trainer.strategy.checkpoint_io) is WholeCheckpointIO
    assert type(trainer.strategy.checkpoint_io) is not TorchCheckpointIO
    own = AsyncCheckpointIO()
    chosen = quiet_trainer(tmp_path, plugins=[own])
    write_checkpoints_whole(chosen)
    assert chosen.strategy.checkpoint_io is own


def test_record_of_a_run_that_met_a_full_disk_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = quiet_trainer(tmp_path, enable_checkpointing=True, callbacks=best_and_last())

    def full_disk(path: Path, content: memoryview) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr("mnist_lab.training.whole_checkpoints.write_atomically", full_disk)
    with pytest.raises(MnistLabError, match=r"The checkpoint .* cannot be written: No space left"):
        fit(trainer, perceptron(), interval_data(), quiet=True)
    (run,) = tmp_path.glob("*/*/record.json")
    record = read_record(run.parent)
    assert record.status == "failed"
    assert "No space left" in (record.message or "")
    assert list(tmp_path.rglob("*.part")) == []
