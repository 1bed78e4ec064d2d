"""The pieces that the networks are built from: activations by name, a stack of fully connected layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from torch import nn

from mnist_lab.language import say
from mnist_lab.models.dropout import Dropout

ActivationName = Literal["ReLU", "LeakyReLU", "ELU", "GELU", "SiLU", "Softplus", "Tanh", "Sigmoid", "Identity"]

RISING = ("ReLU", "LeakyReLU", "ELU", "Softplus", "Tanh", "Sigmoid", "Identity")
"""Activations that never fall as their input rises."""


def build_activation(name: ActivationName) -> nn.Module:
    """Return the activation of that name in ``torch.nn`` with its default settings.

    Raises:
        ValueError: The name is unknown.
    """
    if name not in get_args(ActivationName):
        raise ValueError(
            say(
                "activation: '{name}' is unknown; allowed are {allowed}.",
                "activation：'{name}' という活性化関数はありません。指定できる値：{allowed}",
                name=name,
                allowed=", ".join(get_args(ActivationName)),
            )
        )
    if name == "ReLU":
        # In place: its gradient needs the output alone, and the layer before does not need its own.
        return nn.ReLU(inplace=True)
    module: nn.Module = getattr(nn, name)()
    return module


def outside_0_to_1(name: str, share: float) -> str:
    """Return the line for a share of dropped values that is none."""
    return say(
        "{name}: {share} is outside 0 to 1 (1 excluded).",
        "{name}：{share} は 0 以上 1 未満の範囲にありません。",
        name=name,
        share=share,
    )


def fully_connected(
    features: int, hidden: Sequence[int], num_classes: int, activation: ActivationName, dropout: float
) -> list[nn.Module]:
    """Return Linear, activation (and dropout) per hidden layer, then the output layer.

    No softmax at the end: the losses take logits.

    Args:
        features: Length of the flattened input.
        hidden: Nodes of each hidden layer; empty: the output layer alone.
        num_classes: Number of outputs.
        activation: Name in ``torch.nn``.
        dropout: Share of nodes dropped after each hidden layer, 0: no such layer.

    Raises:
        ValueError: A width or the dropout makes no sense.
    """
    if any(width < 1 for width in hidden):
        raise ValueError(
            say(
                "hidden: {widths} has a layer without nodes; each width must be 1 or more.",
                "hidden：{widths} にノードのない層があります。各層のノード数は 1 以上にしてください。",
                widths=list(hidden),
            )
        )
    if not 0.0 <= dropout < 1.0:
        raise ValueError(outside_0_to_1("dropout", dropout))
    layers: list[nn.Module] = []
    for width in hidden:
        layers += [nn.Linear(features, width), build_activation(activation)]
        if dropout:
            layers.append(Dropout(dropout))
        features = width
    layers.append(nn.Linear(features, num_classes))
    return layers
