"""``lightning fit``: what a run leaves, and that it can be repeated and resumed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from mnist_lab.runs.record import read_record
from tests.commands.program import SMALL, Outcome, call, everything_in, fit, only_record, runs

TWO_EPOCHS = "--trainer.max_epochs=2"


def weights(run: Path) -> dict[str, Any]:
    checkpoint = torch.load(run / "checkpoints" / "last.ckpt", weights_only=True)
    state: dict[str, Any] = checkpoint["state_dict"]
    return state


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """The folder in which one run of two epochs was made, and what it printed."""
    folder = tmp_path_factory.mktemp("trained")
    return folder, call(folder, "fit", *SMALL, TWO_EPOCHS)


@pytest.fixture(scope="module")
def one_epoch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of one epoch; its settings are those of ``trained`` but for the epochs."""
    return fit(tmp_path_factory.mktemp("one_epoch"))


def test_nothing_but_the_runs_folder_is_left(trained: tuple[Path, Outcome]) -> None:
    folder, outcome = trained
    assert outcome.code == 0
    (run,) = runs(folder)
    assert run.parent == folder / "tb_logs" / "fc-digits"
    assert [path.name for path in folder.iterdir()] == ["tb_logs"]
    best = Path(str(only_record(folder).best_checkpoint)).name
    names = {path.name for path in run.rglob("*") if not path.name.startswith("events.out")}
    assert names - {"hparams.yaml"} == {"checkpoints", "config.yaml", "record.json", "last.ckpt", best}


def test_record_is_complete(trained: tuple[Path, Outcome]) -> None:
    record = only_record(trained[0])
    assert (record.status, record.message, record.resumed_from) == ("completed", None, None)
    assert (record.model, record.data["name"], record.parameters) == ("FC", "Digits", 784 * 8 + 8 + 8 * 10 + 10)
    assert [row["parameters"] for row in record.layers if row["parameters"]] == [6280, 90]
    assert record.data["split_sizes"] == {"train": 1373, "val": 125, "test": 299}
    assert {"torch", "lightning", "python", "mnist_lab"} <= record.versions.keys()
    assert (record.device["type"], record.device["threads"]) == ("cpu", torch.get_num_threads())
    assert record.settings["model"]["init_args"]["hidden"] == [8]
    assert record.settings["trainer"]["max_epochs"] == 2
    assert record.settings["optimizer"]["init_args"]["lr"] == 0.002
    assert record.ended is not None
    assert record.ended >= record.started
    assert [(epoch.epoch, epoch.steps) for epoch in record.epochs] == [(0, 22), (1, 44)]
    for epoch in record.epochs:
        # The epochs are too short to tell what other programs took.
        assert epoch.others_cpu is None
        unknown = ("epoch", "others_cpu", "waited_s")
        numbers = [value for name, value in vars(epoch).items() if name not in unknown]
        assert all(value is not None and value > 0 and math.isfinite(value) for value in numbers)
    assert record.train_s is not None
    assert record.wall_s is not None
    assert 0 < record.train_s <= record.wall_s
    assert record.train_s == pytest.approx(sum(epoch.epoch_s or 0 for epoch in record.epochs))


def test_table_says_what_the_record_says(trained: tuple[Path, Outcome]) -> None:
    folder, outcome = trained
    record = only_record(folder)
    table = outcome.out[outcome.out.index("Result") :]
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in table.splitlines() if line.startswith("│")]
    rows = {heading: value for heading, value in cells if heading}
    assert record.train_s is not None
    assert record.test_accuracy is not None
    assert rows == {
        "model": "FC",
        "parameters": "6,370",
        "data": "Digits",
        "epochs": "2",
        "training time [s]": f"{record.train_s:.2f}",
        "time per epoch [s]": f"{record.train_s / 2:.3f}",
        "test accuracy [%]": f"{record.test_accuracy * 100:.2f}",
        "logs": str(runs(folder)[0].relative_to(folder)),
        "look at them with": "tensorboard --logdir tb_logs",
    }
    assert cells[-1] == ["", "http://localhost:6006/?smoothing=0"]
    assert "784×8 + 8 = 6,280" in outcome.out


