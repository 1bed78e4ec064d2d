"""What a network makes of one sample, layer by layer, and the weights by which it does so."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from mnist_lab.models.forward_trace import SAMPLES, Step, trace_forward, written_names
from mnist_lab.models.layer_texts import CONVOLUTIONS, layer_text
from mnist_lab.models.shape_formulas import COUNTERPARTS, FLATTENING

# In evaluation mode these hand on what they are given.
_IDLE = (nn.Identity, nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout)


@dataclass(frozen=True, eq=False)
class FeatureMaps:
    """What one layer or function returns for one sample.

    Attributes:
        name: As the network's author wrote it, such as ``conv1``; a function's name.
        kind: The layer in a few characters, such as ``Conv2d(1 → 4, 3×3)``; of a function its name.
        parameters: Of the layer.
        values: float32: ``(channels, height, width)``, ``(features,)`` or another shape.
    """

    name: str
    kind: str
    parameters: int
    values: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Filters:
    """The weights of one layer, as pictures.

    Attributes:
        name: Of the layer.
        kind: As of ``FeatureMaps``.
        weights: ``(outputs, inputs, height, width)``.
    """

    name: str
    kind: str
    weights: NDArray[np.float32]


def feature_maps(network: nn.Module, sample: Tensor) -> list[FeatureMaps]:
    """Return what each layer, and each function of an author's own ``forward``, makes of one sample, in their order.

    Args:
        network: On the CPU; it is as it was afterwards.
        sample: Standardised, of the input's shape.

    Raises:
        RuntimeError: The network cannot be called with it; its own error.
    """
    batch = torch.stack([sample] * SAMPLES)
    trace = trace_forward(network, batch, copies=True)
    if trace.error is not None:
        raise trace.error
    found: list[FeatureMaps] = []
    counted: set[int] = set()
    for step in trace.steps:
        values = step.kept
        if values is None or not _is_shown(step) or values.ndim < 2 or len(values) != SAMPLES:
            continue
        module = step.module
        own = 0
        if module is not None and id(module) not in counted:
            counted.add(id(module))
            own = sum(parameter.numel() for parameter in module.parameters())
        kind = step.name if module is None else layer_text(module)
        found.append(FeatureMaps("" if module is None else step.name, kind, own, values[0].float().numpy()))
    return found


def filters(network: nn.Module, input_shape: Sequence[int]) -> list[Filters]:
    """Return the weights that can be looked at: of each convolution, else of the first layer that sees the whole input.

    Args:
        network: On the CPU.
        input_shape: Of one sample. The weights of a node that is given each pixel of a picture make a picture.
    """
    names = dict(written_names(network))
    kernels = [
        Filters(names[id(module)], layer_text(module), _as_pictures(module.weight))
        for module in network.modules()
        if isinstance(module, CONVOLUTIONS)
    ]
    return kernels or list(_of_first_linear(network, input_shape))


def has_convolutions(network: nn.Module) -> bool:
    """Say whether a network has any convolution."""
    return any(isinstance(module, CONVOLUTIONS) for module in network.modules())


def _is_shown(step: Step) -> bool:
    if step.module is not None:
        return step.is_layer and not isinstance(step.module, _IDLE)
    inside_layer = step.inside is not None and step.inside.is_layer
    return not inside_layer and (step.name in COUNTERPARTS or step.name in FLATTENING) and step.name != "dropout"


def _of_first_linear(network: nn.Module, input_shape: Sequence[int]) -> Iterator[Filters]:
    names = dict(written_names(network))
    for module in network.modules():
        if isinstance(module, nn.Linear):
            name = names[id(module)]
            weights = module.weight.detach().float()
            if module.in_features == math.prod(input_shape) and len(input_shape) == 3:
                yield Filters(name, layer_text(module), weights.reshape(-1, *input_shape).numpy())
            else:  # one picture: a row a node, a column an input
                yield Filters(name, layer_text(module), weights[None, None].numpy())
            return


def _as_pictures(weight: Tensor) -> NDArray[np.float32]:
    """Return kernels ``(out, in, …)`` as ``(out, in, height, width)``; of three sides, two share the height."""
    kernels = weight.detach().float()
    if kernels.ndim == 3:
        kernels = kernels.unsqueeze(2)
    pictures: NDArray[np.float32] = kernels.reshape(*kernels.shape[:2], -1, kernels.shape[-1]).numpy()
    return pictures
