"""A run without a bar tells each epoch in a line, at once and outside the training time."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from mnist_lab.callbacks import TrainingTimer
from mnist_lab.language import speaking
from mnist_lab.runs.record import EpochRecord
from mnist_lab.training.epoch_lines import epoch_line
from mnist_lab.training.fit import fit
from tests.commands.program import SMALL, call, only_record
from tests.small_run import interval_data, perceptron, quiet_trainer

LINE = re.compile(r"epoch +(\d+)/(\d+)  train loss \d+\.\d{4}  val accuracy \d+\.\d\d %  \d+\.\d\d s")


def lines(out: str) -> list[str]:
    return [line for line in out.splitlines() if line.startswith("epoch ")]


def test_line_tells_scores_and_training_time() -> None:
    epoch = EpochRecord(2, 30, epoch_s=1.934, train_loss=0.12344, val_accuracy=0.98124)
    assert epoch_line(epoch, 10) == "epoch  3/10  train loss 0.1234  val accuracy 98.12 %  1.93 s"
    with speaking("ja"):
        assert epoch_line(epoch, 10) == "エポック  3/10  学習損失 0.1234  検証精度 98.12 %  1.93 s"


@pytest.mark.parametrize("max_epochs", [None, -1])
def test_line_leaves_out_what_is_not_known(max_epochs: int | None) -> None:
    assert epoch_line(EpochRecord(0, 5, train_loss=2.0), max_epochs) == "epoch 1  train loss 2.0000"


def test_fit_without_a_terminal_tells_each_epoch(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL[:-1], "--trainer.max_epochs=2")
    assert outcome.code == 0, outcome.err
    found = [LINE.fullmatch(line) for line in lines(outcome.out)]
    assert [match and match.groups() for match in found] == [("1", "2"), ("2", "2")]
    shown = [f"{entry.val_accuracy:.2%}".replace("%", " %") for entry in only_record(tmp_path).epochs]
    assert [line.split("accuracy ")[1].split("  ")[0] for line in lines(outcome.out)] == shown


def test_bar_takes_the_place_of_the_lines(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL, "--trainer.enable_progress_bar", "true")
    assert outcome.code == 0, outcome.err
    assert lines(outcome.out) == []


def test_run_that_goes_on_tells_the_new_epochs_alone(tmp_path: Path) -> None:
    call(tmp_path, "fit", *SMALL)
    outcome = call(tmp_path, "fit", *SMALL[:-1], "--trainer.max_epochs=3", "--ckpt_path=last")
    assert outcome.code == 0, outcome.err
    assert [line.split("  ")[0] for line in lines(outcome.out)] == ["epoch 2/3", "epoch 3/3"]


class SlowTerminal(io.StringIO):
    """Takes 100 s to show an epoch's line."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.flushed: list[str] = []

    def write(self, text: str) -> int:
        self.now_s += 100.0 * text.startswith("epoch ")
        return super().write(text)

    def flush(self) -> None:
        self.flushed.append(self.getvalue())


def test_lines_are_there_at_once_and_outside_the_training_time(tmp_path: Path) -> None:
    terminal = SlowTerminal()
    trainer = quiet_trainer(tmp_path, callbacks=[TrainingTimer(lambda: terminal.now_s)])
    with contextlib.redirect_stdout(terminal):
        result = fit(trainer, perceptron(), interval_data(), run_folder=False)
    assert terminal.now_s == 200.0
    assert result.record.train_s == 0.0
    first = next(text for text in terminal.flushed if "epoch 1/2" in text)
    assert "epoch 2/2" not in first


def test_quiet_run_says_nothing(tmp_path: Path) -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        fit(quiet_trainer(tmp_path), perceptron(), interval_data(), run_folder=False, quiet=True)
    assert out.getvalue() == ""
