"""The record that a run leaves, however it ends, beside what TensorBoard was told."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning.pytorch import Callback, LightningModule, Trainer, seed_everything
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import TensorBoardLogger

from mnist_lab.callbacks import RunRecorder, TrainingTimer
from mnist_lab.callbacks.run_recorder import describe_end
from mnist_lab.errors import DataError, DivergedError, Terminated
from mnist_lab.models import Perceptron
from mnist_lab.runs.record import RECORD_NAME, RunRecord, read_record
from tests.small_run import STEPS, TRAINING_SAMPLES, interval_data, perceptron, quiet_trainer, scalars_in


def recorder() -> RunRecorder:
    return RunRecorder(
        RunRecord(
            model="Perceptron",
            data={"name": "Intervals"},
            settings={},
            parameters=370,
            layers=[],
            versions={},
            device={},
            started="2026-04-17T09:30:00+09:00",
        )
    )


class Raising(Callback):
    """Raises in the fourth step of the second epoch."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: Any, batch_idx: int) -> None:
        if trainer.current_epoch == 1 and batch_idx == 3:
            raise self.error


def run_of(folder: Path, *callbacks: Callback, **settings: Any) -> tuple[Trainer, Path]:
    logger = TensorBoardLogger(folder, name="run", version="one")
    return quiet_trainer(folder, logger=logger, callbacks=list(callbacks), **settings), Path(logger.log_dir)


def ended_by(error: BaseException, folder: Path) -> RunRecord:
    run, place = run_of(folder, TrainingTimer(), recorder(), Raising(error))
    with pytest.raises((type(error), SystemExit)):
        run.fit(perceptron(), interval_data())
    return read_record(place)


def test_completed_run_holds_what_tensorboard_was_told(tmp_path: Path) -> None:
    keeper = recorder()
    run, place = run_of(tmp_path, TrainingTimer(), keeper, max_epochs=3)
    model, data = perceptron(), interval_data()
    run.fit(model, data)
    run.test(model, data, verbose=False)
    keeper.finish(run, "completed")
    found = read_record(place)
    assert found == keeper.record
    assert (found.status, found.message) == ("completed", None)
    assert found.ended is not None
    assert [(epoch.epoch, epoch.steps) for epoch in found.epochs] == [(0, STEPS), (1, 2 * STEPS), (2, 3 * STEPS)]
    logged = scalars_in(place)
    for name in ("train_loss", "train_accuracy", "val_loss", "val_accuracy", "epoch_s", "wall_s", "samples_per_s"):
        stage = "time/" + name if name.endswith("_s") else name.replace("_", "/")
        values = [getattr(epoch, name) for epoch in found.epochs]
        assert values == pytest.approx([value for _, value in logged[stage]], rel=1e-6)
        assert len(values) == 3
        assert [step + 1 for step, _ in logged[stage]] == [epoch.steps for epoch in found.epochs]
    train_s = [epoch.train_s for epoch in found.epochs]
    assert train_s == pytest.approx([value for _, value in logged["time/train_s"]], rel=1e-6)
    assert found.train_s == pytest.approx(sum(epoch.epoch_s or 0 for epoch in found.epochs), rel=1e-6)
    assert found.test_loss == pytest.approx(logged["test/loss"][0][1], rel=1e-6)
    assert found.test_accuracy == pytest.approx(logged["test/accuracy"][0][1], rel=1e-6)
    assert found.wall_s is not None
    assert (found.epochs[-1].wall_s or 0) <= found.wall_s


