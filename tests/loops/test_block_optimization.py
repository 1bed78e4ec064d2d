"""Steps taken in groups against steps taken one by one: the same weights, counts, checkpoints and logs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from mnist_lab.main import main
from mnist_lab.runs.record import RunRecord, read_record

FIT = [
    "fit",
    "--config",
    "fc.yaml",
    "--data.source",
    "Digits",
    "--model.hidden=[16]",
    "--trainer.log_every_n_steps",
    "5",
]

SETTINGS = {
    "nothing special": ["--trainer.max_epochs", "3"],
    "dropout": ["--trainer.max_epochs", "2", "--model.dropout", "0.3"],
    "a limit on batches": ["--trainer.max_epochs", "2", "--trainer.limit_train_batches", "7"],
    "a limit on steps within an epoch": ["--trainer.max_steps", "33"],
    "a limit on validation batches": ["--trainer.max_epochs", "2", "--trainer.limit_val_batches", "1"],
    "the norm of gradients clipped": ["--trainer.max_epochs", "2", "--trainer.gradient_clip_val", "0.1"],
    "the value of gradients clipped": [
        *("--trainer.max_epochs", "2", "--trainer.gradient_clip_val", "0.01"),
        *("--trainer.gradient_clip_algorithm", "value"),
    ],
    "a schedule that moves on with each epoch": [
        *("--trainer.max_epochs", "3", "--lr_scheduler", "StepLR", "--lr_scheduler.step_size", "1"),
        *("--lr_scheduler.gamma", "0.3"),
    ],
    "a schedule that moves on with each step": [
        *("--trainer.max_epochs", "2", "--lr_interval", "step", "--lr_scheduler", "OneCycleLR"),
        *("--lr_scheduler.max_lr", "0.01", "--lr_scheduler.total_steps", "44"),
    ],
    "a schedule that looks at the validation": [
        *("--trainer.max_epochs", "4", "--lr_scheduler", "ReduceLROnPlateau", "--lr_scheduler.monitor", "val/loss"),
        *("--lr_scheduler.patience", "0", "--lr_scheduler.threshold", "0.5"),
    ],
    "validation every second epoch": ["--trainer.max_epochs", "4", "--trainer.check_val_every_n_epoch", "2"],
    "another optimizer": ["--trainer.max_epochs", "2", "--optimizer", "SGD", "--optimizer.momentum", "0.9"],
}


def run(folder: Path, *args: str) -> Path:
    """Fit and return the run's folder."""
    before = set(folder.glob("*/*"))
    assert main([*FIT, "--trainer.default_root_dir", str(folder), *args]) == 0
    (new,) = set(folder.glob("*/*")) - before
    return new


