"""A layer in a few characters, and as it ought to be written."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from torch import nn

from mnist_lab.models.shape_formulas import sides

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
RNNS = (nn.RNN, nn.LSTM, nn.GRU)


def layer_text(module: nn.Module) -> str:
    """Return ``Linear(2304 → 128)``, ``Conv2d(1 → 4, 3×3)``, ``BatchNorm2d(4)``, ``LSTM(28 → 64)`` or the class."""
    kind = type(module).__name__
    if isinstance(module, nn.Linear):
        return f"{kind}({module.in_features} → {module.out_features})"
    if isinstance(module, CONVOLUTIONS):
        return f"{kind}({module.in_channels} → {module.out_channels}, {sides(module.kernel_size)})"
    if isinstance(module, BATCH_NORMS):
        return f"{kind}({module.num_features})"
    if isinstance(module, RNNS):
        return f"{kind}({module.input_size} → {module.hidden_size})"
    return kind


def written(module: nn.Module, *sizes: int) -> str:
    """Return the layer as it ought to be written: ``Linear(784, 128)``; ``…`` stands for its other arguments.

    Args:
        module: The layer that has other sizes.
        *sizes: Its first arguments, as they should be.
    """
    kept = "" if _is_plain(module, len(sizes)) else ", …"
    return f"{type(module).__name__}({', '.join(str(size) for size in sizes)}{kept})"


def written_convolution(module: nn.Module, channels: int) -> str:
    """Return a convolution as it ought to be written for so many channels: ``Conv2d(4, 8, 3)``."""
    kernel: Any = module.kernel_size
    if isinstance(kernel, Sequence) and len(set(kernel)) == 1:
        return written(module, channels, int(str(module.out_channels)), kernel[0])
    return f"{type(module).__name__}({channels}, {module.out_channels}, …)"


def _is_plain(module: nn.Module, given: int) -> bool:
    """Say whether all arguments behind the first ones have their defaults, as far as the layer keeps them."""
    for name, parameter in list(inspect.signature(type(module)).parameters.items())[given:]:
        default, value = parameter.default, getattr(module, name, parameter.default)
        if name == "bias":
            value = value is not None and value is not False
        elif isinstance(value, tuple) and isinstance(default, int):
            value = value[0] if len(set(value)) == 1 else value
        if name not in ("device", "dtype") and value != default:
            return False
    return True
