"""Data made into inputs as a checkpoint's network learned them: its scale, its texts, its means for missing values."""

from __future__ import annotations

from pathlib import Path

from mnist_lab.data import ClassificationDataModule
from mnist_lab.runs.trained_on import TrainedOn
from mnist_lab.training.checkpoint_file import read_checkpoint
from mnist_lab.training.checkpoints import NEWEST, named_checkpoint


def made_as_trained(datamodule: ClassificationDataModule, learned: TrainedOn) -> None:
    """Have the data made into inputs as in a training."""
    datamodule.learned_as(learned.mean, learned.std, learned.categories, learned.feature_names)


def made_as_named(datamodule: ClassificationDataModule, ckpt_path: str | Path | None) -> None:
    """The same by a checkpoint's name, before there is a network: the training says how many features texts are.

    ``last`` and ``best`` mean a run on the same data, which says the same as these.

    Raises:
        MnistLabError: There is no such checkpoint, or it is damaged.
    """
    if ckpt_path is None or str(ckpt_path) in NEWEST or datamodule.used_source.feature_names is None:
        return
    learned = read_checkpoint(named_checkpoint(str(ckpt_path))).trained_on
    if learned is not None and learned.categories:
        made_as_trained(datamodule, learned)
