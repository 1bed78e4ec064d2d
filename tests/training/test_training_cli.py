"""Overrides of optimizer, schedule, callbacks and loggers, as a user gives them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from mnist_lab.models import Classifier
from mnist_lab.runs.record import read_record
from tests.commands.program import SMALL, call, everything_in, fit, refused

PERCEPTRON = ("--config", "perceptron.yaml", "--data.source.num_samples=1200", "--trainer.max_epochs=2")


def optimizer_state(run: Path) -> dict[str, float]:
    checkpoint = torch.load(run / "checkpoints" / "last.ckpt", weights_only=True)
    group: dict[str, float] = checkpoint["optimizer_states"][0]["param_groups"][0]
    return group


@pytest.mark.parametrize("name", ["SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "AdamW"])
def test_optimizers_of_the_course_train(name: str, tmp_path: Path) -> None:
    run = fit(tmp_path, "--trainer.max_epochs=2", f"--optimizer={name}", "--optimizer.lr=0.01")
    record = read_record(run)
    assert record.settings["optimizer"]["class_path"] == f"torch.optim.{name}"
    assert optimizer_state(run)["initial_lr"] == 0.01
    first, second = (epoch.train_loss for epoch in record.epochs)
    assert first is not None
    assert second is not None
    assert second < first


def test_options_may_follow_with_a_blank(tmp_path: Path) -> None:
    run = fit(tmp_path, "--optimizer", "SGD", "--optimizer.lr", "0.1", "--optimizer.momentum", "0.9")
    assert (optimizer_state(run)["initial_lr"], optimizer_state(run)["momentum"]) == (0.1, 0.9)


def test_gradients_are_clipped_in_mixed_precision(tmp_path: Path) -> None:
    run = fit(tmp_path, "--trainer.precision=bf16-mixed", "--trainer.gradient_clip_val=1")
    assert (read_record(run).status, optimizer_state(run)["fused"]) == ("completed", False)


@pytest.mark.parametrize("args", [["--trainer.precision=bf16-mixed"], ["--trainer.gradient_clip_val=1"]])
def test_optimizer_is_fused_otherwise(args: list[str], tmp_path: Path) -> None:
    assert optimizer_state(fit(tmp_path, *args))["fused"] is True


def test_without_an_optimizer_the_models_own_is_adam(tmp_path: Path) -> None:
    outcome = call(
        tmp_path, "fit", "--model=FC", "--model.hidden=[8]", "--data.source=Digits", "--trainer.max_epochs=1"
    )
    assert outcome.code == 0, outcome.err
    (run,) = (tmp_path / "tb_logs" / "fc-digits").iterdir()
    assert (optimizer_state(run)["lr"], "betas" in optimizer_state(run)) == (0.001, True)


def test_sparse_adam_is_refused_with_the_reason(tmp_path: Path) -> None:
    message = refused(tmp_path, "fit", *SMALL, "--optimizer=SparseAdam")
    assert "sparse gradients" in message
    assert "those of FC are dense. Use Adam or AdamW." in message


def test_step_schedule_moves_each_epoch(tmp_path: Path) -> None:
    schedule = ["--lr_scheduler=StepLR", "--lr_scheduler.step_size=1", "--lr_scheduler.gamma=0.1"]
    run = fit(tmp_path, "--trainer.max_epochs=2", "--optimizer=SGD", "--optimizer.lr=0.1", *schedule)
    assert optimizer_state(run)["lr"] == pytest.approx(0.001)


def test_schedule_may_move_each_step(tmp_path: Path) -> None:
    schedule = ["--lr_scheduler=OneCycleLR", "--lr_scheduler.max_lr=0.1", "--lr_scheduler.total_steps=23"]
    run = fit(tmp_path, "--optimizer=SGD", "--optimizer.lr=0.1", *schedule, "--lr_interval=step")
    # After 22 of its 22 moves it ends at max_lr / 25 / 10,000, torch's defaults.
    assert optimizer_state(run)["lr"] == pytest.approx(0.1 / 25 / 1e4)


def test_plateau_schedule_watches_its_monitor(tmp_path: Path) -> None:
    schedule = ["--lr_scheduler=ReduceLROnPlateau", "--lr_scheduler.monitor=val/loss", "--lr_scheduler.patience=0"]
    rising = ["--lr_scheduler.mode=max", "--optimizer=SGD", "--optimizer.lr=0.01"]
    # Lightning asks this schedule after the epoch's checkpoint is written, so the second's move shows in the third.
    run = fit(tmp_path, "--trainer.max_epochs=3", *schedule, *rising)
    first, second, _ = (epoch.val_loss for epoch in read_record(run).epochs)
    assert first is not None
    assert second is not None
    assert second < first
    assert optimizer_state(run)["lr"] == pytest.approx(0.001)


def test_schedule_that_ends_too_early_says_so(tmp_path: Path) -> None:
    schedule = ["--lr_scheduler=OneCycleLR", "--lr_scheduler.max_lr=0.1", "--lr_scheduler.total_steps=5"]
    outcome = call(tmp_path, "fit", *SMALL, *schedule, "--lr_interval=step")
    assert outcome.code == 2
    assert outcome.err.splitlines()[-1].startswith("Error: lr_scheduler: OneCycleLR in epoch 0: Tried to step 6 times.")
    assert "Traceback" not in outcome.err


def test_early_stopping_ends_the_run(tmp_path: Path) -> None:
    stop = ["--trainer.callbacks+=EarlyStopping", "--trainer.callbacks.monitor=val/accuracy"]
    bar = ["--trainer.callbacks.mode=max", "--trainer.callbacks.stopping_threshold=0.1"]
    record = read_record(fit(tmp_path, "--trainer.max_epochs=9", *stop, *bar))
    assert (record.status, len(record.epochs)) == ("completed", 1)


def test_users_checkpoint_takes_the_place_of_ours(tmp_path: Path) -> None:
    keep = ["--trainer.callbacks+=ModelCheckpoint", "--trainer.callbacks.filename=own"]
    run = fit(tmp_path, *keep)
    assert [path.name for path in (run / "checkpoints").iterdir()] == ["own.ckpt"]
    assert read_record(run).best_checkpoint == "checkpoints/own.ckpt"


def test_csv_logger_takes_the_place_of_tensorboard(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL, "--trainer.logger=CSVLogger", "--trainer.logger.save_dir=csv")
    assert outcome.code == 0, outcome.err
    (run,) = (path.parent for path in tmp_path.rglob("record.json"))
    assert run.is_relative_to(tmp_path / "csv")
    rows = (run / "metrics.csv").read_text(encoding="utf-8").splitlines()
    assert {"val/accuracy", "train/loss", "time/train_s"} <= set(rows[0].split(","))
    assert (run / "config.yaml").is_file()
    assert list(tmp_path.rglob("events.out*")) == []
    assert "tensorboard --logdir" not in outcome.out


def test_without_a_logger_only_checkpoints_are_left(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL, "--trainer.logger=false")
    assert outcome.code == 0, outcome.err
    files = [path for path in everything_in(tmp_path) if path.is_file()]
    assert {path.suffix for path in files} == {".ckpt"}
    assert "test accuracy [%]" in outcome.out
    outcome = call(tmp_path, "fit", *SMALL, "--trainer.logger=false", "--trainer.enable_checkpointing=false")
    assert outcome.code == 0, outcome.err
    assert {path for path in everything_in(tmp_path) if path.is_file()} == set(files)


def test_without_a_logger_the_next_run_leaves_the_checkpoints_alone(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL, "--trainer.logger=false")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.ckpt")}
    assert len(before) == 2
    assert f"Checkpoints go to {next(iter(before)).parent.relative_to(tmp_path)}." in outcome.out
    assert call(tmp_path, "fit", *SMALL, "--trainer.logger=false", "--seed_everything=1").code == 0
    assert len(list(tmp_path.rglob("*.ckpt"))) == 4
    assert all(path.read_bytes() == content for path, content in before.items())


def test_list_of_widths_makes_the_network(tmp_path: Path) -> None:
    outcome = call(tmp_path, "summary", "--config", "fc.yaml", "--model.hidden=[256]")
    assert outcome.code == 0
    assert "FC: 203,530 parameters" in outcome.out
    outcome = call(tmp_path, "summary", "--config", "fc.yaml", "--model.hidden=[]")
    assert "FC: 7,850 parameters" in outcome.out


def test_every_loss_and_activation_trains(tmp_path: Path) -> None:
    for loss in ("MultiMarginLoss", "BCEWithLogitsLoss", "MSELoss"):
        outcome = call(tmp_path, "fit", *PERCEPTRON, f"--model.loss={loss}", "--model.activation=Tanh")
        assert outcome.code == 0, outcome.err
    folders = sorted((tmp_path / "tb_logs" / "perceptron-intervals").iterdir())
    records = [read_record(folder) for folder in folders]
    assert sorted(record.settings["model"]["init_args"]["loss"] for record in records) == sorted(
        ("MultiMarginLoss", "BCEWithLogitsLoss", "MSELoss")
    )
    for record in records:
        first, second = (epoch.train_loss for epoch in record.epochs)
        assert first is not None
        assert second is not None
        assert second < first


def test_learning_rate_monitor_logs_beside_ours(tmp_path: Path) -> None:
    run = fit(tmp_path, "--trainer.callbacks+=LearningRateMonitor", "--trainer.callbacks.logging_interval=epoch")
    tags = EventAccumulator(str(run)).Reload().Tags()["scalars"]
    assert {"lr-Adam", "val/accuracy", "time/train_s"} <= set(tags)


def test_models_are_the_packages_own(tmp_path: Path) -> None:
    message = refused(tmp_path, "fit", "--config", "fc.yaml", "--model=Classifierr")
    names = sorted(model.__name__ for model in Classifier.__subclasses__() if model.__module__.startswith("mnist_lab."))
    assert all(name in message for name in names)


def test_every_command_takes_the_config_of_a_run(tmp_path: Path) -> None:
    config = ["--config", str(fit(tmp_path) / "config.yaml")]
    for command in ("validate", "test", "predict"):
        assert call(tmp_path, command, *config, "--ckpt_path=best").code == 0, command
    for command in ("fit", "summary", "data"):
        assert call(tmp_path, command, *config).code == 0, command
