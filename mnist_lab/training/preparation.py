"""What has to be there before the trainer starts: the GPU that is required, the data, the checkpoint."""

from __future__ import annotations

from pathlib import Path

from lightning.pytorch import LightningModule, Trainer

from mnist_lab.callbacks import CudaMemoryGuard
from mnist_lab.data import ClassificationDataModule
from mnist_lab.training.checkpoints import NEWEST, check_fits, find_checkpoint


def prepare(
    trainer: Trainer, model: LightningModule, datamodule: ClassificationDataModule, ckpt_path: str | None, stage: str
) -> Path | None:
    """Look at all that can be wrong, load the data, and return the checkpoint's file.

    Args:
        trainer: As configured; its log directory is searched for the newest checkpoint.
        model: The checkpoint has to fit it.
        datamodule: Loaded afterwards.
        ckpt_path: A path, ``last``, ``best`` or None.
        stage: fit, validate, test or predict.

    Raises:
        MnistLabError: Something is wrong.
    """
    for callback in trainer.callbacks:  # type: ignore[attr-defined]
        if isinstance(callback, CudaMemoryGuard):
            callback.check_requirements()

    def found(asked: str) -> Path:
        path = find_checkpoint(asked, Path(trainer.default_root_dir), type(model).__name__, datamodule.dataset_name)
        check_fits(path, model)
        return path

    # A file is looked at before the data are fetched; which run is the newest depends on the data that there are.
    named = found(ckpt_path) if ckpt_path is not None and ckpt_path not in NEWEST else None
    datamodule.prepare_data()
    datamodule.setup(stage)
    return found(ckpt_path) if ckpt_path in NEWEST else named
