"""The forecast of any network's steps: from shapes alone, in any Trainer, and of what it cannot know, nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from mnist_lab.gpu.kernel_workspaces import Kernels
from mnist_lab.gpu.step_forecast import StepForecast, without_values

MIB = 2**20


class Stepping(nn.Module):
    def __init__(self, width: int = 1000) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(784, width), nn.ReLU(), nn.Linear(width, 10))
        self.steps = 0

    def training_step(self, batch: Any, index: int) -> dict[str, Tensor]:
        self.steps += 1
        return {"loss": nn.functional.cross_entropy(self.layers(batch[0]), batch[1])}


def forecast(network: nn.Module, batch_size: int = 20000, resident_mib: int = 0) -> StepForecast:
    optimizer = torch.optim.Adam(network.parameters())
    batch = without_values((torch.zeros(batch_size, 784), torch.zeros(batch_size, dtype=torch.int64)))
    return StepForecast(network, optimizer, batch, batch_size, resident_mib * MIB, Kernels())


def test_largest_batch_size_grows_with_the_limit_and_shrinks_with_what_stays_there() -> None:
    network = Stepping()
    sizes = [forecast(network).largest_batch_size(mib * MIB) for mib in (100, 150, 200)]
    assert 0 < sizes[0] < sizes[1] < sizes[2] < 20000
    assert forecast(network, resident_mib=50).largest_batch_size(200 * MIB) == pytest.approx(sizes[1], rel=0.05)
    assert forecast(network).largest_batch_size(10_000 * MIB) == 20000


def test_where_parameters_alone_do_not_fit_no_batch_size_does() -> None:
    assert forecast(Stepping(4000)).largest_batch_size(30 * MIB) == 0


def test_network_and_optimizer_are_left_as_they_were() -> None:
    network = Stepping(20)
    optimizer = torch.optim.Adam(network.parameters())
    batch = (torch.zeros(8, 784), torch.zeros(8, dtype=torch.int64))
    network.training_step(batch, 0)["loss"].backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    states = {id(parameter): state for parameter, state in optimizer.state.items()}
    drawn = torch.get_rng_state()
    StepForecast(network, optimizer, without_values(batch), 8, 0, Kernels()).largest_batch_size(100 * MIB)
    assert network.steps == 1
    assert {id(parameter): state for parameter, state in optimizer.state.items()} == states
    assert all(parameter.grad is not None for parameter in network.parameters())
    assert torch.equal(torch.get_rng_state(), drawn)


def test_batch_loses_its_values_and_keeps_its_form() -> None:
    batch = without_values({"x": torch.ones(3, 2), "y": [torch.ones(3), 5, None, "name"]})
    assert batch is not None
    assert (batch["x"].shape, batch["x"].is_meta, batch["y"][1:]) == ((3, 2), True, [5, None, "name"])


@pytest.mark.parametrize("batch", [[], [1, 2], (torch.ones(3), np.ones(3)), (torch.ones(3), object()), object()])
def test_batch_of_other_things_is_not_kept(batch: Any) -> None:
    assert without_values(batch) is None
