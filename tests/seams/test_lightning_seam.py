"""What is not public in Lightning is still there, and does what it is used for."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from lightning.pytorch.loops.optimization.automatic import _AutomaticOptimization

from mnist_lab.seams import lightning_seam
from tests.small_run import STEPS, interval_data, perceptron, quiet_trainer


def test_trainers_loop_has_automatic_optimization(tmp_path: Path) -> None:
    trainer = quiet_trainer(tmp_path)
    assert isinstance(trainer.fit_loop.epoch_loop.automatic_optimization, _AutomaticOptimization)
    assert lightning_seam.AutomaticOptimization is _AutomaticOptimization
    assert lightning_seam.batches_per_call(trainer) == 1
    assert lightning_seam.block_borders_every(trainer) == ()


def test_replaced_optimization_is_what_trains(tmp_path: Path) -> None:
    calls = []

    class Counting(lightning_seam.AutomaticOptimization):
        batches_per_call = 1

        def run(self, *args: object) -> object:  # type: ignore[override]
            calls.append(args)
            return super().run(*args)  # type: ignore[arg-type]

    trainer = quiet_trainer(tmp_path, max_epochs=1)
    lightning_seam.replace_optimization(trainer, Counting(trainer))
    trainer.fit(perceptron(), interval_data())
    assert len(calls) == STEPS


def test_loggers_axis_moves_on_by_counted_batches(tmp_path: Path) -> None:
    trainer = quiet_trainer(tmp_path, max_epochs=1)
    trainer.fit(perceptron(), interval_data())
    before = trainer.fit_loop.epoch_loop._batches_that_stepped
    assert before == STEPS
    lightning_seam.count_batch_that_stepped(trainer)
    assert trainer.fit_loop.epoch_loop._batches_that_stepped == before + 1


def test_wish_to_detect_anomalies_is_seen(tmp_path: Path) -> None:
    assert not lightning_seam.detects_anomalies(quiet_trainer(tmp_path))
    assert lightning_seam.detects_anomalies(quiet_trainer(tmp_path, detect_anomaly=True))


def test_error_while_a_checkpoint_is_restored_is_told_from_others(tmp_path: Path) -> None:
    path = tmp_path / "strange.ckpt"
    torch.save({"state_dict": {}}, path)
    with pytest.raises(KeyError) as caught:
        quiet_trainer(tmp_path).fit(perceptron(), interval_data(), ckpt_path=path)
    assert lightning_seam.raised_while_restoring(caught.value)
    with pytest.raises(ZeroDivisionError) as other:
        _ = 1 / 0
    assert not lightning_seam.raised_while_restoring(other.value)
