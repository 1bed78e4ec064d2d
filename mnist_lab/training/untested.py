"""Runs that were trained to their end and broken off before their test was done."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

from lightning.pytorch import Trainer

from mnist_lab.callbacks import RunRecorder
from mnist_lab.callbacks.run_logger import RunLogger
from mnist_lab.data import ClassificationDataModule
from mnist_lab.language import say
from mnist_lab.models import Classifier
from mnist_lab.seams.tensorboard_seam import writer_threads_say_nothing
from mnist_lab.training.checkpoint_file import Checkpoint
from mnist_lab.training.checkpoints import best_of, check_inside
from mnist_lab.training.final_test import test_and_finish
from mnist_lab.training.interruption import stopped_at_once
from mnist_lab.training.restoring import restored_from


def is_untested(checkpoint: Checkpoint, max_epochs: int | None) -> bool:
    """Return whether all that is left of the checkpoint's run is its test.

    Args:
        checkpoint: The last of a run.
        max_epochs: Where the training ends; None or -1: no such end.
    """
    record = checkpoint.record
    return record is not None and record.status in ("running", "interrupted") and checkpoint.has_ended(max_epochs)


def finish_untested(
    trainer: Trainer, model: Classifier, datamodule: ClassificationDataModule, checkpoint: Checkpoint, *, quiet: bool
) -> RunRecorder:
    """Test a run that was trained to its end, in its own folder, and complete its record.

    Args:
        trainer: As configured; it gets the run's own logger where it has none.
        model: Of the run.
        datamodule: Has the test set.
        checkpoint: The run's last.
        quiet: Print nothing.

    Raises:
        UsageError: The record names a best checkpoint outside the run's folder.
    """
    assert checkpoint.record is not None, "such a run has a record"
    best = _best(checkpoint)
    recorder = RunRecorder(checkpoint.record, folder=checkpoint.run)
    recorder.record.epochs = list(checkpoint.epochs)
    if checkpoint.epochs and checkpoint.epochs[-1].train_s is not None:
        recorder.record.train_s = checkpoint.epochs[-1].train_s
    if not trainer.loggers:
        run = checkpoint.run
        trainer.logger = RunLogger(run.parent.parent, run.parent.name, run.name, default_hp_metric=False)
    trainer.callbacks += [recorder]  # type: ignore[attr-defined]
    if trainer.is_global_zero and not quiet:
        print(
            say(
                "{folder} was trained to its end and not tested; now it is.",
                "{folder} は学習が終わっていてテストが済んでいなかったため、テストを行います。",
                folder=checkpoint.run,
            )
        )
    best = _best(checkpoint)
    with stopped_at_once(trainer), writer_threads_say_nothing(), restored_from(best):
        test_and_finish(trainer, model, datamodule, recorder, best, quiet=quiet)
    return recorder


def _best(checkpoint: Checkpoint) -> Path:
    """Return the checkpoint of the best epoch: as the record names it, or the last one's own memory of it."""
    record = checkpoint.record
    named = None if record is None else best_of(checkpoint.run, record)
    if named is not None:
        check_inside(checkpoint.run, named)
        return named
    for state in checkpoint.content.get("callbacks", {}).values():
        best = state.get("best_model_path") if isinstance(state, dict) and state.get("monitor") else None
        name = PureWindowsPath(best).name if isinstance(best, str) else ""
        if name and (checkpoint.path.parent / name).is_file():
            return checkpoint.path.parent / name
    return checkpoint.path
