"""One run, from its objects to its result: trains, validates, tests the best checkpoint, keeps the record."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import Callback, Trainer
from rich.console import Console

from mnist_lab.callbacks import BestCheckpoint, OwnCheckpoints, RunRecorder, TensorBoardPages
from mnist_lab.callbacks.run_logger import RunLogger
from mnist_lab.cli.folders import make_folder
from mnist_lab.cli.quiet import ignore_no_news
from mnist_lab.cli.tracebacks import tracebacks_in
from mnist_lab.data import ClassificationDataModule
from mnist_lab.errors import UsageError, reason_of
from mnist_lab.language import say
from mnist_lab.models import Classifier
from mnist_lab.models.forward_check import check_forward
from mnist_lab.models.hints import hints
from mnist_lab.models.losses import loss_name
from mnist_lab.models.summary import ModelSummary, render, summarize
from mnist_lab.runs.record import RunRecord
from mnist_lab.runs.run_folder import dated, reserve_folder, run_names
from mnist_lab.runs.trained_on import TrainedOn
from mnist_lab.seams.tensorboard_seam import writer_threads_say_nothing
from mnist_lab.training.checkpoint_checks import check_resumes
from mnist_lab.training.checkpoint_file import Checkpoint
from mnist_lab.training.checks import check_training
from mnist_lab.training.data_notes import say_source_note, say_value_notes
from mnist_lab.training.epoch_lines import EpochLines
from mnist_lab.training.final_test import test_and_finish
from mnist_lab.training.forecast_warning import line_past_limit
from mnist_lab.training.headline import headline_settings
from mnist_lab.training.interruption import stopped_at_once
from mnist_lab.training.length_checks import check_length
from mnist_lab.training.model_class import is_ones_own
from mnist_lab.training.preparation import announce, prepare
from mnist_lab.training.restoring import restored_from
from mnist_lab.training.run_facts import device_facts, settings_of, versions
from mnist_lab.training.steps import choose_steps
from mnist_lab.training.threads import Threads, check_threads, choose_threads, computing_with, faster_number
from mnist_lab.training.untested import finish_untested, is_untested
from mnist_lab.training.user_modules import code_of
from mnist_lab.training.whole_checkpoints import write_checkpoints_whole


@dataclass(frozen=True)
class FitResult:
    """A run that was trained and tested to its end."""

    record: RunRecord
    folder: Path | None
    """The run's folder; None without a logger."""


def fit(
    trainer: Trainer,
    model: Classifier,
    datamodule: ClassificationDataModule,
    *,
    ckpt_path: str | None = None,
    weights_only: bool | None = None,
    steps_per_execution: int | None = None,
    threads: Threads | None = None,
    run_folder: bool = True,
    settings: Mapping[str, Any] | None = None,
    callbacks: Sequence[Callback] = (),
    made_by: str = "fit",
    quiet: bool = False,
) -> FitResult:
    """Train, validate after each epoch, and test the best checkpoint.

    The run's folder is made only when everything that can be wrong has been looked at.

    Args:
        trainer: Lightning's; what it has of this package's callbacks (timer, guard, checkpoints) is used.
        model: To be trained.
        datamodule: Gives the batches of all splits.
        ckpt_path: Checkpoint to go on from: a path, ``last`` or ``best``; None: start afresh.
        weights_only: As ``Trainer.fit`` takes it.
        steps_per_execution: Optimizer steps to one call of Lightning's loop; None: the trainer's ``log_every_n_steps``.
        threads: Threads that PyTorch computes with on the CPU; ``auto``: the fastest number in a short probe; None: its
            own number. A run that goes on keeps its number.
        run_folder: Make ``<log dir>/<model>-<data>/<date>_<time>`` with TensorBoard's files, where the trainer has no
            logger of its own.
        settings: The whole configuration as plain values, for the record; None: read off the objects.
        callbacks: More of them, which come last.
        made_by: The command for which it is trained: fit, compare or sweep.
        quiet: Print no tables.

    Raises:
        MnistLabError: Something the user can mend.
        KeyboardInterrupt: The user stopped it; the record says so.
    """
    known = _checked_settings(trainer, model, datamodule, settings, threads)
    here, checkpoint = prepare(trainer, model, datamodule, known, ckpt_path, "fit")
    _say_data_notes(trainer, datamodule, quiet=quiet)
    if checkpoint is not None and is_untested(checkpoint, trainer.max_epochs):
        recorder = finish_untested(trainer, model, datamodule, checkpoint, quiet=quiet)
        return FitResult(recorder.record, recorder.folder)
    if checkpoint is not None:
        _go_on(trainer, model, checkpoint)
    check_length(trainer, model, datamodule, quiet=quiet)
    makes_folder = _makes_folder(trainer, run_folder)
    choose_steps(trainer, model, datamodule, steps_per_execution, quiet=quiet)
    before = None if checkpoint is None else checkpoint.record
    used_threads = choose_threads(threads, trainer, model, datamodule, before, quiet=quiet)
    layers = summarize(model.shown_network(), here.model, datamodule.input_shape, datamodule.batch_size)
    _show(trainer, model, datamodule, layers, steps_per_execution, quiet=quiet)
    _choose_places(trainer, datamodule, here, makes_folder=makes_folder, quiet=quiet)
    recorder = RunRecorder(_begun(trainer, model, datamodule, known, layers, checkpoint, made_by), here)
    _let_record(trainer, model, datamodule, recorder, callbacks, quiet=quiet)
    _train(trainer, model, datamodule, recorder, checkpoint, weights_only, used_threads, quiet=quiet)
    _say_faster_number(trainer, model, datamodule, recorder.record, quiet=quiet)
    return FitResult(recorder.record, recorder.folder)


