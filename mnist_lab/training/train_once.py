"""One training among several in one process: what ``compare`` and ``sweep`` repeat."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from lightning.pytorch import Callback, LightningModule, Trainer

from mnist_lab.errors import DivergedError
from mnist_lab.gpu import is_out_of_memory
from mnist_lab.language import say
from mnist_lab.runs.disturbance import disturbance
from mnist_lab.runs.record import RECORD_NAME, read_record, write_record
from mnist_lab.runs.run import Run, name_of
from mnist_lab.training.fit import FitResult, fit
from mnist_lab.training.training_cli import TrainingCLI


def train_once(
    args: Sequence[str],
    callbacks: Sequence[Callback] = (),
    *,
    made_by: str = "compare",
    stopped: Callable[[Run], None] | None = None,
) -> Run:
    """Train once, as ``lightning fit`` does, without a word on the terminal.

    A run that diverges or runs out of CUDA memory is a result like any other; its record says so.

    Args:
        args: What stands behind ``fit``, configs already resolved to paths.
        callbacks: More callbacks, such as one that reports each epoch.
        made_by: The command for which it is trained, ``compare`` or ``sweep``; for the record.
        stopped: Told of a run that the user stopped, before that goes on upwards.

    Raises:
        MnistLabError: The arguments make no sense, or the data cannot be had; nothing was trained.
        KeyboardInterrupt: The user stopped it.
    """
    place = _Folder()
    try:
        fit_config(TrainingCLI("fit", args, quiet=True), callbacks=[*callbacks, place], made_by=made_by, quiet=True)
    except KeyboardInterrupt:
        if stopped is not None and place.folder is not None and (place.folder / RECORD_NAME).is_file():
            stopped(_run_in(place.folder))
        raise
    except Exception as error:
        if place.folder is None or not (isinstance(error, DivergedError) or is_out_of_memory(error)):
            raise
    finally:
        gc.collect()
        if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
            torch.cuda.empty_cache()
    assert place.folder is not None, "such runs need a logger"
    return _run_in(place.folder)


def _run_in(folder: Path) -> Run:
    record = read_record(folder)
    return Run(folder, name_of(folder.resolve(), record), record)


def train_undisturbed(
    args: Sequence[str],
    callbacks: Sequence[Callback] = (),
    *,
    made_by: str = "compare",
    rejected: Callable[[Run], None] | None = None,
    stopped: Callable[[Run], None] | None = None,
) -> Run:
    """Train once, and once more where other programs had a part in the time; what counts is the run returned.

    The disturbed run stays where it is; its record says why it does not count. A second one that is disturbed as well
    counts, or on a machine that is never quiet there would be no end; the reports say so.

    Args:
        args: As ``train_once`` takes them.
        callbacks: Likewise.
        made_by: Likewise.
        rejected: Told of a run that does not count, before the next one begins.
        stopped: As ``train_once`` takes it.

    Raises:
        MnistLabError: Likewise.
        KeyboardInterrupt: Likewise.
    """
    run = train_once(args, callbacks, made_by=made_by, stopped=stopped)
    why = disturbance(run.record) if run.is_completed else None
    if why is None:
        return run
    run.record.status, run.record.message = "disturbed", why
    write_record(run.record, run.folder)
    if rejected is not None:
        rejected(run)
    line = say(
        "{run} is not counted, and trained once more: {why}.",
        "{run} は数に入れず、もう一度学習します：{why}。",
        run=run.name,
        why=why,
    )
    print(line, file=sys.stderr)
    return train_once(args, callbacks, made_by=made_by, stopped=stopped)


def fit_config(
    cli: TrainingCLI, *, callbacks: Sequence[Callback] = (), made_by: str = "fit", quiet: bool = False
) -> FitResult:
    """Train what a config has built.

    Args:
        cli: The config and what it has built.
        callbacks: More of them.
        made_by: The command for which it is trained.
        quiet: Print no tables.

    Raises:
        MnistLabError: Something the user can mend.
    """
    return fit(
        cli.trainer,
        cli.model,
        cli.datamodule,
        ckpt_path=cli.settings_of("ckpt_path"),
        weights_only=cli.settings_of("weights_only"),
        steps_per_execution=cli.settings_of("steps_per_execution"),
        threads=cli.settings_of("threads"),
        run_folder=cli.makes_run_folder,
        settings=cli.plain_settings(),
        callbacks=callbacks,
        made_by=made_by,
        quiet=quiet,
    )


class _Folder(Callback):
    """Notes where the run's folder is."""

    folder: Path | None = None

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Note the folder, which the trainer's logger has by now."""
        self.folder = Path(trainer.log_dir) if trainer.log_dir else None
