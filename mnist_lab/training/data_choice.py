"""Which data the processes of one training use: the first decides whether the fallback steps in, the others follow."""

from __future__ import annotations

from lightning.pytorch import Trainer

from mnist_lab.data import ClassificationDataModule
from mnist_lab.training.first_process import decided_by_the_first, starts_the_others

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
    if trainer.num_nodes > 1 and starts_the_others(trainer):
        datamodule.fallback = None  # the first processes of the nodes do not know one another yet

    def decide() -> str:
        """Bring the data to disk and return 1 if the fallback stepped in, else 0."""
        datamodule.prepare_data()
        return str(int(datamodule.fell_back))

    fell_back = decided_by_the_first(trainer, _FELL_BACK, decide)
    datamodule.prepare_as(fell_back=fell_back == "1")
