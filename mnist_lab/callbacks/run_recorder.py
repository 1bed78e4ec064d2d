"""Writes the run's record after each epoch and at its end, however it ends."""

from __future__ import annotations

import contextlib
import math
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.trainer.states import TrainerFn
from lightning.pytorch.utilities.exceptions import SIGTERMException

from mnist_lab.atomic_write import HeldError
from mnist_lab.callbacks.training_timer import TrainingTimer
from mnist_lab.errors import DivergedError, MnistLabError, Terminated, first_line
from mnist_lab.gpu import explanation, is_out_of_memory
from mnist_lab.language import say
from mnist_lab.runs.processor_load import EpochLoad
from mnist_lab.runs.record import EPOCHS, RECORD_NAME, EpochRecord, RunRecord, with_epoch, write_record
from mnist_lab.runs.record_kinds import Status
from mnist_lab.runs.source_code import keep_code
from mnist_lab.runs.trained_on import TRAINED_ON, TrainedOn


class RunRecorder(Callback):
    """Keeps ``record.json`` in the logger's folder up to date; without a logger there is no folder and no file.

    The training scores of an epoch are logged after every callback's ``on_train_epoch_end``, so an epoch is taken down
    at the next hook: the following epoch's start, or the end of training.
    """

    def __init__(self, record: RunRecord, trained_on: TrainedOn | None = None, folder: Path | None = None) -> None:
        """Take the record with all that is known before the start.

        Args:
            record: Filled in from now on.
            trained_on: Kept in every checkpoint, so that it is not taken for one of other data later.
            folder: The run's, where it is known before training starts.
        """
        self.record = record
        self._trained_on = trained_on
        self._pending: tuple[int, int, EpochLoad] | None = None
        self._validated = False
        self._has_written = False
        self.folder = folder
        """The run's folder; known once training has started."""

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write down that the run is under way."""
        self.folder = Path(trainer.log_dir) if trainer.loggers and trainer.log_dir else None
        # What a callback, or the user's own program, has made of it since the record was begun.
        self.record.device["threads"] = torch.get_num_threads()
        self._write(trainer)
        if self.folder is not None and trainer.is_global_zero:
            keep_code(self.record.code, self.folder)

    def on_save_checkpoint(self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]) -> None:
        """Leave in the checkpoint what it was trained on, and the epochs so far: a resumed run's record has them all.

        The epoch at whose end it is written has no training scores yet.
        """
        if self._trained_on is not None:
            checkpoint[TRAINED_ON] = self._trained_on.to_dict()
        epochs = list(self.record.epochs)
        if trainer.state.fn == TrainerFn.FITTING and trainer.is_last_batch and not trainer.sanity_checking:
            here = trainer.current_epoch, trainer.global_step, _load(trainer)
            epochs = with_epoch(epochs, self._epoch(trainer, *here))
        checkpoint[EPOCHS] = [asdict(epoch) for epoch in epochs]

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Take down the epoch before this one."""
        self._take_epoch(trainer)
        self._write(trainer)

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Remember that the validation scores are this epoch's; Lightning keeps them until the next validation."""
        self._validated = not trainer.sanity_checking

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Remember that an epoch waits to be taken down."""
        self._pending = (trainer.current_epoch, trainer.global_step, _load(trainer))

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Take down the last epoch."""
        self._take_epoch(trainer)
        self._write(trainer)

    def on_test_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Take down the test scores."""
        self.record.test_loss = _metric(trainer, "test/loss")
        self.record.test_accuracy = _metric(trainer, "test/accuracy")
        self._write(trainer)

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Take down what is known, and why the run ended."""
        self._take_epoch(trainer)
        status, message = describe_end(exception)
        # What ended the run is what the user has to know, not that a full disk or no folder holds no record either.
        with contextlib.suppress(OSError, MnistLabError):
            self.finish(trainer, status, message)

    def finish(self, trainer: Trainer, status: Status, message: str | None = None) -> None:
        """Write the record for the last time.

        Args:
            trainer: The trainer of the run.
            status: How it ended.
            message: Why, when it was not completed.
        """
        self.record.status = status
        self.record.message = message
        self.record.ended = datetime.now().astimezone().isoformat(timespec="seconds")
        self._write(trainer)

    def _take_epoch(self, trainer: Trainer) -> None:
        if self._pending is None:
            return
        epoch, steps, load = self._pending
        self._pending = None
        # An epoch that fails at its very end has not logged its training scores; those of the one before stand there.
        ended = trainer.fit_loop.epoch_progress.current.completed > epoch
        self.record.epochs = with_epoch(
            self.record.epochs, self._epoch(trainer, epoch, steps, load, timed=True, scored=ended)
        )
        self._validated = False

    def _epoch(
        self, trainer: Trainer, epoch: int, steps: int, load: EpochLoad, *, timed: bool = False, scored: bool = False
    ) -> EpochRecord:
        """Return what is known of an epoch: times and training scores as logged, where they have been logged."""
        timer = _timer(trainer)
        return EpochRecord(
            epoch=epoch,
            steps=steps,
            epoch_s=_metric(trainer, "time/epoch_s") if timed or not timer else timer.epoch_s,
            train_s=timer.train_s if timer else None,
            wall_s=_metric(trainer, "time/wall_s") if timed or not timer else timer.wall_s,
            samples_per_s=_metric(trainer, "time/samples_per_s") if timed else None,
            train_loss=_metric(trainer, "train/loss") if scored else None,
            train_accuracy=_metric(trainer, "train/accuracy") if scored else None,
            val_loss=_metric(trainer, "val/loss") if self._validated else None,
            val_accuracy=_metric(trainer, "val/accuracy") if self._validated else None,
            others_cpu=load.others_cpu,
            waited_s=load.waited_s,
        )

    def _write(self, trainer: Trainer) -> None:
        timer = _timer(trainer)
        if timer and trainer.state.fn == TrainerFn.FITTING:
            self.record.train_s, self.record.wall_s = timer.train_s, timer.wall_s
        if self.folder is None or not trainer.is_global_zero:
            return
        if self._has_written and not (self.folder / RECORD_NAME).is_file():
            raise MnistLabError(
                say(
                    "The run's record {file} is gone: the file or its folder was removed or moved while the run went "
                    "on, so it ends here; train again, and leave the folder as it is until the end.",
                    "実行中に記録 {file} が、またはそのフォルダが、削除または移動されたため、ここで終了します。もう一度"
                    "学習し、終わるまでフォルダをそのままにしておいてください。",
                    file=self.folder / RECORD_NAME,
                )
            )
        if trainer.state.fn == TrainerFn.FITTING:
            self.record.best_checkpoint = _best_checkpoint(trainer, self.folder)
        # A file that another program holds is written again after the next epoch.
        with contextlib.suppress(HeldError):
            write_record(self.record, self.folder)
            self._has_written = True


