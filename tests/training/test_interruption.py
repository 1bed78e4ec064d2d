"""Ctrl-C and SIGTERM come out of a training as what they are, whatever Lightning makes of them."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest
from lightning.pytorch import Callback, LightningModule, Trainer

from mnist_lab.errors import Terminated
from mnist_lab.training.interruption import stopped_at_once
from tests.small_run import interval_data, perceptron, quiet_trainer


def leave_as_lightning_does(stop: KeyboardInterrupt) -> None:
    try:
        raise stop
    except KeyboardInterrupt:
        raise SystemExit(1)  # noqa: B904 - as Lightning does


def fail_while_cleaning_up(stop: KeyboardInterrupt) -> None:
    try:
        raise stop
    except KeyboardInterrupt:
        raise OSError("Writer is closed")  # noqa: B904 - as TensorBoard's writer does


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), Terminated()], ids=["keyboard", "system"])
def test_exit_that_a_signal_caused_is_that_signal(stop: KeyboardInterrupt, tmp_path: Path) -> None:
    with pytest.raises(type(stop)) as raised, stopped_at_once(quiet_trainer(tmp_path)):
        leave_as_lightning_does(stop)
    assert raised.value is stop


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), Terminated()], ids=["keyboard", "system"])
def test_error_of_what_was_broken_off_is_the_signal(stop: KeyboardInterrupt, tmp_path: Path) -> None:
    with pytest.raises(type(stop)) as raised, stopped_at_once(quiet_trainer(tmp_path)):
        fail_while_cleaning_up(stop)
    assert raised.value is stop


def test_other_errors_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"^no room$"), stopped_at_once(quiet_trainer(tmp_path)):
        raise OSError("no room")


def test_other_exits_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(SystemExit), stopped_at_once(quiet_trainer(tmp_path)):
        raise SystemExit(2)


class Terminating(Callback):
    """Sends SIGTERM in the first step, and notes whether the step went on."""

    went_on = False

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: object, batch_idx: int) -> None:
        signal.raise_signal(signal.SIGTERM)
        self.went_on = True


@pytest.mark.skipif(sys.platform == "win32", reason="Lightning handles no SIGTERM on Windows")
@pytest.mark.parametrize("own_handler", [True, False])
def test_sigterm_amid_a_training_ends_it(own_handler: bool, tmp_path: Path) -> None:
    def handle(*_: object) -> None:
        raise Terminated

    before = signal.signal(signal.SIGTERM, handle if own_handler else signal.SIG_DFL)
    stop = Terminating()
    keyboard = signal.getsignal(signal.SIGINT)
    trainer = quiet_trainer(tmp_path, callbacks=[stop])
    try:
        with pytest.raises(Terminated), stopped_at_once(trainer):
            trainer.fit(perceptron(), interval_data())
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGINT, keyboard)
    assert stop.went_on is not own_handler
