"""A line per epoch, where no bar shows that a training goes on."""

from __future__ import annotations

from lightning.pytorch import Callback, LightningModule, Trainer

from mnist_lab.language import say
from mnist_lab.runs.record import EpochRecord, RunRecord


class EpochLines(Callback):
    """Prints each epoch as the run's record has it.

    Redirected into a file, or in a window that is no terminal (PyCharm's, a SLURM job's), a run would say nothing until
    its end. The recorder takes an epoch down at the hook behind it; place this after the recorder. Both lie outside the
    training time.
    """

    def __init__(self, record: RunRecord) -> None:
        """Take the record.

        Args:
            record: Of the run, which a recorder fills in.
        """
        self._record = record
        self._last = -1
        """Number of the last epoch that was printed, or that the run goes on from."""

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Pass over the epochs of the run that goes on."""
        self._last = self._record.epochs[-1].epoch if self._record.epochs else -1

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Print the epoch before this one."""
        self._print(trainer)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Print the last epoch."""
        self._print(trainer)

    def _print(self, trainer: Trainer) -> None:
        for epoch in self._record.epochs:
            if epoch.epoch > self._last and trainer.is_global_zero:
                # Where the output goes to a file, the line is there at once.
                print(epoch_line(epoch, trainer.max_epochs), flush=True)
                self._last = epoch.epoch


def epoch_line(epoch: EpochRecord, max_epochs: int | None) -> str:
    """Return ``epoch 3/10  train loss 0.1234  val accuracy 98.12 %  1.93 s``; what is not known is left out.

    Args:
        epoch: As recorded; the time is its training time.
        max_epochs: How many there will be; None and -1: not known.
    """
    number = str(epoch.epoch + 1)
    if max_epochs is not None and max_epochs > 0:
        number = f"{number:>{len(str(max_epochs))}}/{max_epochs}"
    parts = [say("epoch {number}", "エポック {number}", number=number)]
    if epoch.train_loss is not None:
        parts.append(say("train loss {loss:.4f}", "学習損失 {loss:.4f}", loss=epoch.train_loss))
    if epoch.val_accuracy is not None:
        percent = 100 * epoch.val_accuracy
        parts.append(say("val accuracy {percent:.2f} %", "検証精度 {percent:.2f} %", percent=percent))
    if epoch.epoch_s is not None:
        parts.append(f"{epoch.epoch_s:.2f} s")
    return "  ".join(parts)