def describe_end(exception: BaseException) -> tuple[Status, str]:
    """Return how a run that raised ``exception`` ended, and why in one line."""
    message = first_line(exception)
    if isinstance(exception, Terminated | SIGTERMException):
        return "interrupted", "Stopped by the system (SIGTERM)."
    if isinstance(exception, KeyboardInterrupt):
        return "interrupted", "Stopped from the keyboard."
    if isinstance(exception, DivergedError):
        return "diverged", message
    if is_out_of_memory(exception):
        return "out_of_memory", explanation(exception)
    return "failed", message


def _metric(trainer: Trainer, name: str) -> float | None:
    value = trainer.callback_metrics.get(name)
    if value is None:
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def _timer(trainer: Trainer) -> TrainingTimer | None:
    callbacks: list[Any] = list(getattr(trainer, "callbacks", []))
    return next((callback for callback in callbacks if isinstance(callback, TrainingTimer)), None)


def _load(trainer: Trainer) -> EpochLoad:
    timer = _timer(trainer)
    return timer.load.so_far if timer else EpochLoad()


def _best_checkpoint(trainer: Trainer, folder: Path) -> str | None:
    callback = trainer.checkpoint_callback
    if not isinstance(callback, ModelCheckpoint) or not callback.best_model_path:
        return None
    path = Path(callback.best_model_path)
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return str(path)
