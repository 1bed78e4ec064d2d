"""The end of a run: its best epoch is tested, its record closed, its table printed."""

from __future__ import annotations

from pathlib import Path

from lightning.pytorch import Trainer
from lightning.pytorch.loggers import TensorBoardLogger
from rich.console import Console

from mnist_lab.callbacks import RunRecorder, TensorBoardPages
from mnist_lab.data import ClassificationDataModule
from mnist_lab.models import Classifier
from mnist_lab.training.result_table import result_table


def test_and_finish(
    trainer: Trainer,
    model: Classifier,
    datamodule: ClassificationDataModule,
    recorder: RunRecorder,
    best: Path | str | None,
    *,
    quiet: bool,
) -> None:
    """Test, and say what the run came to.

    Args:
        trainer: With the recorder among its callbacks.
        model: As it was trained.
        datamodule: Has the test set.
        recorder: Of the run.
        best: The checkpoint to be tested; None: the weights that the model has.
        quiet: Print no table.
    """
    trainer.test(model, datamodule=datamodule, ckpt_path=best, weights_only=True, verbose=False)
    TensorBoardPages({}).close(trainer, succeeded=True)
    recorder.finish(trainer, "completed")
    if trainer.is_global_zero and not quiet:
        logged = any(isinstance(logger, TensorBoardLogger) for logger in trainer.loggers)
        log_dir = str(trainer.default_root_dir) if logged else None
        Console(highlight=False).print(result_table(recorder.record, recorder.folder, log_dir))
