"""A training in two parts is one training: its epochs, times and best epoch; one that lacks its test gets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mnist_lab.runs.record import RunRecord, read_record
from tests.commands.program import SMALL, call, fit, refused, runs

# After two epochs the steps become so large that the accuracy falls: the best epoch lies before the resume.
FALLS = (
    *("--optimizer=SGD", "--optimizer.lr=0.1", "--lr_scheduler=StepLR", "--lr_scheduler.step_size=2"),
    "--lr_scheduler.gamma=100",
)


def scores(record: RunRecord) -> list[tuple[int, int, float | None]]:
    return [(epoch.epoch, epoch.steps, epoch.val_accuracy) for epoch in record.epochs]


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> RunRecord:
    return read_record(fit(tmp_path_factory.mktemp("straight"), "--trainer.max_epochs=4", *FALLS))


@pytest.fixture(scope="module")
def resumed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    folder = tmp_path_factory.mktemp("resumed")
    first = fit(folder, "--trainer.max_epochs=2", *FALLS)
    return folder, first, fit(folder, "--trainer.max_epochs=4", "--ckpt_path=last", *FALLS)


def test_the_best_epoch_lies_before_the_resume(straight: RunRecord) -> None:
    best = max(straight.epochs, key=lambda epoch: epoch.val_accuracy or 0)
    assert best.epoch < 2


def test_resumed_run_is_the_undisturbed_one(straight: RunRecord, resumed: tuple[Path, Path, Path]) -> None:
    _, first, second = resumed
    record = read_record(second)
    assert scores(record) == scores(straight)
    assert record.best_checkpoint == straight.best_checkpoint
    assert record.test_accuracy == straight.test_accuracy
    assert all(epoch.train_loss is not None for epoch in record.epochs)
    # The best checkpoint so far is copied; the first run keeps its own.
    assert record.best_checkpoint is not None
    assert (second / record.best_checkpoint).is_file()
    assert (first / record.best_checkpoint).is_file()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("--optimizer.lr=0.5", "optimizer.lr: 0.1 there, 0.5 here"),
        ("--seed_everything=7", "seed_everything: 0 there, 7 here"),
        ("--data.batch_size=32", "data.batch_size: 64 there, 32 here"),
        ("--lr_scheduler=null", "lr_scheduler: StepLR there, null here"),
        ("--lr_scheduler.gamma=1", "lr_scheduler.gamma: 100.0 there, 1.0 here"),
        ("--trainer.accumulate_grad_batches=2", "trainer.accumulate_grad_batches: 1 there, 2 here"),
    ],
)
def test_what_a_training_cannot_change_is_refused(changed: str, said: str, resumed: tuple[Path, Path, Path]) -> None:
    message = refused(resumed[0], "fit", *SMALL, "--trainer.max_epochs=9", "--ckpt_path=last", *FALLS, changed)
    assert f"was trained with other settings ({said})" in message


def test_times_are_the_sum_of_all_epochs(resumed: tuple[Path, Path, Path]) -> None:
    _, first, second = resumed
    before, record = read_record(first), read_record(second)
    assert record.epochs[:2] == before.epochs
    assert record.train_s == pytest.approx(sum(epoch.epoch_s or 0 for epoch in record.epochs), rel=1e-4)
    assert record.epochs[-1].train_s == record.train_s


def test_table_and_report_give_all_epochs(resumed: tuple[Path, Path, Path]) -> None:
    folder, _, second = resumed
    outcome = call(folder, "report", str(second.relative_to(folder)), "--output=out")
    assert outcome.code == 0, outcome.err
    rows = (folder / "out" / "data" / "epochs.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 1 + 4


def test_equal_scores_do_not_move_the_best(tmp_path: Path) -> None:
    """With a rate of almost nothing all epochs score alike: the first is the best, resumed or not."""
    still = ("--optimizer=SGD", "--optimizer.lr=1e-12")
    fit(tmp_path, "--trainer.max_epochs=1", *still)
    second = fit(tmp_path, "--trainer.max_epochs=3", "--ckpt_path=last", *still)
    assert Path(read_record(second).best_checkpoint or "").name.startswith("epoch=0-")


def broken_off(run: Path) -> dict[str, object]:
    """Make of a run's record that of one that was killed in its test; return what it was."""
    path = run / "record.json"
    values: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    killed = values | {"status": "running", "ended": None, "test_loss": None, "test_accuracy": None}
    path.write_text(json.dumps(killed), encoding="utf-8")
    return values


def test_run_that_was_killed_in_its_test_is_tested_in_its_own_folder(tmp_path: Path) -> None:
    run = fit(tmp_path, "--trainer.max_epochs=2")
    before = broken_off(run)
    outcome = call(tmp_path, "fit", *SMALL, "--trainer.max_epochs=2", "--ckpt_path=last")
    assert outcome.code == 0, outcome.err
    assert "was trained to its end and not tested; now it is." in outcome.out
    assert runs(tmp_path) == [run]
    record = read_record(run)
    assert record.status == "completed"
    assert record.test_accuracy == before["test_accuracy"]
    assert record.train_s == pytest.approx(before["train_s"])
    assert scores(record) == [(0, 22, record.epochs[0].val_accuracy), (1, 44, record.epochs[1].val_accuracy)]


def test_run_that_was_tested_has_nothing_left(tmp_path: Path) -> None:
    fit(tmp_path, "--trainer.max_epochs=1")
    said = refused(tmp_path, "fit", *SMALL, "--ckpt_path=last")
    assert "there is nothing left to train" in said
