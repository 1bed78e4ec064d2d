"""The course's first network: counts, shapes, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from mnist_lab.models import Perceptron
from tests.models.network_layers import count, names_of


@pytest.mark.parametrize(
    ("hidden", "counts", "parameters"),
    [([30], [60, 310], 370), ([30, 30], [60, 930, 310], 1_300)],
)
def test_counts_are_those_of_the_course(hidden: list[int], counts: list[int], parameters: int) -> None:
    model = Perceptron((1,), 10, hidden=hidden)
    linear = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
    assert [layer.weight.numel() + layer.bias.numel() for layer in linear] == counts
    assert count(model) == parameters
    assert model(torch.rand(7, 1)).shape == (7, 10)


def test_default_has_one_hidden_layer_of_30() -> None:
    layers = names_of(Perceptron((1,), 10))
    assert layers == ["Linear", "ReLU", "Linear"]


def test_courses_mlp_of_20_numbers_and_two_classes() -> None:
    model = Perceptron((20,), 2, hidden=[100, 100])
    assert count(model) == 2_100 + 10_100 + 202


def test_pictures_are_flattened() -> None:
    model = Perceptron((1, 8, 8), 3, hidden=[5], activation="Sigmoid", loss="MSELoss")
    assert names_of(model) == ["Flatten", "Linear", "Sigmoid", "Linear"]
    assert type(model.loss).__name__ == "BrierLoss"
    assert model(torch.rand(2, 1, 8, 8)).shape == (2, 3)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"hidden": [30, 0]}, r"hidden: \[30, 0\] has a layer without nodes"),
        ({"activation": "Step"}, "activation: 'Step' is unknown"),
        ({"loss": "Hinge"}, "loss: 'Hinge' is unknown"),
        ({"label_smoothing": 2.0}, "label_smoothing: 2.0 is outside 0 to 1"),
    ],
)
def test_what_makes_no_network_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Perceptron((1,), 10, **settings)