def _checked_settings(
    trainer: Trainer,
    model: Classifier,
    datamodule: ClassificationDataModule,
    settings: Mapping[str, Any] | None,
    threads: Threads | None,
) -> dict[str, Any]:
    """Return the configuration as plain values, once the model and what it is trained with have been looked at."""
    if settings is None and is_ones_own(model.network_class()):  # else the config's parser has tried it
        check_forward(model.shown_network(), datamodule.input_shape, model.num_classes)
    known = settings_of(trainer, model, datamodule) if settings is None else dict(settings)
    check_training(trainer, model, known)
    check_threads(threads)
    return known


def _say_data_notes(trainer: Trainer, datamodule: ClassificationDataModule, *, quiet: bool) -> None:
    if trainer.is_global_zero and not quiet:
        say_source_note(datamodule)
        say_value_notes(datamodule)


def _makes_folder(trainer: Trainer, run_folder: bool) -> bool:
    """Return whether the run gets a folder of its own; if so, the one for all runs is there afterwards."""
    if not run_folder or trainer.loggers or trainer.fast_dev_run:  # type: ignore[attr-defined]
        return False
    make_folder(Path(trainer.default_root_dir), "trainer.default_root_dir")
    return True


def _train(
    trainer: Trainer,
    model: Classifier,
    datamodule: ClassificationDataModule,
    recorder: RunRecorder,
    checkpoint: Checkpoint | None,
    weights_only: bool | None,
    threads: int | None,
    *,
    quiet: bool,
) -> None:
    """Train and test, with all that has to stand around both; the recorder is among the trainer's callbacks."""
    if recorder.record.settings["trainer"].get("deterministic") is None:
        torch.backends.cudnn.deterministic = True
    write_checkpoints_whole(trainer)
    resumed_from = None if checkpoint is None else checkpoint.path
    log_dir = trainer.logger.log_dir if trainer.logger else None
    with (
        computing_with(threads),
        stopped_at_once(trainer),
        tracebacks_in(Path(log_dir) if log_dir else None),
        writer_threads_say_nothing(),
        warnings.catch_warnings(),
    ):
        ignore_no_news()
        with restored_from(resumed_from):
            trainer.fit(model, datamodule=datamodule, ckpt_path=resumed_from, weights_only=weights_only)
        if not trainer.fast_dev_run:  # type: ignore[attr-defined]
            best = getattr(trainer.checkpoint_callback, "best_model_path", "") or None
            with restored_from(Path(best) if best else None):
                test_and_finish(trainer, model, datamodule, recorder, best, quiet=quiet)


def _show(
    trainer: Trainer,
    model: Classifier,
    datamodule: ClassificationDataModule,
    layers: ModelSummary,
    steps_per_execution: int | None,
    *,
    quiet: bool,
) -> None:
    """Print the layers, what one's own network does in vain, and a forecast that is past the memory's limit."""
    if quiet or not trainer.is_global_zero:
        return
    Console(highlight=False).print(render(layers))
    if is_ones_own(model.network_class()):
        for hint in hints(model.shown_network(), datamodule.input_shape, loss_name(model.loss)):
            print(say("Hint: {hint}", "ヒント：{hint}", hint=hint))
    if line := line_past_limit(trainer, model, datamodule, layers, steps_per_execution):
        print(line, file=sys.stderr)


