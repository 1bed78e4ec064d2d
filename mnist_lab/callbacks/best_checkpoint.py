"""Keeps the epoch with the best validation accuracy of the whole training, resumed or not."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path, PureWindowsPath
from typing import Any

from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint

from mnist_lab.language import say


class BestCheckpoint(ModelCheckpoint):
    """Lightning's checkpoint of the best epoch, which a resumed run, in a folder of its own, takes along.

    Lightning's own forgets the best score where the folder has changed: the first epoch after a resume is then the
    best.
    """

    def __init__(self) -> None:
        """Watch the validation accuracy."""
        super().__init__(
            filename="epoch={epoch}-val_accuracy={val/accuracy:.4f}",
            auto_insert_metric_name=False,
            monitor="val/accuracy",
            mode="max",
        )
        self._goes_on_from: Path | None = None

    @property
    def state_key(self) -> str:
        """The key of Lightning's class, under which earlier checkpoints hold its state."""
        return super().state_key.replace(type(self).__qualname__, ModelCheckpoint.__qualname__, 1)

    def go_on_from(self, checkpoint: Path) -> None:
        """Take along the best epoch that lies beside the checkpoint from which the next training goes on."""
        self._goes_on_from = checkpoint

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Note whether this process copies, and that a test goes on from nothing."""
        super().setup(trainer, pl_module, stage)
        self._copies = trainer.is_global_zero
        if stage != "fit":
            self._goes_on_from = None

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on with the best epoch so far: its checkpoint is copied into this run's folder.

        It lies beside the checkpoint that training goes on from. A path that leads elsewhere is not followed: whoever
        hands on a checkpoint must not choose which file is copied. A checkpoint that is loaded to be tested changes
        nothing.
        """
        former = state_dict.get("best_model_path") or ""
        if self._goes_on_from is None or not former or self.dirpath is None:
            return
        name = PureWindowsPath(former).name
        there = self._goes_on_from.parent / name
        if there.suffix != self.FILE_EXTENSION or not there.is_file():
            sys.stderr.write(
                say(
                    "The best checkpoint so far, {path}, does not lie beside {checkpoint}; the best of the epochs from "
                    "here on counts.\n",
                    "これまでで最良のチェックポイント {path} が {checkpoint} と同じフォルダにないため、ここから先の"
                    "エポックの中で最良のものを使います。\n",
                    path=former,
                    checkpoint=self._goes_on_from,
                )
            )
            return
        here = Path(self.dirpath) / name
        if self._copies and not here.exists():
            here.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(there, here)
        score = state_dict["best_model_score"]
        moved = {"best_model_path": str(here), "kth_best_model_path": str(here), "best_k_models": {str(here): score}}
        super().load_state_dict(state_dict | moved | {"dirpath": self.dirpath, "last_model_path": ""})
