"""Training time: with a clock of our own, to the second; with a real one, against Lightning's profiler."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from lightning.pytorch import Callback, LightningModule, Trainer, seed_everything
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger
from lightning.pytorch.profilers import SimpleProfiler
from torch import Tensor

from mnist_lab.callbacks import TrainingTimer
from mnist_lab.data import MNIST, ClassificationDataModule
from mnist_lab.models import CNN, Perceptron
from tests.callbacks.fake_clock import OTHER_WORK_S, Clock
from tests.small_run import STEPS, TRAINING_SAMPLES, interval_data, quiet_trainer


class Timed(Perceptron):
    """One second a training step; all else takes far longer."""

    clock: Clock

    @classmethod
    def by(cls, clock: Clock) -> Timed:
        seed_everything(0, verbose=False)
        model = cls((1,), 10)
        model.clock = clock
        return model

    def training_step(self, batch: Any, batch_idx: int) -> Tensor:
        self.clock.pass_by(1.0)
        return super().training_step(batch, batch_idx)

    def on_train_batch_end(self, outputs: Any, batch: Any, batch_idx: int) -> None:
        self.clock.pass_by()
        super().on_train_batch_end(outputs, batch, batch_idx)

    def on_train_epoch_end(self) -> None:
        self.clock.pass_by()
        super().on_train_epoch_end()

    def validation_step(self, batch: Any, batch_idx: int) -> None:
        self.clock.pass_by()
        super().validation_step(batch, batch_idx)

    def test_step(self, batch: Any, batch_idx: int) -> None:
        self.clock.pass_by()
        super().test_step(batch, batch_idx)


class SlowLogger(CSVLogger):
    def __init__(self, folder: Path, clock: Clock) -> None:
        super().__init__(folder)
        self.clock = clock

    def log_metrics(self, metrics: dict[str, Any], step: int | None = None) -> None:
        self.clock.pass_by()
        super().log_metrics(metrics, step)


class SlowCallback(Callback):
    """Stands behind the timer and takes its time at the end of a step, an epoch and a validation."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.validations = 0

    def on_train_batch_end(self, *_: Any) -> None:
        self.clock.pass_by()

    def on_train_epoch_end(self, *_: Any) -> None:
        self.clock.pass_by()

    def on_validation_end(self, trainer: Trainer, *_: Any) -> None:
        self.validations += not trainer.sanity_checking
        self.clock.pass_by()


class SlowCheckpoint(ModelCheckpoint):
    def __init__(self, clock: Clock, **settings: Any) -> None:
        super().__init__(**settings)
        self.clock = clock
        self.saved = 0

    def _save_checkpoint(self, trainer: Trainer, filepath: str) -> None:
        self.clock.pass_by()
        super()._save_checkpoint(trainer, filepath)
        self.saved += 1
        self.clock.pass_by()


class Noting(Callback):
    """Notes the timer's figures after each epoch; last in the list."""

    def __init__(self, timer: TrainingTimer) -> None:
        self.timer = timer
        self.epoch_s: list[float] = []
        self.samples_per_s: list[float | None] = []

    def on_train_epoch_end(self, *_: Any) -> None:
        self.epoch_s.append(self.timer.epoch_s)
        self.samples_per_s.append(self.timer.samples_per_s)


def test_clock_stands_still_while_paused() -> None:
    clock = Clock()
    timer = TrainingTimer(clock)
    batch: Any = None
    with timer.paused():  # before any step: nothing begins to run
        clock.pass_by()
    timer.on_train_batch_start(batch, batch, batch, 0)
    clock.pass_by(1.0)
    with timer.paused():
        clock.pass_by()
    clock.pass_by(2.0)
    assert timer.state_dict()["train_s"] == 3.0


def test_only_training_steps_are_counted(tmp_path: Path) -> None:
    clock = Clock()
    timer, slow = TrainingTimer(clock), SlowCallback(clock)
    keep = SlowCheckpoint(clock, dirpath=tmp_path / "checkpoints", every_n_train_steps=4, save_top_k=-1)
    noting = Noting(timer)
    run = quiet_trainer(
        tmp_path,
        callbacks=[timer, slow, keep, noting],
        logger=SlowLogger(tmp_path, clock),
        enable_checkpointing=True,
        max_epochs=3,
        val_check_interval=3,
        num_sanity_val_steps=2,
    )
    model = Timed.by(clock)
    run.fit(model, interval_data())
    assert (slow.validations, keep.saved) == (9, 6)
    assert timer.train_s == 3 * STEPS
    assert noting.epoch_s == [STEPS] * 3
    assert noting.samples_per_s == [pytest.approx(TRAINING_SAMPLES / STEPS)] * 3
    assert run.callback_metrics["time/train_s"].item() == 3 * STEPS
    assert run.callback_metrics["time/epoch_s"].item() == STEPS
    assert run.callback_metrics["time/samples_per_s"].item() == pytest.approx(TRAINING_SAMPLES / STEPS)
    run.test(model, interval_data(), verbose=False)
    assert timer.train_s == 3 * STEPS


def test_wall_time_counts_everything_from_start_to_end_of_training(tmp_path: Path) -> None:
    clock = Clock()
    timer = TrainingTimer(clock)
    started: list[float] = []

    class Starting(Callback):
        def on_train_start(self, *_: Any) -> None:
            started.append(clock.now_s)

        def on_train_end(self, *_: Any) -> None:
            started.append(clock.now_s)

    run = quiet_trainer(tmp_path, callbacks=[timer, Starting(), SlowCallback(clock)])
    assert timer.wall_s == 0
    run.fit(Timed.by(clock), interval_data())
    assert timer.wall_s == started[1] - started[0]
    assert timer.wall_s > 2 * STEPS * OTHER_WORK_S
    logged = run.callback_metrics["time/wall_s"].item()
    assert 0 < logged <= timer.wall_s
    clock.pass_by()
    assert timer.wall_s == started[1] - started[0]


