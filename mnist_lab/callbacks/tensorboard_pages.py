"""What TensorBoard shows beyond single curves: HParams, accuracy over training time, one page with both."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer

from mnist_lab.callbacks.run_logger import tensorboards
from mnist_lab.callbacks.training_timer import TrainingTimer
from mnist_lab.seams.tensorboard_seam import file_writer

# In this order beside the settings; TensorBoard writes the number of parameters as 2.9652e+5, and it stands among the
# settings as people write it, so this one may lie past the window's edge.
HPARAM_METRICS = ("test/accuracy", "time/train_s", "val/accuracy", "model/parameters")

# Each curve is named by a regular expression that TensorBoard matches from a tag's beginning: without its end,
# train/loss would stand for train/loss_step as well.
LAYOUT = {
    "Time and accuracy": {
        "accuracy over training time (step axis: training time in ms)": ["Multiline", ["accuracy_vs_time(_ms)?$"]],
        "training time per epoch [s]": ["Multiline", ["time/epoch_s$"]],
        "accuracy over optimizer steps": ["Multiline", ["val/accuracy$", "test/accuracy$"]],
        "loss over optimizer steps": ["Multiline", ["train/loss$", "val/loss$"]],
    }
}


class TensorBoardPages(Callback):
    """Fills the HParams tab, the scalar ``accuracy_vs_time_ms`` and a custom-scalars page in every TensorBoardLogger.

    ``accuracy_vs_time_ms`` is the validation accuracy with training time as its x axis, in milliseconds, since
    TensorBoard's step is a whole number; its wall-clock stamps advance with the training time as well, so that the axis
    "Relative" reads in seconds, minutes and hours of training since the first point, the end of the first epoch.

    HParams names the settings at the start; its metrics are read from the run's scalars as they come, so an
    interrupted run shows what is known so far.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """Take the settings to be shown.

        Args:
            settings: Name to value; they are shown as people write them, where TensorBoard's numbers are "64.000".
                Several texts by their names stand in one column, as each column more pushes accuracy and time out of
                sight, and TensorBoard has the columns of one run alone.
        """
        self.settings = dict(settings)
        self._time_origin: float | None = None

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write the settings, the layout, and the number of parameters."""
        # Writing protocol buffers by hand needs TensorBoard's own classes, which take a second to import.
        from torch.utils.tensorboard.summary import hparams

        parameters = sum(parameter.numel() for parameter in pl_module.parameters())
        for logger in tensorboards(trainer):
            settings = {name: _text(value) for name, value in {**self.settings, "parameters": parameters}.items()}
            experiment, start, _ = hparams(settings, dict.fromkeys(HPARAM_METRICS, 0.0))  # type: ignore[no-untyped-call]
            file_writer(logger.experiment).add_summary(experiment)
            file_writer(logger.experiment).add_summary(start)
            logger.experiment.add_custom_scalars(LAYOUT)
            logger.log_metrics({"model/parameters": parameters}, step=trainer.global_step)

    def on_validation_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Add a point to ``accuracy_vs_time_ms``."""
        accuracy = trainer.callback_metrics.get("val/accuracy")
        timer = next((callback for callback in _callbacks(trainer) if isinstance(callback, TrainingTimer)), None)
        if trainer.sanity_checking or accuracy is None or timer is None:
            return
        for logger in tensorboards(trainer):
            logger.experiment.add_scalar(
                "accuracy_vs_time_ms",
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
        summary = _session_end(succeeded)
        for logger in tensorboards(trainer):
            file_writer(logger.experiment).add_summary(summary)
            logger.experiment.flush()

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        """Mark the run as not completed, where the disk lets it: the other callbacks have to hear of it as well."""
        with contextlib.suppress(OSError):
            self.close(trainer, succeeded=False)

    def _origin(self) -> float:
        if self._time_origin is None:
            self._time_origin = time.time()
        return self._time_origin


def _callbacks(trainer: Trainer) -> list[Any]:
    return list(getattr(trainer, "callbacks", []))


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(map(str, value.values()))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _session_end(succeeded: bool) -> Any:
    """Return the summary that ends a session in HParams; TensorBoard's own function for it needs TensorFlow."""
    from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
    from tensorboard.plugins.hparams.api_pb2 import Status
    from tensorboard.plugins.hparams.metadata import PLUGIN_DATA_VERSION, PLUGIN_NAME, SESSION_END_INFO_TAG
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData, SessionEndInfo

    end = SessionEndInfo(
        status=Status.Value("STATUS_SUCCESS" if succeeded else "STATUS_FAILURE"), end_time_secs=time.time()
    )
    content = HParamsPluginData(session_end_info=end, version=PLUGIN_DATA_VERSION).SerializeToString()
    plugin = SummaryMetadata.PluginData(plugin_name=PLUGIN_NAME, content=content)
    return Summary(value=[Summary.Value(tag=SESSION_END_INFO_TAG, metadata=SummaryMetadata(plugin_data=plugin))])
