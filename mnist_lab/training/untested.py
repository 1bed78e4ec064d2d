"""Runs that were trained to their end and broken off before their test was done."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

from mnist_lab.training.checkpoint_file import Checkpoint


def is_untested(checkpoint: Checkpoint, max_epochs: int | None) -> bool:
    """Return whether all that is left of the checkpoint's run is its test.

    Args:
        checkpoint: The last of a run.
        max_epochs: Where the training ends; None or -1: no such end.
    """
    record = checkpoint.record
    return record is not None and record.status in ("running", "interrupted") and checkpoint.has_ended(max_epochs)


def best_checkpoint(checkpoint: Checkpoint) -> Path:
    """Return the checkpoint of the best epoch: as the record names it, or the last one's own memory of it."""
    record = checkpoint.record
    if record is not None and record.best_checkpoint and (checkpoint.run / record.best_checkpoint).is_file():
        return checkpoint.run / record.best_checkpoint
    for state in checkpoint.content.get("callbacks", {}).values():
        name = PureWindowsPath(state.get("best_model_path") or "").name if isinstance(state, dict) else ""
        if isinstance(state, dict) and state.get("monitor") and (checkpoint.path.parent / name).is_file():
            return checkpoint.path.parent / name
    return checkpoint.path