def test_record_is_there_from_the_start_and_grows_with_each_epoch(tmp_path: Path) -> None:
    seen = []

    class Reading(Callback):
        def on_train_batch_start(self, trainer: Trainer, *_: Any) -> None:
            if trainer.is_last_batch:
                found = read_record(Path(str(trainer.log_dir)))
                seen.append((found.status, found.ended, [epoch.epoch for epoch in found.epochs]))

    run, _ = run_of(tmp_path, TrainingTimer(), recorder(), Reading(), max_epochs=3)
    run.fit(perceptron(), interval_data())
    assert [epochs for *_, epochs in seen] == [[], [0], [0, 1]]
    assert {(status, ended) for status, ended, _ in seen} == {("running", None)}


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (
            DivergedError("The training loss became nan in epoch 1."),
            "diverged",
            "The training loss became nan in epoch 1.",
        ),
        (KeyboardInterrupt(), "interrupted", "Stopped from the keyboard."),
        (Terminated(), "interrupted", "Stopped by the system (SIGTERM)."),
        (LookupError("a mistake\nin two lines"), "failed", "a mistake"),
        (DataError("The file is gone."), "failed", "The file is gone."),
        (ValueError(), "failed", "ValueError"),
        (MemoryError(), "failed", "MemoryError"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_run_that_ends_early_says_why_and_keeps_its_epochs(
    error: BaseException, status: str, message: str, tmp_path: Path
) -> None:
    found = ended_by(error, tmp_path)
    assert (found.status, found.message) == (status, message)
    assert found.ended is not None
    assert [(epoch.epoch, epoch.steps) for epoch in found.epochs] == [(0, STEPS)]
    assert (found.epochs[0].train_loss or 0) > 0
    assert (found.epochs[0].val_loss or 0) > 0
    assert found.test_accuracy is None
    # The three steps of the second epoch count as well.
    assert found.train_s is not None
    assert found.train_s > (found.epochs[0].train_s or math.inf)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of 4 GiB"),
        RuntimeError("CUDA error: out of memory"),
    ],
)
def test_run_out_of_cuda_memory_is_a_kind_of_its_own(error: RuntimeError, tmp_path: Path) -> None:
    found = ended_by(error, tmp_path)
    assert found.status == "out_of_memory"
    assert str(found.message).startswith("CUDA out of memory. ")
    assert len(found.epochs) == 1


class Exploding(Callback):
    """Makes the second epoch diverge."""

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if trainer.current_epoch == 1:
            for group in trainer.optimizers[0].param_groups:
                group["lr"] = 1e38


def test_real_divergence_ends_as_diverged(tmp_path: Path) -> None:
    run, place = run_of(tmp_path, TrainingTimer(), recorder(), Exploding())
    with pytest.raises(DivergedError):
        run.fit(perceptron(), interval_data())
    found = read_record(place)
    assert found.status == "diverged"
    assert "in epoch 1 (step 13)" in str(found.message)
    assert [epoch.epoch for epoch in found.epochs] == [0]


def test_epoch_whose_end_shows_the_divergence_has_no_training_scores(tmp_path: Path) -> None:
    class ScoredAtTheEnd(Perceptron):
        """As on a GPU, where nothing is looked at before the epoch's end."""

        def on_train_batch_end(self, outputs: Any, batch: Any, batch_idx: int) -> None:
            pass

    run, place = run_of(tmp_path, TrainingTimer(), recorder(), Exploding())
    seed_everything(0, verbose=False)
    with pytest.raises(DivergedError):
        run.fit(ScoredAtTheEnd((1,), 10), interval_data())
    found = read_record(place)
    first, second = found.epochs
    assert found.status == "diverged"
    assert (first.train_loss or 0) > 0
    assert (second.epoch, second.steps) == (1, 2 * STEPS)
    assert (second.train_loss, second.train_accuracy, second.val_loss) == (None, None, None)
    assert second.train_s == found.train_s
    assert second.epoch_s == pytest.approx((found.train_s or 0) - (first.train_s or 0))
    assert (second.wall_s or 0) > (first.wall_s or math.inf)
    assert second.samples_per_s == pytest.approx(TRAINING_SAMPLES / (second.epoch_s or math.nan))


