"""Recorded blocks against single steps, on a model of CUDA graphs that runs on the CPU."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.optim import Optimizer

from mnist_lab.loops.block_capture import BlockCapture, why_not_captured
from mnist_lab.loops.block_optimization import BlockOptimization
from mnist_lab.main import main
from mnist_lab.runs.record import read_record

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


class GraphsOnTheCPU:
    """Behaves as CUDA graphs do: recording runs nothing, a replay repeats the work on the tensors that were recorded.

    Numbers that Python held while recording are frozen into a graph: here a replay works with those of the recording,
    whatever stands in the parameter groups then. Work that reads the learning rate from anywhere but a tensor ends in
    NaN.
    """

    def __init__(self, model: torch.nn.Module, optimizer: Optimizer) -> None:
        self.model = model
        self.optimizer = optimizer
        self.recorded = 0
        self.replays = 0
        self.clock_stands = False
        self.untimed: list[bool] = []
        """Of each recording and replay in turn, whether the clock stood still."""

    def __call__(self, work: Callable[[], None]) -> Callable[[], None]:
        self.recorded += 1
        self.untimed.append(self.clock_stands)
        before = [(tensor, tensor.clone()) for tensor in self.state()]
        frozen = [self.numbers(group) for group in self.optimizer.param_groups]
        with torch.random.fork_rng([]):
            work()
        for tensor, value in before:
            tensor.copy_(value)

        def replay() -> None:
            self.replays += 1
            self.untimed.append(self.clock_stands)
            now = [self.numbers(group) for group in self.optimizer.param_groups]
            self.put(frozen)
            for group in self.optimizer.param_groups:
                group["lr"] = float("nan")
            work()
            self.put(now)

        return replay

    @staticmethod
    def numbers(group: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in group.items() if name != "params"}

    def put(self, numbers: list[dict[str, Any]]) -> None:
        for group, values in zip(self.optimizer.param_groups, numbers, strict=True):
            group.update(values)

    @contextmanager
    def stop_the_clock(self) -> Iterator[None]:
        self.clock_stands = True
        yield
        self.clock_stands = False

    def state(self) -> list[Tensor]:
        entries = [value for entry in self.optimizer.state.values() for value in entry.values()]
        return [
            *(parameter.data for parameter in self.model.parameters()),
            *(v for v in entries if isinstance(v, Tensor)),
        ]


class Frozen(GraphsOnTheCPU):
    """A graph that trains on a learning rate of its own: what a mistake in recording would look like."""

    def __call__(self, work: Callable[[], None]) -> Callable[[], None]:
        replay = super().__call__(work)

        def with_noise() -> None:
            replay()
            for parameter in self.model.parameters():
                parameter.data.add_(0.01)

        return with_noise


class Refusing(GraphsOnTheCPU):
    def __call__(self, work: Callable[[], None]) -> Callable[[], None]:
        raise RuntimeError("operation not permitted when stream is capturing\nand more")


@pytest.fixture
def graphs(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> list[GraphsOnTheCPU]:
    """Let fit record blocks; what recorded them is in the list afterwards."""
    made: list[GraphsOnTheCPU] = []
    kind: type[GraphsOnTheCPU] = getattr(request, "param", GraphsOnTheCPU)

    def decide(self: BlockOptimization, optimizer: Optimizer, block: Any) -> None:
        self._decided = True
        model = self.trainer.lightning_module
        made.append(kind(model, optimizer))
        self.capture = BlockCapture(model, optimizer, record=made[-1], untimed=made[-1].stop_the_clock)

    monkeypatch.setattr(BlockOptimization, "_decide", decide)
    return made


def fit(folder: Path, *args: str) -> dict[str, Any]:
    assert main([*FIT, "--trainer.default_root_dir", str(folder), *args]) == 0
    (run,) = folder.glob("*/*")
    loaded: dict[str, Any] = torch.load(run / "checkpoints" / "last.ckpt", weights_only=True)
    return {**loaded, "record": read_record(run)}


def assert_close(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert one["global_step"] == other["global_step"]
    for name, weights in one["state_dict"].items():
        # A learning rate in a tensor has single precision, one in Python double.
        torch.testing.assert_close(weights, other["state_dict"][name], rtol=1e-3, atol=1e-5)


SCHEDULES = {
    "no schedule": [],
    "one cycle": [
        *("--lr_interval", "step", "--lr_scheduler", "OneCycleLR", "--lr_scheduler.max_lr", "0.01"),
        *("--lr_scheduler.total_steps", "66", "--lr_scheduler.cycle_momentum", "false"),
    ],
    "by epoch": ["--lr_scheduler", "StepLR", "--lr_scheduler.step_size", "1", "--lr_scheduler.gamma", "0.3"],
    "SGD": ["--optimizer", "SGD", "--optimizer.lr", "0.05", "--optimizer.momentum", "0.9"],
    "AdamW, clipped": ["--optimizer", "AdamW", "--trainer.gradient_clip_val", "0.1"],
}


@pytest.mark.parametrize("args", SCHEDULES.values(), ids=SCHEDULES.keys())
def test_replayed_blocks_train_as_single_steps_do(
    args: list[str], tmp_path: Path, graphs: list[GraphsOnTheCPU]
) -> None:
    recorded = fit(tmp_path / "recorded", "--trainer.max_epochs", "3", *args)
    single = fit(tmp_path / "single", "--trainer.max_epochs", "3", "--steps_per_execution", "1", *args)
    (used,) = graphs
    # Blocks of 5 steps, and one of 2 (the last batch of it smaller) at the end of each epoch.
    assert used.recorded == 2
    # All but the first of each size; the check replays one that single steps train on again.
    assert used.replays == 3 * 5 - 2
    assert_close(recorded, single)
    for ours, theirs in zip(recorded["record"].epochs, single["record"].epochs, strict=True):
        assert ours.train_loss == pytest.approx(theirs.train_loss, rel=1e-3)
        assert ours.train_accuracy == pytest.approx(theirs.train_accuracy, abs=2e-3)


CHANGING = {
    "Adam's betas with each step": [
        *("--lr_interval", "step", "--lr_scheduler", "OneCycleLR", "--lr_scheduler.max_lr", "0.01"),
        *("--lr_scheduler.total_steps", "66"),
    ],
    "SGD's momentum with each step, and dropout": [
        *("--optimizer", "SGD", "--optimizer.lr", "0.05", "--optimizer.momentum", "0.9", "--model.dropout", "0.3"),
        *("--lr_interval", "step", "--lr_scheduler", "OneCycleLR", "--lr_scheduler.max_lr", "0.1"),
        *("--lr_scheduler.total_steps", "66"),
    ],
    "Adam's betas with each epoch": [
        *("--lr_scheduler", "CyclicLR", "--lr_scheduler.base_lr", "0.001", "--lr_scheduler.max_lr", "0.01"),
        *("--lr_scheduler.step_size_up", "2"),
    ],
}


@pytest.mark.parametrize("args", CHANGING.values(), ids=CHANGING.keys())
def test_schedule_of_more_than_the_rate_gets_single_steps(
    args: list[str], tmp_path: Path, graphs: list[GraphsOnTheCPU], capsys: pytest.CaptureFixture[str]
) -> None:
    recorded = fit(tmp_path / "recorded", "--trainer.max_epochs", "3", *args)
    err = capsys.readouterr().err
    single = fit(tmp_path / "single", "--trainer.max_epochs", "3", "--steps_per_execution", "1", *args)
    assert err.count("No CUDA graph") == 1
    assert " change while it trains, and a graph keeps them as they were recorded." in err
    assert_close(recorded, single)
    ours, theirs = (one["optimizer_states"][0]["param_groups"][0] for one in (recorded, single))
    assert {name: ours[name] for name in theirs} == theirs


def test_dropout_is_checked_with_the_same_random_numbers(
    tmp_path: Path, graphs: list[GraphsOnTheCPU], capsys: pytest.CaptureFixture[str]
) -> None:
    dropout = ("--trainer.max_epochs", "3", "--model.dropout", "0.3")
    recorded = fit(tmp_path / "recorded", *dropout)
    assert "No CUDA graph" not in capsys.readouterr().err
    assert graphs[0].replays == 3 * 5 - 2
    assert_close(recorded, fit(tmp_path / "single", "--steps_per_execution", "1", *dropout))


@pytest.mark.parametrize("graphs", [Frozen], indirect=True)
def test_graph_that_trains_otherwise_is_found_out_with_dropout_too(
    tmp_path: Path, graphs: list[GraphsOnTheCPU], capsys: pytest.CaptureFixture[str]
) -> None:
    fit(tmp_path, "--trainer.max_epochs", "2", "--model.dropout", "0.3")
    assert "the graph's weights differ from those of single steps" in capsys.readouterr().err


def test_recording_and_check_are_not_timed(tmp_path: Path, graphs: list[GraphsOnTheCPU]) -> None:
    fit(tmp_path, "--trainer.max_epochs", "2")
    # Two recordings and the replay that is checked; what is replayed afterwards is training.
    untimed = graphs[0].untimed
    assert untimed.count(True) == graphs[0].recorded + 1
    assert untimed[:2] == [True, True]
    assert untimed[-1] is False


def test_checkpoint_of_recorded_steps_holds_plain_numbers(tmp_path: Path, graphs: list[GraphsOnTheCPU]) -> None:
    checkpoint = fit(tmp_path, "--trainer.max_epochs", "2")
    assert graphs[0].replays > 0
    (group,) = checkpoint["optimizer_states"][0]["param_groups"]
    assert (type(group["lr"]), group["initial_lr"]) == (float, 0.002)
    assert group["capturable"] is False


@pytest.mark.parametrize("graphs", [Frozen], indirect=True)
def test_graph_that_trains_otherwise_is_found_out(
    tmp_path: Path, graphs: list[GraphsOnTheCPU], capsys: pytest.CaptureFixture[str]
) -> None:
    checked = fit(tmp_path / "checked", "--trainer.max_epochs", "2")
    assert "No CUDA graph, each step is launched by itself: the graph's weights differ" in capsys.readouterr().err
    single = fit(tmp_path / "single", "--trainer.max_epochs", "2", "--steps_per_execution", "1")
    assert graphs[0].replays == 1
    for name, weights in checked["state_dict"].items():
        assert torch.equal(weights, single["state_dict"][name])


@pytest.mark.parametrize("graphs", [Refusing], indirect=True)
def test_what_cannot_be_recorded_runs_step_by_step(
    tmp_path: Path, graphs: list[GraphsOnTheCPU], capsys: pytest.CaptureFixture[str]
) -> None:
    refused = fit(tmp_path / "refused", "--trainer.max_epochs", "2")
    err = capsys.readouterr().err
    assert err.count("No CUDA graph") == 1
    assert "operation not permitted when stream is capturing." in err
    assert "and more" not in err
    single = fit(tmp_path / "single", "--trainer.max_epochs", "2", "--steps_per_execution", "1")
    for name, weights in refused["state_dict"].items():
        assert torch.equal(weights, single["state_dict"][name])


def test_optimizers_that_cannot_be_recorded_are_named() -> None:
    class OnTheCPU:
        indices = torch.arange(3)

    weights = [torch.nn.Parameter(torch.zeros(2))]
    block: Any = OnTheCPU()
    assert why_not_captured(torch.optim.RMSprop(weights), block) == "RMSprop is not fused"
    assert why_not_captured(torch.optim.Adam(weights), block) == "Adam is not fused"
    assert why_not_captured(torch.optim.Adam(weights, fused=True), block) == "the data is not on the GPU"
