"""The fully connected classifier: counts, shapes, what each argument changes, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from mnist_lab.models import FC
from mnist_lab.models.dropout import Dropout
from mnist_lab.models.layers import fully_connected
from tests.models.network_layers import count, names_of

PICTURE = (1, 28, 28)


def fc(**settings: Any) -> FC:
    torch.manual_seed(0)
    return FC(PICTURE, 10, **settings)


def test_default_is_the_courses_network() -> None:
    model = fc()
    assert count(model) == 101_770
    assert names_of(model) == ["Flatten", "Linear", "ReLU", "Linear"]
    assert model(torch.rand(5, *PICTURE)).shape == (5, 10)


@pytest.mark.parametrize(
    ("settings", "weights"),
    [
        ({"hidden": []}, [(10, 784)]),
        ({"hidden": [32]}, [(32, 784), (10, 32)]),
        ({"hidden": [64, 32, 16]}, [(64, 784), (32, 64), (16, 32), (10, 16)]),
    ],
)
def test_sizes_follow_the_arguments(settings: dict[str, Any], weights: list[tuple[int, ...]]) -> None:
    assert [tuple(parameter.shape) for parameter in fc(**settings).parameters() if parameter.ndim > 1] == weights


@pytest.mark.parametrize(
    "activation", ["ReLU", "LeakyReLU", "ELU", "GELU", "SiLU", "Softplus", "Tanh", "Sigmoid", "Identity"]
)
def test_logits_are_those_of_a_product_by_hand(activation: str) -> None:
    model = fc(activation=activation, hidden=[16, 8])
    inputs = torch.randn(6, *PICTURE)
    weights = list(model.parameters())
    act = getattr(nn, activation)()
    values = act(inputs.reshape(6, 784) @ weights[0].T + weights[1])
    values = act(values @ weights[2].T + weights[3])
    torch.testing.assert_close(model(inputs), values @ weights[4].T + weights[5])


def test_inputs_are_left_as_they_were() -> None:
    inputs = torch.randn(6, *PICTURE)
    before = inputs.clone()
    fc(hidden=[8])(inputs)
    assert torch.equal(inputs, before)


def test_dropout_works_in_training_only() -> None:
    model = fc(dropout=0.4, hidden=[32, 32])
    assert [layer.p for layer in model.modules() if isinstance(layer, Dropout)] == [0.4, 0.4]
    inputs = torch.rand(4, *PICTURE)
    assert not torch.equal(model(inputs), model(inputs))
    model.eval()
    assert torch.equal(model(inputs), fc(hidden=[32, 32]).eval()(inputs))


def test_loss_and_label_smoothing_reach_the_loss() -> None:
    assert isinstance(fc(loss="MultiMarginLoss").loss, nn.MultiMarginLoss)
    assert fc(label_smoothing=0.2).loss.label_smoothing == 0.2


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"hidden": [0]}, r"hidden: \[0\] has a layer without nodes; each width must be 1 or more"),
        ({"hidden": [8, -2]}, r"hidden: \[8, -2\] has a layer without nodes"),
        ({"dropout": 1.0}, r"dropout: 1.0 is outside 0 to 1 \(1 excluded\)"),
        ({"dropout": -0.5}, "dropout: -0.5 is outside 0 to 1"),
        ({"activation": "relu"}, "activation: 'relu' is unknown; allowed are ReLU"),
        ({"loss": "NLLLoss"}, "loss: 'NLLLoss' is unknown; allowed are CrossEntropyLoss"),
        ({"label_smoothing": -0.1}, "label_smoothing: -0.1 is outside 0 to 1"),
        (
            {"loss": "MSELoss", "label_smoothing": 0.1},
            "label_smoothing: 0.1 works with CrossEntropyLoss only; with MSELoss use 0",
        ),
    ],
)
def test_what_makes_no_network_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fc(**settings)


class ReluLayers(nn.Module):
    """ReLU as a layer of its own after each Linear."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = nn.Sequential(nn.Flatten(), *fully_connected(784, [128], 10, "ReLU", 0.0))

    def forward(self, inputs: Tensor) -> Tensor:
        logits: Tensor = self.stack(inputs)
        return logits


class ReluFunction(nn.Module):
    """ReLU as a function in ``forward``."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(784, 128)
        self.last = nn.Linear(128, 10)

    def forward(self, inputs: Tensor) -> Tensor:
        logits: Tensor = self.last(functional.relu(self.first(inputs.flatten(1))))
        return logits


class ReluShared(nn.Module):
    """One ReLU layer for all."""

    def __init__(self) -> None:
        super().__init__()
        self.relu = nn.ReLU()
        self.first = nn.Linear(784, 128)
        self.last = nn.Linear(128, 10)

    def forward(self, inputs: Tensor) -> Tensor:
        logits: Tensor = self.last(self.relu(self.first(self.relu(inputs.flatten(1)))))
        return logits


@pytest.mark.parametrize("kind", [ReluLayers, ReluFunction, ReluShared])
def test_relu_as_layer_function_or_shared_layer_has_the_same_parameters(kind: type[nn.Module]) -> None:
    torch.manual_seed(0)
    variant = kind()
    ours = fc()
    assert [tuple(one.shape) for one in variant.parameters()] == [tuple(one.shape) for one in ours.parameters()]
    for one, other in zip(variant.parameters(), ours.parameters(), strict=True):
        assert torch.equal(one, other)
    inputs = torch.rand(4, *PICTURE)  # nothing under 0, so the shared one's first use changes nothing
    torch.testing.assert_close(variant(inputs), ours(inputs))
