"""How far a failed step had come: which layer of the network was at work when the memory ran out."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def forward_share(error: BaseException, network: torch.nn.Module) -> float:
    """Return the share of the network's layers that had been entered, above 0 and up to 1.

    What was measured in a step that failed early is the activations of its first layers only; divided by this share it
    stands for all of them. Layers count alike, in the order in which the network registers them.

    Args:
        error: the exception; its traceback tells which modules were being called.
        network: the network.

    Returns:
        The share; 1.0 where no layer was at work, as in the backward pass or the optimizer's step.
    """
    layers = [module for module in network.modules() if not any(True for _ in module.children())]
    position = {id(layer): index for index, layer in enumerate(layers, start=1)}
    frames = (frame for frame, _ in traceback.walk_tb(error.__traceback__))
    reached = [position[id(module)] for frame in frames if id(module := frame.f_locals.get("self")) in position]
    return reached[-1] / len(layers) if reached else 1.0