def test_resumed_run_goes_on_where_the_checkpoint_stood(tmp_path: Path) -> None:
    clock = Clock()
    first = TrainingTimer(clock)
    run = quiet_trainer(tmp_path, callbacks=[first])
    run.fit(Timed.by(clock), interval_data())
    run.save_checkpoint(tmp_path / "last.ckpt")
    assert first.train_s == 2 * STEPS
    saved = torch.load(tmp_path / "last.ckpt", weights_only=True)["callbacks"]["TrainingTimer"]
    assert (saved["train_s"], saved["epoch_s"]) == (2 * STEPS, STEPS)

    later = Clock()
    later.pass_by(1e6)
    second = TrainingTimer(later)
    noting = Noting(second)
    run = quiet_trainer(tmp_path, callbacks=[second, noting], max_epochs=5)
    run.fit(Timed.by(later), interval_data(), ckpt_path=tmp_path / "last.ckpt", weights_only=True)
    assert second.train_s == 5 * STEPS
    assert noting.epoch_s == [STEPS] * 3
    assert saved["wall_s"] < second.wall_s < 1e6


@pytest.mark.filterwarnings("ignore:You're resuming from a checkpoint that ended before the epoch ended")
def test_run_resumed_within_an_epoch_counts_each_step_once(tmp_path: Path) -> None:
    clock = Clock()

    class Saving(Callback):
        def on_train_batch_end(self, trainer: Trainer, *_: Any) -> None:
            if trainer.global_step == 5:
                trainer.save_checkpoint(tmp_path / "step=5.ckpt")

    run = quiet_trainer(tmp_path, callbacks=[TrainingTimer(clock), Saving()], max_epochs=1)
    run.fit(Timed.by(clock), interval_data())

    # Lightning begins the data anew there: four full batches instead of three and a short one.
    later = Clock()
    second = TrainingTimer(later)
    noting = Noting(second)
    run = quiet_trainer(tmp_path, callbacks=[second, noting], max_epochs=1)
    run.fit(Timed.by(later), interval_data(), ckpt_path=tmp_path / "step=5.ckpt", weights_only=True)
    assert run.global_step == STEPS
    assert second.train_s == STEPS
    # The four steps that were left are counted with the five before them.
    assert noting.epoch_s == [STEPS]
    assert noting.samples_per_s == [9 * 64 / STEPS]


def test_checkpoint_that_is_only_tested_changes_nothing(tmp_path: Path) -> None:
    clock = Clock()
    timer = TrainingTimer(clock)
    keep = ModelCheckpoint(tmp_path, filename="{epoch}", save_top_k=-1)
    run = quiet_trainer(tmp_path, callbacks=[timer, keep], enable_checkpointing=True, max_epochs=3)
    model = Timed.by(clock)
    run.fit(model, interval_data())
    before = timer.state_dict()
    assert before["train_s"] == 3 * STEPS
    run.test(model, interval_data(), ckpt_path=tmp_path / "epoch=0.ckpt", weights_only=True, verbose=False)
    assert timer.state_dict() == before
    run.validate(model, interval_data(), ckpt_path=tmp_path / "epoch=0.ckpt", weights_only=True, verbose=False)
    assert timer.state_dict() == before
    timer.load_state_dict({"train_s": 1.0, "epoch_s": 1.0, "epoch_samples": 1, "wall_s": 1.0})
    assert timer.state_dict() == before


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_interrupted_run_keeps_what_was_measured(error: type[BaseException], tmp_path: Path) -> None:
    clock = Clock()
    timer = TrainingTimer(clock)

    class Stopping(Callback):
        def on_train_batch_end(
            self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
        ) -> None:
            if trainer.current_epoch == 1 and batch_idx == 3:
                raise error

    run = quiet_trainer(tmp_path, callbacks=[timer, Stopping()])
    with pytest.raises((error, SystemExit)):
        run.fit(Timed.by(clock), interval_data())
    assert timer.train_s == STEPS + 4
    assert timer.epoch_s == 4
    wall_s = timer.wall_s
    clock.pass_by()
    assert (timer.wall_s, timer.train_s) == (wall_s, STEPS + 4)


def test_step_that_fails_counts_up_to_its_failure(tmp_path: Path) -> None:
    clock = Clock()
    timer = TrainingTimer(clock)

    class Failing(Timed):
        def training_step(self, batch: Any, batch_idx: int) -> Tensor:
            loss = super().training_step(batch, batch_idx)
            if batch_idx == 2:
                clock.pass_by(0.5)
                raise LookupError
            return loss

    with pytest.raises(LookupError):
        quiet_trainer(tmp_path, callbacks=[timer]).fit(Failing.by(clock), interval_data())
    assert timer.train_s == 3.5


def test_real_time_agrees_with_the_profilers(mnist_root: str, tmp_path: Path) -> None:
    seed_everything(0, verbose=False)
    profiler, timer = SimpleProfiler(), TrainingTimer()
    run = quiet_trainer(
        tmp_path,
        callbacks=[timer],
        profiler=profiler,
        max_epochs=1,
        limit_train_batches=100,
        limit_val_batches=1,
        log_every_n_steps=50,
    )
    run.fit(CNN((1, 28, 28), 10), ClassificationDataModule(MNIST(mnist_root)))
    durations = profiler.recorded_durations["run_training_batch"]
    assert len(durations) == 100
    assert timer.train_s == pytest.approx(sum(durations), rel=0.05)
    assert timer.samples_per_s == pytest.approx(6400 / timer.train_s)
    assert timer.train_s < timer.wall_s
