"""The layer table: torchinfo's shapes and counts, and how each count comes about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from rich.table import Table
from rich.text import Text
from torch import nn
from torchinfo import summary
from torchinfo.layer_info import LayerInfo


@dataclass(frozen=True)
class LayerRow:
    """One row of the table, in the order in which the layers are called."""

    name: str
    """torchinfo's name: class, depth and index, such as ``Conv2d: 1-1``."""
    depth: int
    output_shape: tuple[int, ...]
    """Batch size included, such as (64, 4, 26, 26)."""
    parameters: int
    formula: str
    """How the count comes about, such as ``1×3×3×4 + 4 = 40``; empty without parameters of its own."""
    arguments: str = ""
    """What the layer was built with, as PyTorch writes it, such as ``kernel_size=2, stride=2, padding=0``."""


@dataclass(frozen=True)
class ModelSummary:
    """What is known of a network before it trains."""

    name: str
    rows: list[LayerRow]
    parameters: int
    trainable_parameters: int
    mult_adds: int
    """Multiply-adds of one forward pass of the whole batch."""
    input_bytes: int
    forward_backward_bytes: int
    parameter_bytes: int


def parameter_formula(module: nn.Module) -> str:
    """Return how the parameter count of one layer comes about; empty without parameters.

    Conv2d is in × k × k × out + out (one bias per output channel), Linear is in × out + out; any other layer is the sum
    over its tensors.
    """
    own = dict(module.named_parameters(recurse=False))
    if not own:
        return ""
    count = sum(parameter.numel() for parameter in own.values())
    terms = []
    for name, parameter in own.items():
        shape: Sequence[int] = tuple(parameter.shape)
        if name == "weight" and isinstance(module, nn.Conv2d):
            shape = (shape[1], *shape[2:], shape[0])
        elif name == "weight" and isinstance(module, nn.Linear):
            shape = (shape[1], shape[0])
        terms.append("×".join(str(side) for side in shape))
    return f"{' + '.join(terms)} = {count:,}"


def _row(layer: LayerInfo) -> LayerRow:
    own = sum(parameter.numel() for parameter in layer.module.parameters(recurse=False))
    formula = parameter_formula(layer.module)
    if layer.is_recursive and own:
        own, formula = 0, "(used again, counted above)"
    return LayerRow(
        name=f"{layer.class_name}: {layer.depth}-{layer.depth_index}",
        depth=layer.depth,
        output_shape=tuple(layer.output_size),
        parameters=own,
        formula=formula,
        arguments=layer.module.extra_repr().replace("\n", " "),
    )


def summarize(network: nn.Module, name: str, input_shape: Sequence[int], batch_size: int) -> ModelSummary:
    """Run one batch of zeros through the network and return what torchinfo sees.

    Args:
        network: Layers called as modules are listed, once per call; functions such as ``torch.relu`` are not.
        name: Heading of the table.
        input_shape: Shape of one sample.
        batch_size: Samples in the batch, shown in every shape.
    """
    zeros = torch.zeros(batch_size, *input_shape)
    # Dropout is off in evaluation mode, and zeros need no random numbers: the run's own sequence stays untouched.
    info = summary(network, input_data=zeros, verbose=0, mode="eval", device="cpu", depth=10)
    return ModelSummary(
        name=name,
        rows=[_row(layer) for layer in info.summary_list if layer.depth > 0],
        parameters=info.total_params,
        trainable_parameters=info.trainable_params,
        mult_adds=info.total_mult_adds,
        input_bytes=zeros.nbytes,  # torchinfo adds the size of a Python object
        forward_backward_bytes=info.total_output_bytes,
        parameter_bytes=info.total_param_bytes,
    )


def render(model: ModelSummary) -> Table:
    """Return the table for the terminal; it fits 80 columns for the networks of this package."""
    table = Table(title=f"{model.name}: {model.parameters:,} parameters", title_justify="left", show_footer=False)
    table.add_column("Layer: depth-index", no_wrap=True)
    table.add_column("Output shape", no_wrap=True)
    table.add_column("Parameters", justify="right", no_wrap=True)
    table.add_column("Weights + bias", overflow="fold")
    for row in model.rows:
        branch = "│  " * (row.depth - 1) + "├─"
        count = f"{row.parameters:,}" if row.parameters else "--"
        table.add_row(f"{branch}{row.name}", str(list(row.output_shape)), count, row.formula)
    table.caption = Text(_totals(model))
    table.caption_justify = "left"
    return table


def _totals(model: ModelSummary) -> str:
    frozen = model.parameters - model.trainable_parameters
    total_bytes = model.input_bytes + model.forward_backward_bytes + model.parameter_bytes
    return (
        f"Trainable: {model.trainable_parameters:,}, frozen: {frozen:,}, mult-adds: {_millions(model.mult_adds)}\n"
        f"Memory [MB]: input {model.input_bytes / 1e6:.2f}, forward + backward "
        f"{model.forward_backward_bytes / 1e6:.2f}, parameters {model.parameter_bytes / 1e6:.2f}\n"
        f"Memory [MB] of all these: {total_bytes / 1e6:.2f}"
    )


def _millions(count: int) -> str:
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= limit:
            return f"{count / limit:.2f} {unit}"
    return str(count)
