"""The optimizer and the schedule that a model is configured with, and whether it can go on from a state."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

import torch
from lightning.pytorch import LightningModule
from torch.optim import Optimizer

# How a step is computed; what is kept of it is the same, and not each of them is there on each device.
_ON_CPU = {"capturable": False, "fused": False, "foreach": False}


class Optimization(NamedTuple):
    """One optimizer with its schedule, if any."""

    optimizer: Optimizer
    scheduler: Any | None
    interval: str
    """When the schedule moves on: ``epoch`` or ``step``."""


def optimization_of(model: LightningModule) -> Optimization | None:
    """Return what the model's ``configure_optimizers`` gives; None where that is not exactly one optimizer."""
    configured: Any = model.configure_optimizers()
    schedule: Any = None
    if isinstance(configured, dict):
        configured, schedule = configured["optimizer"], configured.get("lr_scheduler")
    elif isinstance(configured, tuple) and len(configured) == 2 and isinstance(configured[0], list):
        configured, schedules = configured
        schedule = schedules[0] if schedules else None
    if isinstance(configured, (list, tuple)) and len(configured) == 1:
        (configured,) = configured
    if not isinstance(configured, Optimizer):
        return None
    if isinstance(schedule, dict):
        return Optimization(configured, schedule["scheduler"], schedule.get("interval", "epoch"))
    return Optimization(configured, schedule, "epoch")


def error_of_next_step(optimizer: Optimizer, state: dict[str, Any]) -> Exception | None:
    """Return the error in which an optimizer's next step would end once it has taken up a state, None: in none.

    What each class keeps for a parameter is known to the class alone. So another of the same class takes the step, on
    zeros of the parameters' shapes.

    Args:
        optimizer: It is left as it is.
        state: As ``Optimizer.state_dict`` gives it; likewise.
    """
    try:
        _step(_on_zeros(optimizer))
    except Exception:  # one of the user's own, which is made or steps in another way: nothing is known of it
        return None
    other = _on_zeros(optimizer)
    try:
        other.load_state_dict(copy.deepcopy(state))  # it takes the tensors themselves, and a step changes them
        _step(other)
    except Exception as error:  # whatever the state brings about
        return error
    return None


def _on_zeros(optimizer: Optimizer) -> Any:
    groups = []
    for group in optimizer.param_groups:
        zeros = [torch.zeros(value.shape, requires_grad=True) for value in group["params"]]
        for value in zeros:
            value.grad = torch.ones_like(value)
        groups.append(group | _ON_CPU | {"params": zeros})
    kind: Any = type(optimizer)
    return kind(groups)


def _step(optimizer: Any) -> None:
    for group in optimizer.param_groups:
        group.update(_ON_CPU)
    optimizer.step(lambda: torch.zeros(()))
