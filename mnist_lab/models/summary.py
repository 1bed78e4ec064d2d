"""The layer table: torchinfo's shapes and counts, and how each of them comes about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text
from torch import nn
from torchinfo import summary
from torchinfo.layer_info import LayerInfo

from mnist_lab.language import say
from mnist_lab.models.forward_trace import SAMPLES, Step, Trace, trace_forward
from mnist_lab.models.shape_formulas import flattens, shape_formula
from mnist_lab.models.untouched import untouched


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
    attribute: str = ""
    """The name that the network's author gave the layer, such as ``fc1``; empty in records of before."""
    shape_formula: str = ""
    """How the output's sides come about, such as ``28 − (3 − 1) = 26``; empty where they are those that arrive."""
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


def _row(layer: LayerInfo, step: Step | None) -> LayerRow:
    own = sum(parameter.numel() for parameter in layer.module.parameters(recurse=False))
    formula = parameter_formula(layer.module)
    if layer.is_recursive and own:
        own, formula = 0, say("(used again, counted above)", "（再利用、上で計上済み）")
    return LayerRow(
        name=f"{layer.class_name}: {layer.depth}-{layer.depth_index}",
        depth=layer.depth,
        output_shape=tuple(layer.output_size),
        parameters=own,
        formula=formula,
        attribute=layer.var_name,
        shape_formula="" if step is None else _shape_formula(step),
        arguments=layer.module.extra_repr().replace("\n", " "),
    )


def _shape_formula(step: Step) -> str:
    """Return a layer's formula, or where it has none that of a function before it, which has no row."""
    before = step.source
    if not (own := shape_formula(step)) and before is not None and before.module is None and flattens(before):
        return f"{before.name}: {shape_formula(before)}"
    return own


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
    with untouched(network):
        info = summary(network, input_data=zeros, verbose=0, mode="eval", device="cpu", depth=10)
    calls = _calls(trace_forward(network, zeros[:SAMPLES]))
    return ModelSummary(
        name=name,
        rows=[
            _row(layer, next(calls.get(id(layer.module), iter(())), None))
            for layer in info.summary_list
            if layer.depth > 0
        ],
        parameters=info.total_params,
        trainable_parameters=info.trainable_params,
        mult_adds=info.total_mult_adds,
        input_bytes=zeros.nbytes,  # torchinfo adds the size of a Python object
        forward_backward_bytes=info.total_output_bytes,
        parameter_bytes=info.total_param_bytes,
    )


def _calls(trace: Trace) -> dict[int, Iterator[Step]]:
    """Return each module's calls in their order, by the module's ``id``."""
    calls: dict[int, list[Step]] = {}
    for step in trace.steps:
        if step.module is not None:
            calls.setdefault(id(step.module), []).append(step)
    return {module: iter(steps) for module, steps in calls.items()}


def render(model: ModelSummary) -> Group:
    """Return the table and its totals for the terminal; they fit 80 columns for the networks of this package."""
    title = say(
        "{name}: {parameters:,} parameters",
        "{name}：パラメータ数 {parameters:,}",
        name=model.name,
        parameters=model.parameters,
    )
    table = Table(title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(say("Layer: depth-index", "層：深さ-番号"), no_wrap=True)
    table.add_column(say("Output shape", "出力の形"), no_wrap=True)
    table.add_column(say("Parameters", "パラメータ数"), justify="right", no_wrap=True)
    table.add_column(say("Weights + bias", "重み + バイアス"), overflow="fold")
    for row in model.rows:
        branch = "│  " * (row.depth - 1) + "├─"
        # In a Sequential a layer's name is its number, which stands there already.
        attribute = f" ({row.attribute})" if row.attribute and not row.attribute.isdigit() else ""
        shape = "\n".join(filter(None, (str(list(row.output_shape)), row.shape_formula)))
        count = f"{row.parameters:,}" if row.parameters else "--"
        table.add_row(*map(Text, (f"{branch}{row.name}{attribute}", shape, count, row.formula)))
    return Group(table, Text(_totals(model)))  # a caption would be as narrow as the table


def _totals(model: ModelSummary) -> str:
    return say(
        "Trainable: {trainable:,}, frozen: {frozen:,}, mult-adds: {mult_adds}\n"
        "Memory [MB]: input {input:.2f}, forward + backward {passes:.2f}, parameters {parameters:.2f}\n"
        "Memory [MB] of all these: {total:.2f}",
        "学習対象：{trainable:,}、固定：{frozen:,}、積和演算：{mult_adds}\n"
        "メモリ [MB]：入力 {input:.2f}、順伝播 + 逆伝播 {passes:.2f}、パラメータ {parameters:.2f}\n"
        "メモリ [MB] の合計：{total:.2f}",
        trainable=model.trainable_parameters,
        frozen=model.parameters - model.trainable_parameters,
        mult_adds=_millions(model.mult_adds),
        input=model.input_bytes / 1e6,
        passes=model.forward_backward_bytes / 1e6,
        parameters=model.parameter_bytes / 1e6,
        total=(model.input_bytes + model.forward_backward_bytes + model.parameter_bytes) / 1e6,
    )


def _millions(count: int) -> str:
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= limit:
            return f"{count / limit:.2f} {unit}"
    return str(count)
