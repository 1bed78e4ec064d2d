"""Forecasts of a training's memory: who holds it, what decides it, and that a forecast leaves everything as it was."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from lightning.pytorch import Trainer
from torch import Tensor, nn

from mnist_lab.callbacks import CudaMemoryGuard
from mnist_lab.data import ClassificationDataModule
from mnist_lab.gpu.budget import Limits
from mnist_lab.gpu.card import Card, imagined_card
from mnist_lab.models import FC, OwnNetwork
from mnist_lab.models.summary import summarize
from mnist_lab.training.forecast import Forecaster, NoForecastError
from mnist_lab.training.forecast_warning import line_past_limit
from tests.gpu.fake_device import FakeCuda, FakeDriver
from tests.modelled_gpu.invented import Pictures
from tests.small_run import quiet_trainer

MIB = 2**20
PIXELS = (1, 28, 28)


def data(count: int = 6000, **settings: Any) -> ClassificationDataModule:
    datamodule = ClassificationDataModule(Pictures(count), **{"batch_size": 1000, **settings})
    datamodule.setup("fit")
    return datamodule


def fc(optimizer: type[torch.optim.Optimizer] = torch.optim.Adam, hidden: int = 2000, **settings: Any) -> FC:
    class Chosen(FC):
        def configure_optimizers(self) -> torch.optim.Optimizer:
            return optimizer(self.parameters(), **settings)

    return Chosen(PIXELS, 10, hidden=[hidden])


def forecaster(folder: Path, model: FC | OwnNetwork, card: Card | None = None, **settings: Any) -> Forecaster:
    return Forecaster(quiet_trainer(folder, max_epochs=1), model, data(**settings), card=card)


def test_parameters_are_held_once_for_each_thing_that_is_kept_of_them(tmp_path: Path) -> None:
    parameters_bytes = 4 * (784 * 2000 + 2000 + 2000 * 10 + 10)
    for optimizer, copies in ((torch.optim.SGD, 0), (torch.optim.Adam, 2)):
        peak = forecaster(tmp_path, fc(optimizer)).of_batch_size(1000).peak()
        assert peak.by_kind["parameters"] == pytest.approx(parameters_bytes, rel=0.01)
        assert peak.by_kind.get("optimizer state", 0) == pytest.approx(copies * parameters_bytes, rel=0.01)
        assert sum(peak.by_kind.values()) + peak.free_in_graphs_bytes + peak.cached_bytes == peak.reserved_bytes


def test_recorded_steps_take_pools_of_their_own(tmp_path: Path) -> None:
    recorded = forecaster(tmp_path, fc(fused=True)).of_batch_size(100).peak()
    single = forecaster(tmp_path, fc(fused=False)).of_batch_size(100).peak()
    assert recorded.free_in_graphs_bytes > 0
    assert single.free_in_graphs_bytes == 0
    assert recorded.reserved_bytes > single.reserved_bytes


@pytest.mark.parametrize("steps", [1, 4])
def test_second_epoch_makes_nothing_anew(steps: int, tmp_path: Path) -> None:
    reserved = []
    for epochs in (1, 2):
        trainer = quiet_trainer(tmp_path, max_epochs=epochs)
        peak = Forecaster(trainer, fc(fused=False), data(), steps_per_execution=steps).of_batch_size(1000).peak()
        assert peak.by_kind["optimizer state"] < 2.1 * peak.by_kind["parameters"]
        reserved.append(peak.reserved_bytes)
    assert reserved[0] == reserved[1]


def test_gradients_are_given_up_before_validation(tmp_path: Path) -> None:
    trainer = quiet_trainer(tmp_path, max_epochs=1)
    large = data(60000, batch_size=10, eval_batch_size=5000, memory="host")
    peak = Forecaster(trainer, fc(hidden=200), large, steps_per_execution=1).of_batch_size(10).peak()
    assert peak.by_kind["activations"] > peak.by_kind["parameters"]
    assert peak.by_kind["gradients"] == 0


def test_last_batch_of_an_epoch_may_be_smaller(tmp_path: Path) -> None:
    trainer = quiet_trainer(tmp_path, max_epochs=1, limit_val_batches=0)
    forecast = Forecaster(trainer, fc(), data(memory="host"), steps_per_execution=1)
    # Of 5,500 samples: the most is held in the first step, when the optimizer has no state yet.
    assert forecast.of_batch_size(5000).peak().by_kind.get("optimizer state", 0) == 0
    assert forecast.of_batch_size(2750).peak().by_kind["optimizer state"] > 0


def test_data_is_on_the_device_where_it_has_room(tmp_path: Path) -> None:
    held = forecaster(tmp_path, fc()).of_batch_size(1000).peak().by_kind["data"]
    assert held >= 5500 * (784 + 8)
    small = imagined_card(1024 * MIB, Limits(limit_mib=20))
    for peak in (
        forecaster(tmp_path, fc(), card=small).of_batch_size(1000).peak(),
        forecaster(tmp_path, fc(), memory="host").of_batch_size(1000).peak(),
    ):
        assert peak.by_kind.get("data", 0) < 5500 * 784


def test_forecast_leaves_everything_as_it_was(tmp_path: Path) -> None:
    class Random(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = nn.Sequential(nn.Flatten(), nn.Linear(784, 20), nn.BatchNorm1d(20), nn.Linear(20, 10))
            self.calls = 0

        def forward(self, x: Tensor) -> Tensor:
            self.calls += 1
            random.random()
            np.random.rand()
            logits: Tensor = self.layers(x + torch.rand(1).to(x.device))
            return logits

    network = Random()
    model = OwnNetwork(network, PIXELS, 10)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    drawn = random.getstate(), str(np.random.get_state()), torch.get_rng_state()
    forecaster(tmp_path, model).of_batch_size(1000).peak()
    assert (random.getstate(), str(np.random.get_state())) == drawn[:2]
    assert torch.equal(torch.get_rng_state(), drawn[2])
    assert network.calls == 0
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert all(parameter.grad is None and parameter.device.type == "cpu" for parameter in model.parameters())


def test_largest_batch_size_fits_and_a_larger_one_does_not(tmp_path: Path) -> None:
    asked = forecaster(tmp_path, fc())
    limit_bytes = 130 * MIB
    largest = asked.largest_batch_size(limit_bytes)
    assert 0 < largest < 5500
    assert asked.fits(largest, limit_bytes)
    assert not asked.fits(largest + largest // 32 + 1, limit_bytes)


def test_network_that_fails_is_no_forecast(tmp_path: Path) -> None:
    class Failing(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = nn.Linear(784, 10)

        def forward(self, x: Tensor) -> Tensor:
            raise RuntimeError("not on this device")

    with pytest.raises(NoForecastError, match=r"^The memory cannot be forecast: not on this device\.$"):
        forecaster(tmp_path, OwnNetwork(Failing(), PIXELS, 10)).of_batch_size(100)


@pytest.fixture
def as_on_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    from lightning.pytorch.strategies import SingleDeviceStrategy

    monkeypatch.setattr(SingleDeviceStrategy, "root_device", property(lambda _: torch.device("cuda", 0)))


def guarded(folder: Path, mib: int) -> tuple[Trainer, CudaMemoryGuard]:
    guard = CudaMemoryGuard()
    guard.cuda = FakeCuda(FakeDriver(mib * MIB))
    return quiet_trainer(folder, callbacks=[guard]), guard


def line(trainer: Trainer, model: FC | OwnNetwork, batch_size: int = 5000) -> str | None:
    layers = summarize(model.shown_network(), "FC", PIXELS, batch_size)
    return line_past_limit(trainer, model, data(batch_size=batch_size), layers, None)


@pytest.mark.usefixtures("as_on_cuda")
def test_training_past_the_limit_is_told_with_the_batch_size_that_fits(tmp_path: Path) -> None:
    trainer, guard = guarded(tmp_path, 700)
    said = line(trainer, fc())
    assert said is not None
    assert said.startswith("Memory: about ")
    assert "past the guard's limit of 125 MiB; --data.batch_size " in said
    assert guard.forecast is not None
    assert guard.forecast(10_000 * MIB) == 5500


@pytest.mark.usefixtures("as_on_cuda")
def test_training_that_fits_is_told_nothing(tmp_path: Path) -> None:
    assert line(guarded(tmp_path, 1600)[0], fc(), batch_size=1000) is None
    assert line(guarded(tmp_path, 65536)[0], fc(), batch_size=1000) is None


@pytest.mark.usefixtures("as_on_cuda")
def test_failing_forecast_disturbs_no_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer, guard = guarded(tmp_path, 800)
    guard.forecast = lambda _: 1
    monkeypatch.setattr(Forecaster, "of_batch_size", lambda *_: 1 / 0)
    assert line(trainer, fc()) is None


def test_on_the_cpu_nothing_is_forecast(tmp_path: Path) -> None:
    trainer, guard = guarded(tmp_path, 800)
    assert line(trainer, fc()) is None
    assert guard.forecast is None
