"""Feature maps and filters: the values that a network computes, under the names that its author gave."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from mnist_lab.models import CNN, FC, Perceptron
from mnist_lab.models.feature_maps import feature_maps, filters, has_convolutions


class Functional(nn.Module):
    """As a course writes it: functions in ``forward``, one of them in place."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 2, 3)
        self.drop = nn.Dropout(0.5)
        self.fc1 = nn.Linear(2 * 3 * 3, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu(self.conv1(x), inplace=True)
        x = functional.max_pool2d(x, 2)
        x = self.drop(x.view(x.size(0), -1))
        logits: Tensor = self.fc1(x)
        return logits


def test_layers_of_the_cnn_have_the_values_that_they_compute() -> None:
    torch.manual_seed(0)
    model = CNN((1, 28, 28), 10)
    layers = list(model.network.children())
    sample = torch.randn(1, 28, 28)
    maps = feature_maps(model.network, sample)
    assert [one.values.shape for one in maps] == [
        *[(4, 26, 26)] * 2,
        *[(4, 24, 24)] * 2,
        *[(2304,), (128,), (128,), (10,)],
    ]
    assert [one.parameters for one in maps] == [40, 0, 148, 0, 0, 295_040, 0, 1290]
    assert maps[0].kind == "Conv2d(1 → 4, 3×3)"
    model.eval()
    with torch.no_grad():
        first = layers[0](sample[None])[0]
        np.testing.assert_allclose(maps[0].values, first.numpy(), atol=1e-6)
        # ReLU works in place, and yet what was before it is still there.
        np.testing.assert_allclose(maps[1].values, first.clamp(min=0).numpy(), atol=1e-6)
        np.testing.assert_allclose(maps[-1].values, model(sample[None])[0].numpy(), atol=1e-5)
    assert maps[0].values.min() < 0 <= maps[1].values.min()


def test_functions_of_ones_own_forward_are_shown_too_and_the_network_stays() -> None:
    network = Functional()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    maps = feature_maps(network, torch.randn(1, 8, 8))
    assert [(one.name, one.kind, one.values.shape) for one in maps] == [
        ("conv1", "Conv2d(1 → 2, 3×3)", (2, 6, 6)),
        ("", "relu", (2, 6, 6)),
        ("", "max_pool2d", (2, 3, 3)),
        ("", "view", (18,)),
        ("fc1", "Linear(18 → 4)", (4,)),
    ]
    assert maps[0].values.min() < 0
    assert network.training
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_filters_are_those_of_each_convolution() -> None:
    model = CNN((3, 28, 28), 10)
    first, second = filters(model.network, (3, 28, 28))
    assert (first.name, first.weights.shape, second.weights.shape) == ("network[0]", (4, 3, 3, 3), (4, 4, 3, 3))
    np.testing.assert_array_equal(first.weights, next(model.network.parameters()).detach().numpy())
    (one,) = filters(nn.Sequential(nn.Conv1d(2, 5, 7)), (2, 20))
    assert one.weights.shape == (5, 2, 1, 7)


def test_without_convolutions_the_first_linear_layer_is_shown() -> None:
    model = FC((1, 28, 28), 10)
    (templates,) = filters(model.network, (1, 28, 28))
    assert templates.weights.shape == (128, 1, 28, 28)
    assert not has_convolutions(model.network)
    (matrix,) = filters(Perceptron((1,), 10).network, (1,))
    assert matrix.weights.shape == (1, 1, 30, 1)
    assert filters(nn.Flatten(), (1, 2, 2)) == []


def test_network_that_fails_says_its_own_error() -> None:
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        feature_maps(nn.Sequential(nn.Flatten(), nn.Linear(5, 2)), torch.zeros(1, 2, 2))


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(6, 5, batch_first=True)
        self.fc = nn.Linear(5, 3)

    def forward(self, x: Tensor) -> Tensor:
        out, _ = self.lstm(x[:, 0])
        logits: Tensor = self.fc(out[:, -1])
        return logits


def test_layer_that_returns_more_than_its_output_is_shown_by_that() -> None:
    network = Recurrent().eval()
    sample = torch.randn(1, 4, 6)
    lstm, linear = feature_maps(network, sample)
    assert (lstm.name, linear.name) == ("lstm", "fc")
    np.testing.assert_allclose(lstm.values, network.lstm(sample)[0][0].detach(), atol=1e-6)
