"""The optimizer and the schedule that a model is configured with, in whichever of Lightning's forms it says so."""

from __future__ import annotations

from typing import Any, NamedTuple

from lightning.pytorch import LightningModule
from torch.optim import Optimizer


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
