"""What a network answers amid its training, without a trace of the question."""

from __future__ import annotations

from typing import Any

import torch
from lightning.pytorch import LightningModule, Trainer
from torch import Tensor

from mnist_lab.errors import UsageError
from mnist_lab.language import say


def outputs_of(trainer: Trainer, model: LightningModule, inputs: Tensor) -> Tensor:
    """Return the network's outputs ``(N, C)`` on the CPU, asked in evaluation mode and left in the mode it was in.

    Raises:
        UsageError: They have another shape.
    """
    precision: Any = trainer.precision_plugin
    training = [module for module in model.modules() if module.training]
    model.eval()
    try:
        with torch.no_grad(), precision.val_step_context():
            outputs: Tensor = model(precision.convert_input(inputs.to(model.device)))
    finally:
        for module in training:
            module.training = True
    if outputs.ndim != 2 or len(outputs) != len(inputs):
        raise UsageError(
            say(
                "ScoreCurves draws one output a class, (N, C); {model} gives {shape} for {count} samples. Take the "
                "callback out.",
                "ScoreCurves はクラスごとに一つの出力 (N, C) を描きますが、{model} は {count} サンプルに対して {shape} "
                "を返します。このコールバックを外してください。",
                model=type(model).__name__,
                shape=tuple(outputs.shape),
                count=len(inputs),
            )
        )
    return outputs.float().cpu()
