"""Which data the processes of one training use: the first decides whether the fallback steps in, the others follow."""

from __future__ import annotations

import os

from lightning.pytorch import Trainer

from mnist_lab.data import ClassificationDataModule
from mnist_lab.errors import MnistLabError

# Left by a process to those that Lightning starts from it, with the same command line, once training begins.
_FELL_BACK = "MNIST_LAB_FELL_BACK"


def prepare_data(trainer: Trainer, datamodule: ClassificationDataModule) -> None:
    """Bring the data to disk; of several processes all use what the first one uses.

    A mirror may answer one process and not another: each for itself might train on other data, without a word.

    Args:
        trainer: Knows of the other processes.
        datamodule: Of this process.

    Raises:
        DataUnavailableError: The data cannot be had, here or in the first process.
        DataError: The data is damaged, or its folder cannot be written.
    """
    if trainer.world_size == 1:
        datamodule.prepare_data()
    elif not trainer.strategy.cluster_environment.creates_processes_externally:  # type: ignore[attr-defined]
        if trainer.num_nodes > 1:  # the first processes of the nodes do not know one another yet
            datamodule.fallback = None
        datamodule.prepare_data()
        os.environ[_FELL_BACK] = str(int(datamodule.fell_back))
    elif _FELL_BACK in os.environ:
        datamodule.prepare_as(fell_back=os.environ[_FELL_BACK] == "1")
    else:
        _prepare_together(trainer, datamodule)


def _prepare_together(trainer: Trainer, datamodule: ClassificationDataModule) -> None:
    """Have the first of the processes that torchrun or a cluster has started say what it uses, or why it uses none."""
    failure: MnistLabError | None = None
    trainer.strategy.setup_environment()
    if trainer.is_global_zero:
        try:
            datamodule.prepare_data()
        except MnistLabError as error:
            failure = error
    fell_back, failure = trainer.strategy.broadcast((datamodule.fell_back, failure))
    if failure is not None:
        raise failure
    datamodule.prepare_as(fell_back=fell_back)
