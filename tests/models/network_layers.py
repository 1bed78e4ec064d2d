"""What a network is made of."""

from __future__ import annotations

from typing import Any

from torch import nn

from mnist_lab.models import Classifier


def layers_of(model: Classifier) -> list[Any]:
    return list(model.network.children())


def names_of(model: Classifier) -> list[str]:
    return [type(layer).__name__ for layer in layers_of(model)]


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
