"""Keeps a resumed training from deleting files that are not its own, whatever its checkpoint remembers as such."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint

from mnist_lab.language import say

_FILE_SYSTEM = "://"  # of an address such as s3://bucket/run, as fsspec reads it


class OwnCheckpoints(Callback):
    """Has each restored ModelCheckpoint forget files outside its own folder.

    Lightning deletes the files that a ModelCheckpoint remembers, once there are better ones. It looks at how their
    paths begin, so that ``folder/../../other`` counts as inside; and what is named with a file system, such as
    ``local:///other``, it deletes wherever that lies, a folder with all that is in it.
    """

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Look at what has been restored by now, before anything is written."""
        for callback in trainer.checkpoint_callbacks:
            if not isinstance(callback, ModelCheckpoint) or (strange := next(_strange(callback), None)) is None:
                continue
            if trainer.is_global_zero and not _is_of_a_former_run(callback):
                sys.stderr.write(
                    say(
                        "The checkpoint remembers as files of its run what cannot be that ({strange}); they are left "
                        "alone, and the best of the epochs from here on counts.\n",
                        "チェックポイントに、この実行のファイルではありえないもの（{strange}）が記録されています。"
                        "それらには触れず、ここから先のエポックの中で最良のものを使います。\n",
                        strange=strange,
                    )
                )
            _forget(callback)


def _strange(callback: ModelCheckpoint) -> Iterator[str]:
    """Yield what a callback cannot remember of files in its own folder: other paths, scores that are none."""
    scores: Any = callback.best_k_models
    if not isinstance(scores, dict):
        yield repr(scores)
        return
    worst = callback.kth_best_model_path
    for path in (*scores, worst, callback.last_model_path, callback.best_model_path):
        if path != "" and not _is_inside(path, callback.dirpath):
            yield repr(path)
    yield from (repr(score) for score in scores.values() if not isinstance(score, torch.Tensor) or score.numel() != 1)
    is_full = 0 < callback.save_top_k <= len(scores)
    if worst not in scores and (worst or is_full):
        yield repr(worst)


def _is_of_a_former_run(callback: ModelCheckpoint) -> bool:
    """Return whether it remembers a best file elsewhere and nothing else: Lightning hands that on to another folder."""
    best: Any = callback.best_model_path
    plain = isinstance(best, str) and _FILE_SYSTEM not in best and ".." not in PureWindowsPath(best).parts
    return plain and not (callback.best_k_models or callback.kth_best_model_path or callback.last_model_path)


def _is_inside(path: Any, folder: Any) -> bool:
    if not isinstance(path, str) or folder is None:
        return False
    if _FILE_SYSTEM in path or _FILE_SYSTEM in str(folder):
        return path.startswith(f"{folder}/") and ".." not in path
    try:
        return Path(path).resolve().is_relative_to(Path(folder).resolve())
    except (OSError, ValueError):  # no path, such as one with a null byte
        return False


def _forget(callback: ModelCheckpoint) -> None:
    """Have a callback begin as with the first epoch of a training."""
    callback.best_k_models = {}
    callback.kth_best_model_path = callback.last_model_path = callback.best_model_path = ""
    callback.best_model_score = None