def _say_faster_number(
    trainer: Trainer, model: Classifier, datamodule: ClassificationDataModule, record: RunRecord, *, quiet: bool
) -> None:
    """Say which other number of threads would be much faster, where one would."""
    if trainer.is_global_zero and not quiet and (line := faster_number(record, trainer, model, datamodule)):
        print(line)


def _let_record(
    trainer: Trainer,
    model: Classifier,
    datamodule: ClassificationDataModule,
    recorder: RunRecorder,
    callbacks: Sequence[Callback],
    *,
    quiet: bool,
) -> None:
    """Give the trainer the callbacks that keep and show what is trained, in the order in which they have to run."""
    headline = headline_settings(recorder.record.settings, model.network_class(), type(datamodule.source))
    trainer.callbacks += [OwnCheckpoints(), TensorBoardPages({"settings": headline}), recorder, *callbacks]  # type: ignore[attr-defined]
    if not quiet and trainer.progress_bar_callback is None:
        trainer.callbacks.append(EpochLines(recorder.record))  # type: ignore[attr-defined]


def _go_on(trainer: Trainer, model: Classifier, checkpoint: Checkpoint) -> None:
    """Say from which checkpoint training goes on, if it can, and let the best epoch so far come along."""
    check_resumes(checkpoint, trainer, model)
    announce(trainer, checkpoint)
    for callback in trainer.callbacks:  # type: ignore[attr-defined]
        if isinstance(callback, BestCheckpoint):
            callback.go_on_from(checkpoint.path)


def _choose_places(
    trainer: Trainer, datamodule: ClassificationDataModule, here: TrainedOn, *, makes_folder: bool, quiet: bool
) -> None:
    """Give the run a folder, or where the trainer logs nothing at least a place for its checkpoints."""
    name = run_names(here.model, here.data, datamodule.used_source.location)[0]
    if makes_folder:
        trainer.logger = _new_run(trainer, name)
    elif not trainer.loggers and not trainer.fast_dev_run:  # type: ignore[attr-defined]
        _keep_checkpoints_apart(trainer, name, quiet=quiet)


def _new_run(trainer: Trainer, name: str) -> RunLogger:
    """Return the logger of a new run.

    Raises:
        UsageError: Its folder cannot be made.
    """
    root = Path(trainer.default_root_dir)
    return RunLogger(root, name, _reserved(trainer, root / name).name, default_hp_metric=False)


def _keep_checkpoints_apart(trainer: Trainer, name: str, *, quiet: bool) -> None:
    """Give a run without a logger a folder for its checkpoints: in Lightning's own the next run would overwrite them.

    Raises:
        UsageError: It cannot be made.
    """
    kept = [callback for callback in trainer.checkpoint_callbacks if getattr(callback, "dirpath", "") is None]
    if not kept:
        return
    folder = _reserved(trainer, Path(trainer.default_root_dir) / name) / "checkpoints"
    for callback in kept:
        callback.dirpath = str(folder)  # type: ignore[attr-defined]
    if trainer.is_global_zero and not quiet:
        print(say("Checkpoints go to {folder}.", "チェックポイントの保存先：{folder}", folder=folder))


def _reserved(trainer: Trainer, parent: Path) -> Path:
    """Return a new folder for a run, which the first of several processes reserves.

    Raises:
        UsageError: It cannot be made.
    """
    version = dated(datetime.now())
    if trainer.is_global_zero:
        try:
            version = reserve_folder(parent, version).name
        except OSError as error:
            raise UsageError(
                say(
                    "trainer.default_root_dir: no folder can be made in {parent}: {why}; name another.",
                    "trainer.default_root_dir：{parent} にフォルダを作成できません：{why}。"
                    "別の場所を指定してください。",
                    parent=parent,
                    why=reason_of(error),
                )
            ) from error
    return parent / version


def _begun(
    trainer: Trainer,
    model: Classifier,
    datamodule: ClassificationDataModule,
    settings: dict[str, Any],
    layers: ModelSummary,
    checkpoint: Checkpoint | None,
    made_by: str,
) -> RunRecord:
    """Return the record with all that is known before the start."""
    return RunRecord(
        model=model.network_class().__name__,
        data=datamodule.describe().to_dict(),
        settings=settings,
        parameters=layers.parameters,
        layers=[asdict(row) for row in layers.rows],
        versions=versions(),
        device=device_facts(trainer.strategy.root_device, str(trainer.precision)),
        started=datetime.now().astimezone().isoformat(timespec="seconds"),
        resumed_from=None if checkpoint is None else str(checkpoint.path),
        made_by=made_by,
        code=code_of(model.network_class()),
        epochs=[] if checkpoint is None else list(checkpoint.epochs),
    )