def test_tensorboard_holds_the_records_numbers(trained: tuple[Path, Outcome]) -> None:
    record = only_record(trained[0])
    events = EventAccumulator(str(runs(trained[0])[0])).Reload()
    scalars = {tag: [event.value for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
    assert scalars["val/accuracy"] == pytest.approx([epoch.val_accuracy for epoch in record.epochs])
    assert scalars["train/loss"] == pytest.approx([epoch.train_loss for epoch in record.epochs])
    assert scalars["accuracy_vs_time_ms"] == pytest.approx(scalars["val/accuracy"])
    assert scalars["test/accuracy"] == pytest.approx([record.test_accuracy])
    assert scalars["model/parameters"] == [6370]


def test_kept_config_runs_again_to_the_same_weights(trained: tuple[Path, Outcome], tmp_path: Path) -> None:
    (first,) = runs(trained[0])
    outcome = call(tmp_path, "fit", "--config", str(first / "config.yaml"))
    assert outcome.code == 0, outcome.err
    (again,) = runs(tmp_path)
    assert same(weights(first), weights(again))
    assert read_record(first).test_accuracy == read_record(again).test_accuracy
    assert read_record(first).settings == read_record(again).settings


def test_other_seed_gives_other_weights(one_epoch: Path, tmp_path: Path) -> None:
    assert same(weights(one_epoch), weights(fit(tmp_path)))
    assert not same(weights(one_epoch), weights(fit(tmp_path, "--seed_everything=1")))


@pytest.mark.parametrize("by_name", [False, True], ids=["file", "last"])
def test_resumed_run_equals_an_uninterrupted_one(
    trained: tuple[Path, Outcome], one_epoch: Path, tmp_path: Path, by_name: bool
) -> None:
    folder = one_epoch.parents[2] if by_name else tmp_path
    asked = "last" if by_name else str(one_epoch / "checkpoints" / "last.ckpt")
    resumed = fit(folder, TWO_EPOCHS, "--ckpt_path", asked)
    (whole,) = runs(trained[0])
    assert same(weights(resumed), weights(whole))
    record, before = read_record(resumed), read_record(one_epoch)
    assert (folder / str(record.resumed_from)).resolve() == (one_epoch / "checkpoints" / "last.ckpt").resolve()
    assert [(epoch.epoch, epoch.steps) for epoch in record.epochs] == [(0, 22), (1, 44)]
    assert record.test_accuracy == read_record(whole).test_accuracy
    assert before.train_s is not None
    assert record.train_s is not None
    assert record.train_s > before.train_s


def test_best_checkpoint_is_what_is_tested(tmp_path: Path) -> None:
    # The second epoch's learning rate of 1,000 ruins what the first has learnt.
    schedule = ["--lr_scheduler", "ExponentialLR", "--lr_scheduler.gamma=1e4"]
    run = fit(tmp_path, TWO_EPOCHS, "--optimizer", "SGD", "--optimizer.lr=0.1", *schedule)
    record = read_record(run)
    assert record.best_checkpoint is not None
    assert record.best_checkpoint.startswith("checkpoints/epoch=0-val_accuracy=")
    first, second = (epoch.val_accuracy for epoch in record.epochs)
    assert first is not None
    assert second is not None
    assert first > second + 0.3
    assert f"={first:.4f}.ckpt" in record.best_checkpoint
    scores = {}
    for asked in ("best", "last"):
        outcome = call(tmp_path, "test", *SMALL, "--ckpt_path", asked)
        assert outcome.code == 0, outcome.err
        (line,) = [line for line in outcome.out.splitlines() if "accuracy [%]" in line]
        scores[asked] = float(line.split("│")[2]) / 100
    assert scores["best"] == pytest.approx(record.test_accuracy, abs=1e-4)
    assert scores["last"] < scores["best"] - 0.3


def test_fast_dev_run_leaves_nothing(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL, "--trainer.fast_dev_run=true")
    assert outcome.code == 0, outcome.err
    assert everything_in(tmp_path) == set()


def test_later_config_wins_and_the_command_line_over_all(tmp_path: Path) -> None:
    first = {"data": {"batch_size": 100, "seed": 5}, "optimizer": {"class_path": "SGD", "init_args": {"lr": 0.5}}}
    (tmp_path / "first.yaml").write_text(yaml.safe_dump(first), encoding="utf-8")
    second = "data: {batch_size: 200}\noptimizer: {class_path: SGD, init_args: {lr: 1e-2, momentum: 0.5}}\n"
    (tmp_path / "second.yaml").write_text(second, encoding="utf-8")
    configs = ["--config", "fc.yaml", "--config=first.yaml", "-c", "second.yaml"]
    run = fit(tmp_path, *configs, "--data.source=Digits", "--optimizer.lr=0.1")
    settings = read_record(run).settings
    assert (settings["data"]["batch_size"], settings["data"]["seed"]) == (200, 5)
    assert settings["optimizer"]["class_path"] == "torch.optim.SGD"
    assert (settings["optimizer"]["init_args"]["lr"], settings["optimizer"]["init_args"]["momentum"]) == (0.1, 0.5)


def test_print_config_is_a_config(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL, "--optimizer=SGD", "--optimizer.lr=0.1", "--print_config")
    assert (outcome.code, outcome.err) == (0, "")
    assert everything_in(tmp_path) == set()
    settings = yaml.safe_load(outcome.out)
    assert settings["model"]["init_args"]["hidden"] == [8]
    assert settings["optimizer"]["init_args"]["lr"] == 0.1
    (tmp_path / "own.yaml").write_text(outcome.out, encoding="utf-8")
    again = call(tmp_path, "fit", "--config", "own.yaml")
    assert again.code == 0, again.err
    assert only_record(tmp_path).settings["optimizer"]["init_args"]["lr"] == 0.1


def test_stand_in_is_named_in_table_and_record(tmp_path: Path) -> None:
    nowhere = ["--data.source=MNIST", "--data.source.root=empty", "--data.source.mirrors=[]"]
    outcome = call(tmp_path, "fit", *SMALL, *nowhere)
    assert outcome.code == 0, outcome.err
    assert "This run does NOT use MNIST." in outcome.err
    assert "Digits (stands in for MNIST, which is missing)" in outcome.out
    record = only_record(tmp_path)
    assert (record.data["name"], record.data["requested_name"], record.data["fell_back"]) == ("Digits", "MNIST", True)
    assert runs(tmp_path)[0].parent.name == "fc-digits"
