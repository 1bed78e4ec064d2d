"""A Mac's GPU (MPS): what PyTorch has no kernel for there."""

from __future__ import annotations

from typing import Any

import torch
from lightning.pytorch import LightningModule
from lightning.pytorch.accelerators import MPSAccelerator
from torch.nn import MultiMarginLoss
from torch.optim import Adagrad, Optimizer

from mnist_lab.errors import UsageError
from mnist_lab.language import say


def may_train_on_mps(accelerator: Any) -> bool:
    """Return whether a trainer with this accelerator would train on a Mac's GPU.

    Args:
        accelerator: As the config names it.
    """
    return accelerator in ("auto", "gpu", "mps") and MPSAccelerator.is_available()


def check_mps(device: torch.device, model: LightningModule, optimizer: Optimizer | None) -> None:
    """Refuse what PyTorch has no kernel for on a Mac's GPU; it would fail in the first step.

    Args:
        device: That trains.
        model: With its loss.
        optimizer: Where there is exactly one.

    Raises:
        UsageError: The loss or the optimizer has none.
    """
    if device.type != "mps":
        return
    lacking = [type(part).__name__ for part in model.modules() if isinstance(part, MultiMarginLoss)]
    if isinstance(optimizer, Adagrad) and any(group.get("fused") for group in optimizer.param_groups):
        lacking.append(say("the fused Adagrad (optimizer.fused)", "fused の Adagrad（optimizer.fused）"))
    if lacking:
        raise UsageError(
            say(
                "{name} does not run on a Mac's GPU (MPS); train with --trainer.accelerator cpu, or choose another.",
                "{name} は Mac の GPU（MPS）では動作しません。--trainer.accelerator cpu で学習するか、別のものを選んで"
                "ください。",
                name=lacking[0],
            )
        )
