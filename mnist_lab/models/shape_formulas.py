"""How the shape of a layer's output comes about: ``28 − (3 − 1) = 26``, ``4×24×24 = 2,304``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from mnist_lab.models.forward_trace import Step

# What a function is called, the layer that does the same; neither print(model) nor torchinfo lists the function.
COUNTERPARTS = {
    **{name.lower(): name for name in ("ReLU", "ELU", "GELU", "SELU", "SiLU", "Mish", "Sigmoid", "Tanh", "Softplus")},
    "leaky_relu": "LeakyReLU",
    "hardswish": "Hardswish",
    "relu_": "ReLU",
    "relu6": "ReLU6",
    "softmax": "Softmax",
    "log_softmax": "LogSoftmax",
    "logsigmoid": "LogSigmoid",
    **{f"{kind.lower()}_pool{n}d": f"{kind}Pool{n}d" for kind in ("Max", "Avg") for n in (1, 2, 3)},
    **{f"adaptive_{kind.lower()}_pool{n}d": f"Adaptive{kind}Pool{n}d" for kind in ("Max", "Avg") for n in (1, 2, 3)},
    "dropout": "Dropout",
    "dropout2d": "Dropout2d",
    "flatten": "Flatten",
    "batch_norm": "BatchNorm",
    "layer_norm": "LayerNorm",
    "conv1d": "Conv1d",
    "conv2d": "Conv2d",
    "linear": "Linear",
}
FLATTENING = {"flatten", "view", "reshape", "squeeze"}
"""Functions that may turn the sides of a picture into one row."""

_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
_POOLS = (nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d, nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)


def sides(shape: Sequence[int]) -> str:
    """Return ``4×24×24``."""
    return "×".join(str(side) for side in shape)


def product(shape: Sequence[int]) -> str:
    """Return ``4×24×24 = 2,304``, or ``784`` where there is one side."""
    return sides(shape) if len(shape) == 1 else f"{sides(shape)} = {math.prod(shape):,}"


def flattens(step: Step) -> bool:
    """Say whether a call turns several sides, that of the batch apart, into one."""
    before, after = step.arrives, step.result
    if not isinstance(step.module, nn.Flatten) and (step.module is not None or step.name not in FLATTENING):
        return False
    if before is None or not isinstance(after, torch.Tensor):
        return False
    return after.ndim == 2 and before.ndim > 2 and after.shape[0] == before.shape[0]


def shape_formula(step: Step) -> str:
    """Return how the sides of a call's output come about; empty where they stay, or where no formula is known.

    Of a convolution or pooling, with the side n: ⌊(n + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1
    (https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html), in its shortest form.
    """
    before, after = step.arrives, step.result
    if flattens(step) and before is not None:
        return product(before.shape[1:])
    window = window_of(step)
    if window is None or before is None or not isinstance(after, torch.Tensor):
        return ""
    count = len(window["kernel"])
    found: list[str] = []
    for place, (side, result) in enumerate(zip(before.shape[-count:], after.shape[-count:], strict=True)):
        values = {name: sizes[place] for name, sizes in window.items()}
        text, expected = _side(side, **values)
        if expected != result:
            return ""  # something that the formula does not hold
        if text and text not in found:
            found.append(text)
    return ", ".join(found)


def window_of(step: Step) -> dict[str, tuple[int, ...]] | None:
    """Return kernel, stride, padding, dilation and rounding (1: up) of a convolution or pooling, a number per side."""
    module: Any = step.module
    if isinstance(module, (*_CONVOLUTIONS, *_POOLS)):
        count = int(type(module).__name__[-2]) if type(module).__name__[-2:-1].isdigit() else _sides_of(module)
        values: dict[str, Any] = {
            "kernel": module.kernel_size,
            "stride": module.stride,
            "padding": module.padding,
            "dilation": getattr(module, "dilation", 1),
            "up": int(getattr(module, "ceil_mode", False)),
        }
    elif step.name[:-2] in ("max_pool", "avg_pool") and step.module is None:
        count = int(step.name[-2])
        names = ("kernel_size", "stride", "padding", *(("dilation",) if step.name.startswith("max") else ()))
        given = {**dict(zip(names, step.arguments[1:], strict=False)), **step.options}
        values = {
            "kernel": given.get("kernel_size"),
            "stride": given.get("stride") or given.get("kernel_size"),
            "padding": given.get("padding", 0),
            "dilation": given.get("dilation", 1),
            "up": int(given.get("ceil_mode", False)),
        }
    else:
        return None
    if isinstance(values["padding"], str):
        values["padding"] = _named_padding(values["padding"], values["kernel"], values["dilation"])
    each = {name: _per_side(value, count) for name, value in values.items()}
    return None if None in each.values() else {name: value for name, value in each.items() if value is not None}


def _named_padding(name: str, kernel: tuple[int, ...], dilation: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return the zeros on each side of ``valid`` and ``same``; None where the two sides get different numbers."""
    spans = [wide * (side - 1) for side, wide in zip(kernel, dilation, strict=True)]
    if name == "valid":
        return (0,) * len(spans)
    return None if any(span % 2 for span in spans) else tuple(span // 2 for span in spans)


def _sides_of(module: nn.Module) -> int:
    kinds = (kind.__name__ for kind in type(module).__mro__)
    return next(int(name[-2]) for name in kinds if name[-1] == "d" and name[-2].isdigit())


def _per_side(value: Any, count: int) -> tuple[int, ...] | None:
    if isinstance(value, int):
        return (value,) * count
    if isinstance(value, (list, tuple)) and all(isinstance(one, int) for one in value):
        return tuple(value) * (count if len(value) == 1 else 1)
    return None


def _side(side: int, kernel: int, stride: int, padding: int, dilation: int, up: int) -> tuple[str, int]:
    """Return the formula of one side, empty where nothing happens to it, and what it comes to."""
    span = side + 2 * padding - dilation * (kernel - 1) - 1
    result = (-(-span // stride) if up else span // stride) + 1
    padded = f"{side} + 2×{padding}" if padding else str(side)
    if stride == kernel and not padding and dilation == 1:
        text = _divided(str(side), side, stride, up) if kernel > 1 else ""
    elif stride == 1:
        text = f"{padded} − {_factor(dilation)}({kernel} − 1)" if kernel > 1 else padded if padding else ""
    elif dilation == 1:
        text = f"{_divided(f'({padded} − {kernel})', span, stride, up)} + 1"
    else:
        text = f"{_divided(f'({padded} − {dilation}×({kernel} − 1) − 1)', span, stride, up)} + 1"
    return (f"{text} = {result}" if text else ""), result


def _factor(dilation: int) -> str:
    return f"{dilation}×" if dilation > 1 else ""


def _divided(text: str, value: int, by: int, up: int) -> str:
    if value % by == 0:
        return f"{text} / {by}"
    return f"⌈{text} / {by}⌉" if up else f"⌊{text} / {by}⌋"