def checkpoint(run_folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = torch.load(run_folder / "checkpoints" / "last.ckpt", weights_only=True)
    return loaded


def assert_same(one: object, other: object, where: str = "") -> None:
    """Compare nested values, tensors bit for bit."""
    if isinstance(one, torch.Tensor):
        assert isinstance(other, torch.Tensor), where
        assert torch.equal(one, other), where
    elif isinstance(one, dict):
        assert isinstance(other, dict), where
        assert one.keys() == other.keys(), where
        for key in one:
            assert_same(one[key], other[key], f"{where}.{key}")
    elif isinstance(one, list):
        assert isinstance(other, list), where
        assert len(one) == len(other), where
        for index, entry in enumerate(one):
            assert_same(entry, other[index], f"{where}[{index}]")
    else:
        assert one == other, where


def scores(run_folder: Path) -> dict[str, list[tuple[int, float]]]:
    """Return all scalars but times: by tag, step and value."""
    events = EventAccumulator(str(run_folder))
    events.Reload()
    tags = [tag for tag in events.Tags()["scalars"] if "time" not in tag]
    return {tag: sorted((event.step, event.value) for event in events.Scalars(tag)) for tag in tags}


def scores_in(record: RunRecord) -> list[tuple[Any, ...]]:
    return [
        (epoch.epoch, epoch.steps, epoch.train_loss, epoch.train_accuracy, epoch.val_loss, epoch.val_accuracy)
        for epoch in record.epochs
    ]


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS.keys())
def test_groups_give_what_single_steps_give(
    settings: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grouped = run(tmp_path / "grouped", *settings)
    assert "One step at a time" not in capsys.readouterr().err
    single = run(tmp_path / "single", "--steps_per_execution", "1", *settings)
    ours, theirs = checkpoint(grouped), checkpoint(single)
    for key in ("state_dict", "global_step", "epoch", "optimizer_states", "lr_schedulers"):
        assert_same(ours[key], theirs[key], key)
    loops = [one["loops"]["fit_loop"]["epoch_loop.state_dict"] for one in (ours, theirs)]
    assert_same(*loops)
    assert scores(grouped) == scores(single)
    assert scores_in(read_record(grouped)) == scores_in(read_record(single))
    assert read_record(grouped).test_accuracy == read_record(single).test_accuracy


def test_axis_of_the_loggers_is_optimizer_steps(tmp_path: Path) -> None:
    folder = run(tmp_path, "--trainer.max_epochs", "2")
    by_tag = scores(folder)
    steps = read_record(folder).epochs[-1].steps
    assert steps == 2 * 22  # 1,373 training samples in batches of 64
    # As everywhere in Lightning the axis counts from 0.
    assert [step for step, _ in by_tag["train/loss_step"]] == [4, 9, 14, 19, 21, 26, 31, 36, 41, 43]
    assert [step for step, _ in by_tag["val/accuracy"]] == [21, 43]
    assert [step for step, _ in by_tag["train/loss"]] == [21, 43]


@pytest.mark.parametrize("first", ["1", "5"])
@pytest.mark.parametrize("second", ["1", "5"])
def test_resume_goes_on_in_either_way(first: str, second: str, tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", "--trainer.max_epochs", "4", "--steps_per_execution", first)
    half = run(tmp_path / "half", "--trainer.max_epochs", "2", "--steps_per_execution", first)
    last = str(half / "checkpoints" / "last.ckpt")
    rest = run(tmp_path / "rest", "--trainer.max_epochs", "4", "--steps_per_execution", second, "--ckpt_path", last)
    assert checkpoint(rest)["global_step"] == checkpoint(whole)["global_step"] == 88
    assert_same(checkpoint(rest)["state_dict"], checkpoint(whole)["state_dict"])
    assert_same(checkpoint(rest)["optimizer_states"], checkpoint(whole)["optimizer_states"])
    assert [row for row in scores(whole)["val/accuracy"] if row[0] >= 44] == scores(rest)["val/accuracy"]


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (["--trainer.accumulate_grad_batches", "3"], "gradients are accumulated"),
        (["--trainer.val_check_interval", "0.5"], "validation comes within an epoch"),
        (["--trainer.limit_train_batches", "0.5"], "a share of the training batches is asked for"),
        (["--trainer.overfit_batches", "3"], "overfit_batches is set"),
        (["--trainer.detect_anomaly", "true"], "anomalies are to be detected"),
        (["--trainer.precision", "bf16-mixed"], "precision is bf16-mixed"),
        (["--trainer.profiler", "simple"], "a profiler looks at each step"),
        (["--trainer.callbacks+=LearningRateMonitor"], "LearningRateMonitor has on_train_batch_start"),
        (
            ["--trainer.callbacks+=ModelCheckpoint", "--trainer.callbacks.every_n_train_steps=10"],
            "ModelCheckpoint has on_train_batch_end",
        ),
        (["--optimizer", "LBFGS"], "LBFGS evaluates the loss several times a step"),
    ],
)
def test_what_looks_at_single_steps_gets_them(
    settings: list[str], reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = run(tmp_path, "--trainer.max_epochs", "1", *settings)
    assert f"One step at a time, which is slower: {reason}." in capsys.readouterr().err
    assert read_record(folder).status == "completed"


def test_early_stopping_and_plain_checkpoints_leave_the_groups(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = run(
        tmp_path,
        "--trainer.max_epochs",
        "2",
        "--trainer.callbacks+=EarlyStopping",
        "--trainer.callbacks.monitor=val/loss",
    )
    assert "One step at a time" not in capsys.readouterr().err
    assert read_record(folder).epochs[-1].steps == 44


def test_batch_hooks_see_a_block_once(tmp_path: Path) -> None:
    from mnist_lab.cli.configs import resolve_configs
    from mnist_lab.cli.quiet import quieten_lightning
    from mnist_lab.training.train_once import train_once
    from tests.loops.block_watcher import BlockWatcher

    quieten_lightning()
    watcher = BlockWatcher()
    args = [*FIT[1:], "--trainer.default_root_dir", str(tmp_path), "--trainer.max_epochs", "1"]
    train_once(resolve_configs(args), callbacks=[watcher])
    assert watcher.blocks == [5, 5, 5, 5, 2]
    assert watcher.global_steps == [5, 10, 15, 20, 22]
    assert watcher.samples == 1373


@pytest.mark.parametrize(
    ("every", "blocks"),
    [
        ([2], [2, 2, 1, 1, 2, 2, 2, 2, 1, 1, 2, 2, 2]),
        ([7], [5, 2, 3, 4, 1, 5, 1, 1]),
        ([10, 11], [5, 5, 1, 4, 5, 2]),
        ([22, 100], [5, 5, 5, 5, 2]),
    ],
)
def test_blocks_end_where_somebody_wants_to_look(
    every: list[int], blocks: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mnist_lab.callbacks import ScoreCurves
    from mnist_lab.cli.configs import resolve_configs
    from mnist_lab.cli.quiet import quieten_lightning
    from mnist_lab.pictures.score_picture import ScorePicture
    from mnist_lab.training.train_once import fit_config
    from mnist_lab.training.training_cli import TrainingCLI
    from tests.loops.block_watcher import BlockWatcher

    quieten_lightning()
    monkeypatch.setattr(ScorePicture, "png", lambda _: b"")  # nobody looks, and drawing takes long
    args = [*FIT[1:], "--trainer.default_root_dir", str(tmp_path), "--trainer.max_epochs", "2"]
    cli = TrainingCLI("fit", resolve_configs(args), quiet=True)
    cli.trainer.callbacks += [ScoreCurves(every_n_steps=number, to=["tensorboard"]) for number in every]  # type: ignore[attr-defined]
    watcher = BlockWatcher()
    fit_config(cli, callbacks=[watcher], quiet=True)
    assert watcher.blocks == blocks * 2
    assert watcher.samples == 2 * 1373
