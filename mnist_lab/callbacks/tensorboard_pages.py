"""What TensorBoard shows beyond single curves: HParams, accuracy over training time, one page with both."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.loggers import TensorBoardLogger

from mnist_lab.callbacks.training_timer import TrainingTimer

HPARAM_METRICS = ("test/accuracy", "time/train_s", "model/parameters", "val/accuracy")

LAYOUT = {
    "Time and accuracy": {
        "accuracy over training time (step axis: training time in ms)": ["Multiline", ["accuracy_vs_time"]],
        "training time per epoch [s]": ["Multiline", ["time/epoch_s"]],
        "accuracy over optimizer steps": ["Multiline", ["val/accuracy", "test/accuracy"]],
        "loss over optimizer steps": ["Multiline", ["train/loss", "val/loss"]],
    }
}


class TensorBoardPages(Callback):
    """Fills the HParams tab, the scalar ``accuracy_vs_time`` and a custom-scalars page in every TensorBoardLogger.

    ``accuracy_vs_time`` is the validation accuracy with training time as its x axis, in milliseconds, since
    TensorBoard's step is a whole number; its wall-clock stamps advance with the training time as well, so that the axis
    "Relative" reads in seconds, minutes and hours of training.

    HParams names the settings at the start; its metrics are read from the run's scalars as they come, so an
    interrupted run shows what is known so far.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """Take the settings to be shown.

        Args:
            settings: Name to value; values other than numbers, strings and booleans are shown as text.
        """
        self.settings = {key: _plain(value) for key, value in settings.items()}
        self._time_origin: float | None = None

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write the settings, the layout, and the number of parameters."""
        # Writing protocol buffers by hand needs TensorBoard's own classes, which take a second to import.
        from torch.utils.tensorboard.summary import hparams

        parameters = sum(parameter.numel() for parameter in pl_module.parameters())
        for logger in _tensorboards(trainer):
            experiment, start, _ = hparams(self.settings, dict.fromkeys(HPARAM_METRICS, 0.0))
            writer = logger.experiment._get_file_writer()
            writer.add_summary(experiment)
            writer.add_summary(start)
            logger.experiment.add_custom_scalars(LAYOUT)
            logger.log_metrics({"model/parameters": parameters}, step=trainer.global_step)

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Add a point to ``accuracy_vs_time``."""
        accuracy = trainer.callback_metrics.get("val/accuracy")
        timer = next((callback for callback in _callbacks(trainer) if isinstance(callback, TrainingTimer)), None)
        if trainer.sanity_checking or accuracy is None or timer is None:
            return
        for logger in _tensorboards(trainer):
            logger.experiment.add_scalar(
                "accuracy_vs_time",
                float(accuracy),
                global_step=round(timer.train_s * 1000),
                walltime=self._origin() + timer.train_s,
            )

    def close(self, trainer: Trainer, *, succeeded: bool) -> None:
        """Tell HParams how the run ended, once its last scalar is written.

        Args:
            trainer: The trainer of the run.
            succeeded: Whether it was completed.
        """
        from tensorboard.plugins.hparams import api_pb2
        from tensorboard.plugins.hparams.summary import session_end_pb

        status = api_pb2.STATUS_SUCCESS if succeeded else api_pb2.STATUS_FAILURE
        for logger in _tensorboards(trainer):
            logger.experiment._get_file_writer().add_summary(session_end_pb(status))
            logger.experiment.flush()

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Mark the run as not completed."""
        self.close(trainer, succeeded=False)

    def _origin(self) -> float:
        if self._time_origin is None:
            self._time_origin = time.time()
        return self._time_origin


def _callbacks(trainer: Trainer) -> list[Any]:
    return list(getattr(trainer, "callbacks", []))


def _tensorboards(trainer: Trainer) -> list[TensorBoardLogger]:
    if not trainer.is_global_zero:
        return []
    return [logger for logger in trainer.loggers if isinstance(logger, TensorBoardLogger)]


def _plain(value: Any) -> bool | int | float | str:
    return value if isinstance(value, (bool, int, float, str)) else str(value)
