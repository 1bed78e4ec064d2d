"""Whether an optimizer can go on from a state: every class of torch's, with its state whole and without a part."""

from __future__ import annotations

import copy
import inspect
from typing import Any

import pytest
import torch
from torch import nn
from torch.optim import Optimizer

from mnist_lab.training.optimizers import error_of_next_step

# SparseAdam takes no dense gradients.
CLASSES = {
    name: kind
    for name, kind in vars(torch.optim).items()
    if inspect.isclass(kind) and issubclass(kind, Optimizer) and name not in ("Optimizer", "SparseAdam")
}
SETTINGS: dict[str, dict[str, Any]] = {"SGD": {"momentum": 0.9}, "Adam": {"amsgrad": True, "fused": True}}
# What they make anew where it is missing.
DISPENSABLE = {("Muon", "momentum_buffer"), ("SGD", "momentum_buffer")}


def stepped(name: str) -> Optimizer:
    """An optimizer of that class after a step on a small network."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2))
    parameters = [value for value in network.parameters() if value.ndim == 2 or name != "Muon"]
    optimizer: Any = CLASSES[name](parameters, **SETTINGS.get(name, {}))

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value: torch.Tensor = network(torch.ones(5, 4)).square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(loss)
    return optimizer  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", CLASSES)
def test_own_state_is_gone_on_from_and_left_as_it_is(name: str) -> None:
    optimizer = stepped(name)
    state = optimizer.state_dict()
    before = copy.deepcopy(state)
    assert error_of_next_step(optimizer, state) is None
    torch.testing.assert_close(state, before, rtol=0, atol=0)


@pytest.mark.parametrize("name", sorted(CLASSES.keys() - {"LBFGS"}))
def test_state_that_lacks_a_part_everywhere_is_not(name: str) -> None:
    optimizer = stepped(name)
    for part in optimizer.state_dict()["state"][0]:
        state = copy.deepcopy(optimizer.state_dict())
        for entries in state["state"].values():
            entries.pop(part, None)
        assert (error_of_next_step(optimizer, state) is None) == ((name, part) in DISPENSABLE), part


@pytest.mark.parametrize("value", [torch.zeros(2, 2), 3.0, "three", None])
def test_state_of_another_shape_is_not(value: object) -> None:
    optimizer = stepped("Adam")
    state = copy.deepcopy(optimizer.state_dict())
    state["state"][0]["exp_avg"] = value
    assert error_of_next_step(optimizer, state) is not None


def test_nothing_is_said_of_a_class_that_needs_more_than_its_groups() -> None:
    class Own(torch.optim.SGD):
        def __init__(self, params: Any, needed: int) -> None:
            super().__init__(params)

    own = Own([torch.zeros(3, requires_grad=True)], needed=3)
    assert error_of_next_step(own, {"state": {}, "param_groups": []}) is None
