"""A checkpoint's file, read once: its weights, and what they were trained on."""

from __future__ import annotations

import pickle
import warnings
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from mnist_lab.errors import MnistLabError, reason_of
from mnist_lab.language import say
from mnist_lab.runs.record import EPOCHS, EpochRecord, RunRecord, epochs_from, read_record
from mnist_lab.runs.trained_on import TRAINED_ON, TrainedOn, trained_on_from, trained_on_of
from mnist_lab.training.checkpoint_content import strange_content
from mnist_lab.training.restoring import strange_checkpoint


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint's file holds."""

    path: Path
    content: dict[str, Any]
    trained_on: TrainedOn | None
    """As the file says, or the record of the run in whose folder it lies; None where neither does."""
    run: Path
    """The folder of the run that has left it, where it still lies there."""
    record: RunRecord | None
    """Of that run; None where there is none."""
    epochs: list[EpochRecord]
    """All that the training has behind it, those before an earlier resume included."""

    @property
    def ended_an_epoch(self) -> bool:
        """Whether it was written after an epoch's last step, not amid its steps."""
        progress = self.content.get("loops", {}).get("fit_loop", {}).get("epoch_loop.batch_progress")
        return isinstance(progress, dict) and bool(progress.get("is_last_batch"))

    def has_ended(self, max_epochs: int | None) -> bool:
        """Return whether so many epochs are done; None or -1 stand for no such number."""
        done = int(self.content["epoch"]) + 1
        return max_epochs not in (None, -1) and done >= max_epochs and self.ended_an_epoch

    @property
    def config(self) -> Path | None:
        """The config that the run has left beside it."""
        path = self.path.parent.parent / "config.yaml"
        return path if path.is_file() else None


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint, without running anything that a file may hold.

    Raises:
        MnistLabError: The file is damaged, or no Lightning checkpoint.
    """
    content = _load(path)
    run = path.parent.parent
    try:
        record = read_record(run)
    except MnistLabError:
        record = None
    return Checkpoint(path, content, _trained_on(content, record), run, record, _epochs(content, record))


def _trained_on(content: dict[str, Any], record: RunRecord | None) -> TrainedOn | None:
    """Return what the checkpoint says, or its run's record, where version 0.1.0 said it."""
    try:
        of_record = trained_on_of(record) if record else None
        said = content.get(TRAINED_ON)
        if not said:
            return of_record
        found = trained_on_from(said)
        return replace(found, training=of_record.training) if of_record and found.training is None else found
    except (KeyError, TypeError, AttributeError):
        return None


def _epochs(content: dict[str, Any], record: RunRecord | None) -> list[EpochRecord]:
    """Return the epochs behind the checkpoint; the record of its run knows their training scores as well."""
    try:
        kept = epochs_from(content.get(EPOCHS, []))
        last = int(content["epoch"])
    except (KeyError, TypeError, AttributeError, ValueError):
        return []
    of_record = {epoch.epoch: epoch for epoch in record.epochs if epoch.epoch <= last} if record else {}
    return sorted(({epoch.epoch: epoch for epoch in kept} | of_record).values(), key=lambda epoch: epoch.epoch)


def _load(path: Path) -> dict[str, Any]:
    try:
        # torch.load does not look at the checksums that it writes: changed weights would pass for sound ones.
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as parts:
                damaged = parts.testzip()
            if damaged:
                raise MnistLabError(
                    say(
                        "--ckpt_path: {path} is damaged (in its part {part}); {way_out}.",
                        "--ckpt_path：{path} は壊れています（{part} の部分）。{way_out}。",
                        path=path,
                        part=damaged,
                        way_out=_way_out(path),
                    )
                )
        with warnings.catch_warnings():
            # What torch warns of is a file that it then refuses, which is said in one line.
            warnings.simplefilter("ignore", UserWarning)
            checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        # torch's own message advises weights_only=False, which would run whatever code the file holds.
        raise MnistLabError(
            say(
                "--ckpt_path: {path} is damaged or no checkpoint; {way_out}.",
                "--ckpt_path：{path} は壊れているか、チェックポイントではありません。{way_out}。",
                path=path,
                way_out=_way_out(path),
            )
        ) from error
    except (RuntimeError, zipfile.BadZipFile, EOFError, OSError, ValueError, KeyError) as error:
        raise MnistLabError(
            say(
                "--ckpt_path: {path} cannot be read as a checkpoint ({why}); {way_out}.",
                "--ckpt_path：{path} をチェックポイントとして読み込めません（{why}）。{way_out}。",
                path=path,
                why=_why_unread(error, path),
                way_out=_way_out(path),
            )
        ) from error
    if not isinstance(checkpoint, dict) or "state_dict" not in checkpoint:
        alone = isinstance(checkpoint, dict) and all(isinstance(value, torch.Tensor) for value in checkpoint.values())
        lacking = (
            say("it holds weights alone", "重みしか含まれていません")
            if alone and checkpoint
            else say("it has no state_dict", "state_dict がありません")
        )
        raise MnistLabError(
            say(
                "--ckpt_path: {path} is no Lightning checkpoint ({why}); give another.",
                "--ckpt_path：{path} は Lightning のチェックポイントではありません（{why}）。"
                "別のファイルを指定してください。",
                path=path,
                why=lacking,
            )
        )
    if why := strange_content(checkpoint):
        raise strange_checkpoint(path, why)
    return checkpoint


def _why_unread(error: Exception, path: Path) -> str:
    """Return why a file is no checkpoint; what torch and pickle say of one is about their own code."""
    if isinstance(error, OSError) and error.filename is not None:
        return reason_of(error)
    if path.stat().st_size == 0:
        return say("it is empty", "空のファイルです")
    return say(
        "it is damaged, cut short, or something else", "壊れているか、途中で切れているか、別の種類のファイルです"
    )


def _way_out(path: Path) -> str:
    """Return what to give in place of a file that cannot be read: the run's best, where it was its last."""
    if path.stem == "last":
        return say(
            "give another, such as --ckpt_path best or a file beside it",
            "--ckpt_path best や同じフォルダの別のファイルなどを指定してください",
        )
    return say("give another", "別のファイルを指定してください")
