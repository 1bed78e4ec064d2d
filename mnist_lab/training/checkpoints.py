"""Checkpoints: which are kept, and which one a command means."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lightning.pytorch import Callback, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint

from mnist_lab.callbacks import BestCheckpoint
from mnist_lab.errors import MnistLabError, UsageError
from mnist_lab.language import say
from mnist_lab.runs.record import RunRecord, read_record
from mnist_lab.runs.run_folder import run_names, runs_newest_first
from mnist_lab.runs.source_code import changed_files
from mnist_lab.runs.trained_on import (
    Difference,
    TrainedOn,
    code_differences,
    data_differences,
    model_differences,
    split_differences,
    trained_on_of,
)

NEWEST = ("last", "best")


def best_and_last() -> list[Callback]:
    """Return what keeps the epoch with the best validation accuracy, and the last epoch.

    ``ModelCheckpoint(save_last=True)`` would renew ``last.ckpt`` only in epochs that are the best so far.
    """
    return [BestCheckpoint(), ModelCheckpoint(filename="last", enable_version_counter=False)]


def last_checkpoint(trainer: Trainer) -> Path | None:
    """Return the ``last.ckpt`` of the trainer's run, None where it has not come to one."""
    written = (Path(kept.best_model_path) for kept in trainer.checkpoint_callbacks if isinstance(kept, ModelCheckpoint))
    return next((path for path in written if path.name == "last.ckpt" and path.is_file()), None)


def named_checkpoint(asked: str) -> Path:
    """Return the file that ``--ckpt_path`` names.

    Raises:
        UsageError: There is none.
    """
    if not Path(asked).is_file():
        raise UsageError(
            say(
                "--ckpt_path: there is no file '{asked}'; give a .ckpt file, 'last' or 'best'.",
                "--ckpt_path：ファイル '{asked}' がありません。.ckpt ファイルか 'last'、'best' を指定してください。",
                asked=asked,
            )
        )
    return Path(asked)


def newest_checkpoint(asked: str, root: Path, here: TrainedOn, location: str, stage: str) -> Path:
    """Return the checkpoint that ``last`` or ``best`` means: of the newest run of ``fit`` that is like this one.

    That is a run of the same model with the same settings on the same samples; the runs of a comparison or a sweep
    do not count, they can be named by their paths.

    Args:
        asked: ``last`` or ``best``.
        root: The log directory.
        here: What the config asks for.
        location: Where the data lie.
        stage: fit, validate, test or predict.

    Returns:
        Its file. Where all runs that are like this one but for that had other samples to train on, the newest of
        them: whatever must not take it says which options it was trained with. ``predict`` takes none of them.

    Raises:
        UsageError: There is no such checkpoint; the message says how the newest other run differs. Or the run's best
            lies elsewhere.
    """
    other: str | None = None
    edited: str | None = None
    cut_otherwise: tuple[Path, Path] | None = None
    names = run_names(here.model, here.data, location)
    for run in (run for name in names for run in runs_newest_first(root, name)):
        record = _record_of(run)
        path = None if record is None else _last_of(run) if asked == "last" else best_of(run, record)
        if record is None or path is None:
            continue
        why = why_not_like(record, here)
        if why is None and (samples := _other_samples(record, here, stage)):
            cut_otherwise = cut_otherwise or (run, path)
            why = _differs_in(samples)
        if why is None:
            check_inside(run, path)
            return path
        other = other or f"{run} {why}"
        edited = edited or _edited_since(run, record, path, here)
    if cut_otherwise and stage != "predict":
        check_inside(*cut_otherwise)
        return cut_otherwise[1]
    raise _no_checkpoint(asked, root / names[0], other, edited)


def _no_checkpoint(asked: str, folder: Path, other: str | None, edited: str | None) -> UsageError:
    hint = say("train first (lightning fit …)", "先に学習してください（lightning fit …）")
    if edited:
        hint = edited
    elif other:
        hint = say(
            "the newest, {other}; give its .ckpt file, or its settings",
            "最も新しい {other}。その .ckpt ファイルか設定を指定してください",
            other=other,
        )
    return UsageError(
        say(
            "--ckpt_path {asked}: no run of this model with these settings on these data in {folder} has left a "
            "checkpoint; {hint}.",
            "--ckpt_path {asked}：{folder} には、このモデルと設定、このデータで学習したチェックポイントが"
            "ありません。{hint}。",
            asked=asked,
            folder=folder,
            hint=hint,
        )
    )


def why_not_like(record: RunRecord, here: TrainedOn) -> str | None:
    """Return why a run does not count as one of the same kind as this, None where it does."""
    made_by = "sweep" if record.sweep is not None else record.made_by
    if made_by != "fit":
        return say("is one of a {command}", "は {command} の実行です", command=made_by)
    try:
        there = trained_on_of(record)
    except KeyError:
        return say("does not say what it was trained on", "には学習に使ったデータの記録がありません")
    found = [*model_differences(there, here), *data_differences(there, here)]
    return _differs_in(found) if found else None


def _other_samples(record: RunRecord, here: TrainedOn, stage: str) -> list[Difference]:
    """Return what makes the samples of a run others than these, as rows left out and another split do.

    Whether a sample trained or validated is nothing to ``predict``.
    """
    found = split_differences(trained_on_of(record), here)
    return [entry for entry in found if stage != "predict" or entry.option.startswith("data.source.")]


def _differs_in(differences: Sequence[Difference]) -> str:
    return say("differs in {differences}", "との違い：{differences}", differences="; ".join(map(str, differences)))


def _edited_since(run: Path, record: RunRecord, path: Path, here: TrainedOn) -> str | None:
    """Return what to do where one's own network was edited after a run, which is like this but for that; else None."""
    try:
        there = trained_on_of(record)
    except KeyError:
        return None
    found = [*model_differences(there, here), *data_differences(there, here)]
    files = [name for name in changed_files(there.code, here.code) if name in there.code and name in here.code]
    if not files or found != code_differences(there, here):
        return None
    return say(
        "{files} was edited since: {run} differs in {differences}; train again, or take the file as it "
        "was: --config {config} --ckpt_path {path}",
        "{files} はその後編集されています。{run} との違い：{differences}。もう一度学習するか、"
        "--config {config} --ckpt_path {path} で学習時のファイルを使ってください",
        files=", ".join(files),
        run=run,
        differences="; ".join(map(str, found)),
        config=run / "config.yaml",
        path=path,
    )


def _record_of(run: Path) -> RunRecord | None:
    try:
        return read_record(run)
    except MnistLabError:
        return None


def _last_of(run: Path) -> Path | None:
    path = run / "checkpoints" / "last.ckpt"
    return path if path.is_file() else None


def best_of(run: Path, record: RunRecord) -> Path | None:
    """Return the best checkpoint as a run's record names it, None where there is none."""
    path = None if record.best_checkpoint is None else run / record.best_checkpoint
    return path if path is not None and path.is_file() else None


def check_inside(run: Path, path: Path) -> None:
    """Make sure that a checkpoint is a run's own: whoever hands on a record must not choose the file that is loaded.

    Raises:
        UsageError: It lies elsewhere.
    """
    if not path.resolve().is_relative_to(run.resolve()):
        raise UsageError(
            say(
                "The record of {run} names as its best checkpoint {path}, which lies outside the run's folder and is "
                "not followed; if it is the one that you mean, give it as --ckpt_path.",
                "{run} の記録にある最良のチェックポイント {path} は、実行のフォルダの外にあるため使用しません。"
                "このファイルでよければ、--ckpt_path に直接指定してください。",
                run=run,
                path=path,
            )
        )
