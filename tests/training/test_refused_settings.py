"""Settings that Lightning and torch would take, and that train nothing or fail on the way: one line, exit code 2."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tests.commands.program import SMALL, call, only_record, refused, runs

ONE_CYCLE = (
    "--lr_interval=step",
    "--lr_scheduler=OneCycleLR",
    "--lr_scheduler.max_lr=0.01",
    "--lr_scheduler.total_steps=860",
)
CYCLIC = (
    *("--optimizer=SGD", "--lr_scheduler=CyclicLR"),
    *("--lr_scheduler.base_lr=0", "--lr_scheduler.max_lr=0.1"),
)
CHECKPOINT = "--trainer.callbacks+=ModelCheckpoint"

REFUSED = {
    "classes that the data have not": (
        ["--model.num_classes=3"],
        "num_classes: 3 is not what the data have (10)",
    ),
    "a shape that the data have not": (["--model.input_shape=[3]"], "model.input_shape: [3] is not what the data have"),
    "a setting of another source": (["--data.source.root=data"], "data.source: Digits has no argument 'root'"),
    "a setting of the source before": (
        ["--data.source.root=data", "--data.source=Digits"],
        "data.source: Digits has no argument 'root'",
    ),
    "gamma nan": (["--lr_scheduler.gamma=.nan"], "lr_scheduler.gamma: nan is no number"),
    "gamma below 0": (["--lr_scheduler.gamma=-1"], "lr_scheduler.gamma: -1.0 is too low for ExponentialLR"),
    "steps of no length": (
        ["--lr_scheduler=StepLR", "--lr_scheduler.step_size=0"],
        "lr_scheduler.step_size: 0 is too low for StepLR; give 1 or more.",
    ),
    "a cosine of no length": (
        ["--lr_scheduler=CosineAnnealingLR", "--lr_scheduler.T_max=0"],
        "lr_scheduler.T_max: 0 is too low for CosineAnnealingLR; give 1 or more.",
    ),
    "no epochs": (["--trainer.max_epochs=0"], "trainer.max_epochs: 0 trains nothing; give 1 or more."),
    "no steps": (["--trainer.max_steps=0"], "trainer.max_steps: 0 trains nothing; give 1 or more."),
    "no time": (
        ["--trainer.max_time=00:00:00:00"],
        "trainer.max_time: 00:00:00:00 trains nothing; give a time above 0, such as 00:00:10:00 for ten minutes.",
    ),
    "time below 0": (["--trainer.max_time={seconds: -1}"], "trainer.max_time: {'seconds': -1} trains nothing"),
    "a timer of no time": (
        ["--trainer.callbacks+=Timer", "--trainer.callbacks.duration=00:00:00:00"],
        "trainer.callbacks: the duration of Timer: 0 s trains nothing; give a time above 0",
    ),
    "no batches": (["--trainer.limit_train_batches=0"], "trainer.limit_train_batches: 0 trains nothing"),
    "validation all the time": (["--trainer.val_check_interval=0"], "trainer.val_check_interval: 0 is no interval"),
    "validation never": (
        ["--trainer.val_check_interval=1e9"],
        "trainer.val_check_interval: 1000000000 is more than an epoch's 22 batches; give at most 22",
    ),
    "less than a batch": (
        ["--trainer.limit_train_batches=1e-9"],
        "trainer.limit_train_batches: 1e-09 of an epoch's 22 batches is less than one; give at least 0.0455",
    ),
    "clipping at nan": (["--trainer.gradient_clip_val=.nan"], "trainer.gradient_clip_val: nan is no number"),
    "16 bit": (["--trainer.precision=16-true"], "trainer.precision: 16-true does not suit the data"),
    "bfloat16": (["--trainer.precision=bf16-true"], "trainer.precision: bf16-true does not suit the data"),
    "64 bit": (["--trainer.precision=64-true"], "trainer.precision: 64-true does not suit the data"),
    "transformer engine": (["--trainer.precision=transformer-engine"], "needs a package that is not installed"),
    "no devices": (["--trainer.devices=0"], "trainer.devices: this is neither a number of devices nor a list of them"),
    "no list of devices": (["--trainer.devices=[]"], "trainer.devices: this is neither a number of devices nor a list"),
    "a list of CPUs": (["--trainer.devices=[0,1]"], "trainer.devices: this is neither a number of devices nor a list"),
    "processes without number": (["--trainer.devices=1000"], "trainer.devices: 1000 processes are too many for "),
    "no such device": (["--trainer.accelerator=tpu"], "needs a package that is not installed"),
    "a time of unknown units": (["--trainer.max_time={foo: 1}"], "trainer.max_time: {'foo': 1} is no time; give DD:"),
    "a time without end": (
        ["--trainer.max_time={seconds: 1000000000000000}"],
        "trainer.max_time: {'seconds': 1000000000000000} is no time",
    ),
    "less than a batch to overfit": (
        ["--trainer.overfit_batches=1e-9"],
        "trainer.overfit_batches: 1e-09 of an epoch's 1 batches is less than one; give at least 1.0",
    ),
    "less than a batch to validate on": (
        ["--trainer.limit_val_batches=1e-9"],
        "trainer.limit_val_batches: 1e-09 of an epoch's 1 batches is less than one",
    ),
    "less than a batch to test on": (
        ["--trainer.limit_test_batches=1e-9"],
        "trainer.limit_test_batches: 1e-09 of an epoch's 1 batches is less than one",
    ),
    "a rate of 0": (["--optimizer.lr=0"], "optimizer.lr: 0.0 is no learning rate; give a number above 0"),
    "a cycle of rates of 0": ([*ONE_CYCLE, "--lr_scheduler.max_lr=0"], "lr_scheduler.max_lr: 0.0 is too low for OneC"),
    "a cycle of rates below 0": ([*CYCLIC, "--lr_scheduler.max_lr=-1"], "lr_scheduler.max_lr: -1.0 is too low for Cyc"),
    "a cycle of no length": (
        [*CYCLIC, "--lr_scheduler.step_size_up=0"],
        "lr_scheduler.step_size_up: 0 is too low for CyclicLR; give a number above 0.",
    ),
    "a constant of nothing": (
        ["--lr_scheduler=ConstantLR", "--lr_scheduler.factor=0"],
        "lr_scheduler.factor: 0.0 is too low for ConstantLR; give a number above 0.",
    ),
    "a rate below 0": (["--optimizer.lr=-1"], "optimizer.lr: -1.0 is no learning rate; give a number above 0"),
    "a rate of nan": (["--optimizer.lr=.nan"], "optimizer.lr: nan is no number"),
    "an infinite rate": (["--optimizer.lr=.inf"], "optimizer.lr: inf is no number"),
    "a layer of 28 TiB": (
        ["--model.hidden=[10000000000]"],
        "model: a layer is too large for this machine's memory (29,206 GiB); make the model smaller.",
    ),
    "clipping of a fused optimizer": (
        ["--trainer.precision=bf16-mixed", "--trainer.gradient_clip_val=1", "--optimizer.fused=true"],
        "the gradients of a fused optimizer cannot be clipped; set optimizer.fused to false.",
    ),
    "rates written nowhere": (
        ["--trainer.logger=false", "--trainer.callbacks+=LearningRateMonitor"],
        "LearningRateMonitor has nowhere to write to",
    ),
    "device figures written nowhere": (
        ["--trainer.logger=false", "--trainer.callbacks+=DeviceStatsMonitor"],
        "DeviceStatsMonitor has nowhere to write to",
    ),
    "no backbone": (["--trainer.callbacks+=BackboneFinetuning"], "attribute 'backbone', which FC has not"),
    "no rate to find": (["--trainer.callbacks+=LearningRateFinder"], "attribute 'lr', which FC has not"),
    "a batch to be found": (
        ["--trainer.callbacks+=BatchSizeFinder"],
        "BatchSizeFinder looks for the batch that just fits into memory",
    ),
    "a brace too few": ([CHECKPOINT, "--trainer.callbacks.filename={epoch"], "cannot make a name of filename '{epoch'"),
    "a name too long": ([CHECKPOINT, f"--trainer.callbacks.filename={'x' * 300}"], "longer than the 255 bytes"),
}


@pytest.mark.parametrize(("args", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_in_one_line(args: list[str], message: str, tmp_path: Path) -> None:
    assert message in refused(tmp_path, "fit", *SMALL, *args)


def test_seed_of_null_in_a_config_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("seed_everything: null\n", encoding="utf-8")
    message = refused(tmp_path, "fit", *SMALL, "--config=own.yaml")
    assert message == "seed_everything: null is no seed; give 0 to 4294967295."


def test_device_figures_need_psutil(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        "mnist_lab.training.callback_checks.find_spec", lambda name: None if name == "psutil" else find_spec(name)
    )
    message = refused(tmp_path, "fit", *SMALL, "--trainer.callbacks+=DeviceStatsMonitor")
    assert message.endswith("DeviceStatsMonitor needs the package psutil, which is not installed: pip install psutil.")


def test_checkpoint_folder_inside_a_file(tmp_path: Path) -> None:
    file = tmp_path / "taken"
    file.touch()
    message = refused(tmp_path, "fit", *SMALL, CHECKPOINT, f"--trainer.callbacks.dirpath={file / 'inside'}")
    assert f"cannot be made: {file} is no folder that can be written to; name another." in message


def test_the_datas_own_number_of_classes_may_be_given(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL, "--model.num_classes=10", "--model.input_shape=[1,28,28]")
    assert outcome.code == 0, outcome.err


def test_cycle_that_is_not_finished_is_said_before_and_after(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL, *ONE_CYCLE)
    assert outcome.code == 0, outcome.err
    assert outcome.err.count("OneCycleLR is made for 860 steps and makes 22 in this training") == 1
    assert "set lr_scheduler.total_steps to 22." in outcome.err
    assert "OneCycleLR not finished: 22 of 860 steps" in outcome.out


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (["--trainer.limit_val_batches=0"], "trainer.limit_val_batches 0"),
        (["--trainer.check_val_every_n_epoch=5"], "trainer.check_val_every_n_epoch 5, trainer.max_epochs 1"),
    ],
)
def test_training_without_validation_says_that_it_has_no_best_epoch(args: list[str], why: str, tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL, *args)
    assert outcome.code == 0, outcome.err
    assert f"No epoch is validated ({why}), so none is the best: the weights of the last one are tested." in outcome.err
    assert "monitored key" not in outcome.err
    assert only_record(tmp_path).best_checkpoint is None


def test_cycle_that_is_finished_is_no_matter(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL, *ONE_CYCLE, "--lr_scheduler.total_steps=22")
    assert outcome.code == 0, outcome.err
    assert "OneCycleLR" not in outcome.err
    assert "not finished" not in outcome.out


def test_rate_of_0_is_no_matter_where_the_schedule_sets_it(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL, *ONE_CYCLE, "--optimizer.lr=0", "--lr_scheduler.total_steps=22")
    assert outcome.code == 0, outcome.err


def test_timer_is_written_to_the_runs_config(tmp_path: Path) -> None:
    timer = ("--trainer.callbacks+=Timer", "--trainer.callbacks.duration=00:00:10:00")
    outcome = call(tmp_path, "fit", *SMALL, *timer)
    assert outcome.code == 0, outcome.err
    assert "interval: step" in (runs(tmp_path)[0] / "config.yaml").read_text(encoding="utf-8")


def test_several_machines_that_nothing_tells_apart_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MASTER_ADDR", raising=False)
    message = refused(tmp_path, "fit", *SMALL, "--trainer.num_nodes=2")
    assert message.startswith("trainer.num_nodes: 2 machines are asked for, and nothing says which one this is; ")
