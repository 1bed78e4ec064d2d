"""Ctrl-C and SIGTERM while Lightning trains."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.utilities.exceptions import SIGTERMException

from mnist_lab.errors import Terminated, stop_behind


@contextmanager
def stopped_at_once(trainer: Trainer) -> Iterator[None]:
    """Let the program's own handler of SIGTERM stand while the trainer works, and raise what stopped it.

    Lightning answers Ctrl-C by leaving the program with exit code 1, and SIGTERM by leaving it with 0 after the batch,
    which the processes of one training first have to agree on: one that waits for another never does. What is broken
    off may fail over it while it cleans up, as a writer does that is closed already; the stop is raised then as well.

    Args:
        trainer: About to fit, validate, test or predict.

    Raises:
        KeyboardInterrupt: The user stopped it.
        Terminated: The system did.
    """
    trainer.callbacks.append(_OwnHandler())  # type: ignore[attr-defined]
    try:
        yield
    except SIGTERMException:  # of Lightning's handler, where the program has none of its own, as in a notebook
        raise Terminated from None
    except (Exception, SystemExit) as error:
        if stop := stop_behind(error):
            raise stop from None
        raise


class _OwnHandler(Callback):
    """Puts the handler of SIGTERM back in place of Lightning's, which is set after every trainer's ``setup``."""

    def __init__(self) -> None:
        self._handler = signal.getsignal(signal.SIGTERM)

    def on_sanity_check_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Put it back before the first batches of a training, if these are tried."""
        self._put_back()

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Put it back before the first training step, where no batches were tried."""
        self._put_back()

    def on_validation_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Put it back before the first batch of a trainer that only validates."""
        self._put_back()

    def on_test_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Put it back before the first batch of the test."""
        self._put_back()

    def on_predict_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Put it back before the first batch that is predicted."""
        self._put_back()

    def _put_back(self) -> None:
        if callable(self._handler) and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._handler)
