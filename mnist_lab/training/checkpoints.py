"""Checkpoints: which are kept, which one a command means, and whether it fits the configured model."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule
from lightning.pytorch.callbacks import ModelCheckpoint

from mnist_lab.errors import MnistLabError, UsageError, first_line
from mnist_lab.runs.record import read_record
from mnist_lab.runs.run_folder import run_name, runs_newest_first
from mnist_lab.training.optimizers import optimization_of

NEWEST = ("last", "best")


def best_and_last() -> list[Callback]:
    """Return what keeps the epoch with the best validation accuracy, and the last epoch.

    ``ModelCheckpoint(save_last=True)`` would renew ``last.ckpt`` only in epochs that are the best so far.
    """
    best = ModelCheckpoint(
        filename="epoch={epoch}-val_accuracy={val/accuracy:.4f}",
        auto_insert_metric_name=False,
        monitor="val/accuracy",
        mode="max",
    )
    return [best, ModelCheckpoint(filename="last", enable_version_counter=False)]


def find_checkpoint(asked: str, root: Path, model: str, data: str) -> Path:
    """Return the file that ``--ckpt_path`` means.

    Args:
        asked: A path; ``last`` or ``best``: of the newest run of this model on this data that has one.
        root: The log directory.
        model: Name of the model's class.
        data: Name of the data in use.

    Raises:
        UsageError: There is no such checkpoint.
    """
    if asked not in NEWEST:
        if not Path(asked).is_file():
            raise UsageError(f"--ckpt_path: there is no file '{asked}'; give a .ckpt file, 'last' or 'best'.")
        return Path(asked)
    name = run_name(model, data)
    for run in runs_newest_first(root, name):
        found = _last_of(run) if asked == "last" else _best_of(run)
        if found is not None:
            return found
    raise UsageError(
        f"--ckpt_path {asked}: no run in {root / name} has left a checkpoint; train first "
        "(lightning fit --config …) or give a .ckpt file."
    )


def check_fits(path: Path, model: LightningModule) -> None:
    """Make sure that the checkpoint's weights are those of this model.

    Raises:
        UsageError: It is the checkpoint of another model.
        MnistLabError: The file is damaged, or no Lightning checkpoint.
    """
    checkpoint = _load(path)
    hyper_parameters: dict[str, Any] = checkpoint.get("hyper_parameters") or {}
    made_by = str(hyper_parameters.get("_class_path", "")).rpartition(".")[2]
    name = type(model).__name__
    beside = path.parent.parent / "config.yaml"
    remedy = f"Use the config it was made with ({beside})." if beside.is_file() else "Use the config it was made with."
    if made_by and made_by != name:
        raise UsageError(f"--ckpt_path: {path} is a checkpoint of {made_by}, the config says {name}. {remedy}")
    weights = {key: tuple(value.shape) for key, value in checkpoint["state_dict"].items() if hasattr(value, "shape")}
    wanted = {key: tuple(value.shape) for key, value in model.state_dict().items()}
    if weights == wanted:
        return
    differing = next(key for key in [*wanted, *weights] if weights.get(key) != wanted.get(key))
    raise UsageError(
        f"--ckpt_path: {path} is a checkpoint of another {name}: {differing} is {_shape(weights.get(differing))} "
        f"there and {_shape(wanted.get(differing))} here. {remedy}"
    )


def check_resumes(path: Path, model: LightningModule, max_epochs: int | None) -> None:
    """Make sure that training can go on from the checkpoint.

    Args:
        path: Of a checkpoint that fits the model.
        model: With the optimizer that the command line chose.
        max_epochs: Where the run shall end; None or -1: no such end.

    Raises:
        UsageError: It was written by another optimizer, or the training that is asked for is done.
    """
    checkpoint = _load(path)
    states = checkpoint.get("optimizer_states") or []
    if not states:
        raise UsageError(f"--ckpt_path: {path} holds weights only, no optimizer; training cannot go on from it.")
    optimization = optimization_of(model)
    if optimization is None:
        return
    optimizer = optimization.optimizer
    # A schedule adds initial_lr.
    there, here = set(states[0]["param_groups"][0]) - {"initial_lr"}, set(optimizer.param_groups[0]) - {"initial_lr"}
    if there != here:
        raise UsageError(
            f"--ckpt_path: {path} was written by another optimizer than {type(optimizer).__name__} (their settings "
            f"differ in {', '.join(sorted(here ^ there))}); give --optimizer the one it was made with."
        )
    done = int(checkpoint["epoch"]) + 1
    if max_epochs not in (None, -1) and done >= max_epochs and _ended_an_epoch(checkpoint):
        raise UsageError(
            f"--ckpt_path: {path} has {done} epochs behind it and --trainer.max_epochs is {max_epochs}; "
            "there is nothing left to train. Raise --trainer.max_epochs."
        )


def _ended_an_epoch(checkpoint: dict[str, Any]) -> bool:
    """Say whether the checkpoint was written after an epoch's last step, not amid its steps."""
    progress = checkpoint["loops"]["fit_loop"]["epoch_loop.batch_progress"]
    return bool(progress["is_last_batch"])


def _load(path: Path) -> dict[str, Any]:
    try:
        # torch.load does not look at the checksums that it writes: changed weights would pass for sound ones.
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as parts:
                damaged = parts.testzip()
            if damaged:
                raise MnistLabError(f"--ckpt_path: {path} is damaged (in its part {damaged}); give another.")
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        # torch's own message advises weights_only=False, which would run whatever code the file holds.
        raise MnistLabError(f"--ckpt_path: {path} is damaged or no checkpoint; give another.") from error
    except (RuntimeError, zipfile.BadZipFile, EOFError, OSError, ValueError, KeyError) as error:
        raise MnistLabError(
            f"--ckpt_path: {path} cannot be read as a checkpoint ({first_line(error)}); give another."
        ) from error
    if not isinstance(checkpoint, dict) or "state_dict" not in checkpoint:
        raise MnistLabError(f"--ckpt_path: {path} is no Lightning checkpoint (it has no state_dict); give another.")
    return checkpoint


def _last_of(run: Path) -> Path | None:
    path = run / "checkpoints" / "last.ckpt"
    return path if path.is_file() else None


def _best_of(run: Path) -> Path | None:
    try:
        recorded = read_record(run).best_checkpoint
    except MnistLabError:
        return None
    path = None if recorded is None else run / recorded
    return path if path is not None and path.is_file() else None


def _shape(shape: tuple[int, ...] | None) -> str:
    return "missing" if shape is None else "×".join(str(side) for side in shape) or "a number"