@pytest.mark.parametrize("saved", ["at an epoch's end", "after the fit"])
def test_resumed_run_has_the_epochs_since_then(saved: str, tmp_path: Path) -> None:
    class Saving(Callback):
        def on_train_epoch_end(self, trainer: Trainer, *_: Any) -> None:
            trainer.save_checkpoint(tmp_path / "last.ckpt")

    run, _ = run_of(tmp_path / "first", TrainingTimer(), *([Saving()] if saved == "at an epoch's end" else []))
    run.fit(perceptron(), interval_data())
    if saved == "after the fit":
        run.save_checkpoint(tmp_path / "last.ckpt")
    run, place = run_of(tmp_path / "second", TrainingTimer(), recorder(), max_epochs=4)
    run.fit(perceptron(), interval_data(), ckpt_path=tmp_path / "last.ckpt", weights_only=True)
    epochs = read_record(place).epochs
    assert [(epoch.epoch, epoch.steps) for epoch in epochs] == [(2, 3 * STEPS), (3, 4 * STEPS)]
    logged = scalars_in(place)
    assert [epoch.train_loss for epoch in epochs] == pytest.approx([value for _, value in logged["train/loss"]])


def test_number_that_is_not_finite_is_not_known(tmp_path: Path) -> None:
    class NanInEvaluation(torch.nn.Module):
        def forward(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
            loss = torch.nn.functional.cross_entropy(logits, labels)
            return loss if torch.is_grad_enabled() else loss * math.nan

    run, place = run_of(tmp_path, TrainingTimer(), recorder(), max_epochs=1)
    model = perceptron()
    model.loss = NanInEvaluation()
    run.fit(model, interval_data())
    (epoch,) = read_record(place).epochs
    assert epoch.val_loss is None
    assert epoch.val_accuracy is not None
    assert epoch.train_loss is not None


def test_epoch_without_validation_has_no_validation_scores(tmp_path: Path) -> None:
    run, place = run_of(tmp_path, TrainingTimer(), recorder(), max_epochs=4, check_val_every_n_epoch=2)
    run.fit(perceptron(), interval_data())
    epochs = read_record(place).epochs
    assert [epoch.val_accuracy is not None for epoch in epochs] == [False, True, False, True]
    assert [epoch.val_loss is not None for epoch in epochs] == [False, True, False, True]
    assert all(epoch.train_loss is not None for epoch in epochs)


def test_without_a_timer_times_are_not_known(tmp_path: Path) -> None:
    run, place = run_of(tmp_path, recorder(), max_epochs=1)
    run.fit(perceptron(), interval_data())
    found = read_record(place)
    assert (found.train_s, found.wall_s) == (None, None)
    (epoch,) = found.epochs
    assert (epoch.train_s, epoch.epoch_s, epoch.wall_s, epoch.samples_per_s) == (None, None, None, None)
    assert epoch.train_loss is not None


def test_without_a_logger_no_file_is_written(tmp_path: Path) -> None:
    keeper = recorder()
    run = quiet_trainer(tmp_path, callbacks=[TrainingTimer(), keeper], max_epochs=1)
    run.fit(perceptron(), interval_data())
    keeper.finish(run, "completed")
    assert len(keeper.record.epochs) == 1
    assert not list(tmp_path.rglob(RECORD_NAME))


@pytest.mark.parametrize("place_of_checkpoints", ["inside", "outside"])
def test_best_checkpoint_is_named_from_the_runs_folder(place_of_checkpoints: str, tmp_path: Path) -> None:
    inside = place_of_checkpoints == "inside"
    keep = ModelCheckpoint(None if inside else tmp_path / "elsewhere", filename="best", monitor="val/accuracy")
    run, place = run_of(tmp_path, recorder(), keep, enable_checkpointing=True, max_epochs=1)
    run.fit(perceptron(), interval_data())
    best = read_record(place).best_checkpoint
    assert best == ("checkpoints/best.ckpt" if inside else str(tmp_path / "elsewhere" / "best.ckpt"))
    assert (place / str(best)).is_file()


def test_description_of_an_error_is_its_first_line() -> None:
    assert describe_end(ValueError("  one\ntwo")) == ("failed", "one")
    assert describe_end(SystemExit(1)) == ("failed", "1")
