"""Checkpoints that are written whole or not at all."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import torch
from lightning.fabric.utilities.cloud_io import get_filesystem
from lightning.pytorch import Trainer
from lightning.pytorch.plugins.io import TorchCheckpointIO

from mnist_lab.atomic_write import HeldError, remove, write_atomically
from mnist_lab.errors import MnistLabError, reason_of
from mnist_lab.language import say


class WholeCheckpointIO(TorchCheckpointIO):
    """Writes a checkpoint beside its place, and renames it once it is on the disk.

    Lightning's own goes through the temporary directory: where that is on another file system, a process that is
    killed leaves half a checkpoint under its final name, and another in the temporary directory.
    """

    def save_checkpoint(self, checkpoint: dict[str, Any], path: str | Path, storage_options: Any = None) -> None:
        """Write a checkpoint; one on another machine (``s3://…``) is left to Lightning.

        Raises:
            MnistLabError: The disk is full, or the folder is gone or read-only; the former checkpoint is kept.
        """
        if storage_options is not None or "file" not in get_filesystem(path).protocol:
            super().save_checkpoint(checkpoint, path, storage_options)
            return
        content = io.BytesIO()
        torch.save(checkpoint, content)
        target = Path(path)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(target, content.getbuffer())
        except HeldError:
            # Of the next epoch there is another; a training is worth more.
            _note(
                say(
                    "{path} is open in another program and stays as it was before this epoch.",
                    "{path} はほかのプログラムで開かれているため、このエポックの前の状態のままです。",
                    path=target,
                )
            )
        except OSError as error:
            raise MnistLabError(
                say(
                    "The checkpoint {path} cannot be written: {reason}. Make room or name another folder with "
                    "--trainer.default_root_dir; earlier checkpoints of the run are kept.",
                    "チェックポイント {path} に書き込めません：{reason}。空きを増やすか、--trainer.default_root_dir で"
                    "別のフォルダを指定してください。この実行の以前のチェックポイントは残っています。",
                    path=target,
                    reason=reason_of(error),
                )
            ) from error

    def remove_checkpoint(self, path: str | Path) -> None:
        """Remove a checkpoint; one that another program holds is left where it is."""
        if not Path(path).is_file():
            super().remove_checkpoint(path)
            return
        try:
            remove(Path(path))
        except OSError as error:
            _note(
                say(
                    "{path} is superseded and cannot be removed ({reason}); it may be deleted.",
                    "{path} は不要になりましたが、削除できません（{reason}）。後で削除してかまいません。",
                    path=path,
                    reason=reason_of(error),
                )
            )


def write_checkpoints_whole(trainer: Trainer) -> None:
    """Have a trainer write its checkpoints so, unless the user or the strategy has chosen another way."""
    if type(trainer.strategy.checkpoint_io) is TorchCheckpointIO:
        trainer.strategy.checkpoint_io = WholeCheckpointIO()


def _note(line: str) -> None:
    sys.stderr.write(f"{line}\n")
