"""A fit is killed at random moments and gone on with: it ends as the undisturbed one does."""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch

from mnist_lab.runs.record import RunRecord, read_record
from tests.commands.program import runs
from tests.faults.processes import SMALL_FIT, finished, start

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]
KILLS = int(os.environ.get("MNIST_LAB_KILLS", "3"))
RESUME = (*SMALL_FIT, "--ckpt_path=last")


def newest(folder: Path) -> Path:
    return max(runs(folder), key=lambda run: (read_record(run).started, run.name))


def weights(run: Path) -> dict[str, torch.Tensor]:
    content: dict[str, Any] = torch.load(run / "checkpoints" / "last.ckpt", weights_only=True)
    state: dict[str, torch.Tensor] = content["state_dict"]
    return state


def outcome(record: RunRecord) -> tuple[Any, ...]:
    """Return what must be the same; times are of the machine."""
    epochs = [(epoch.epoch, epoch.steps, epoch.val_loss, epoch.val_accuracy) for epoch in record.epochs]
    return record.status, epochs, record.best_checkpoint, record.test_loss, record.test_accuracy


def go_on(folder: Path) -> None:
    """Do what a user would: resume, and where nothing was saved yet, start anew."""
    code, _, err = finished(folder, *RESUME)
    if code == 2 and "train first" in err:
        code, _, err = finished(folder, *SMALL_FIT)
    # Killed after its very end: nothing is left to do.
    assert code == 0 or "there is nothing left to train" in err, err


@pytest.mark.skipif(sys.platform == "win32", reason="needs a kill that no program can answer")
def test_killed_fit_ends_as_the_undisturbed_one(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    started = time.monotonic()
    code, _, err = finished(whole, *SMALL_FIT)
    assert code == 0, err
    long_s = time.monotonic() - started
    (undisturbed,) = runs(whole)
    expected, expected_weights = outcome(read_record(undisturbed)), weights(undisturbed)
    chance = random.Random(2026)
    for kill in range(KILLS):
        folder = tmp_path / f"kill-{kill}"
        folder.mkdir()
        process = start(folder, *SMALL_FIT)
        # Most of the time goes into imports; the training and the test lie in the last part.
        time.sleep(long_s * chance.uniform(0.4, 1.0))
        process.kill()
        process.communicate()
        go_on(folder)
        run = newest(folder)
        record = read_record(run)
        assert outcome(record) == expected, f"kill {kill}"
        assert all(torch.equal(tensor, expected_weights[name]) for name, tensor in weights(run).items()), f"kill {kill}"
        assert record.best_checkpoint is not None
        assert (run / record.best_checkpoint).is_file()
        assert record.train_s == record.epochs[-1].train_s
