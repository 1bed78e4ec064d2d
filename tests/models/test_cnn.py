"""The convolutional classifier: counts, shapes, what each argument changes, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mnist_lab.models import CNN
from mnist_lab.models.dropout import Dropout
from mnist_lab.models.layers import RISING, ActivationName
from tests.models.network_layers import count, layers_of, names_of

PICTURE = (1, 28, 28)


def cnn(**settings: Any) -> CNN:
    torch.manual_seed(0)
    return CNN(PICTURE, 10, **settings)


def of_kind(model: CNN, kind: type[nn.Module]) -> list[Any]:
    return [module for module in model.network.modules() if isinstance(module, kind)]


def test_default_is_the_courses_network() -> None:
    model = cnn()
    assert count(model) == 296_518
    counts = [count(layer) for layer in layers_of(model) if count(layer)]
    assert counts == [40, 148, 295_040, 1_290]
    names = names_of(model)
    assert names == ["Conv2d", "ReLU", "Conv2d", "ReLU", "Flatten", "Linear", "ReLU", "Linear"]


def test_shapes_are_those_of_the_course() -> None:
    values = torch.rand(64, *PICTURE)
    shapes = []
    for layer in layers_of(cnn()):
        values = layer(values)
        shapes.append(tuple(values.shape[1:]))
    assert shapes == [(4, 26, 26)] * 2 + [(4, 24, 24)] * 2 + [(2304,)] + [(128,)] * 2 + [(10,)]


@pytest.mark.parametrize(
    ("settings", "weights"),
    [
        ({"channels": [8]}, [(8, 1, 3, 3), (128, 8 * 26 * 26), (10, 128)]),
        ({"channels": [2, 3, 5]}, [(2, 1, 3, 3), (3, 2, 3, 3), (5, 3, 3, 3), (128, 5 * 22 * 22), (10, 128)]),
        ({"channels": []}, [(128, 784), (10, 128)]),
        ({"kernel_size": 5}, [(4, 1, 5, 5), (4, 4, 5, 5), (128, 4 * 20 * 20), (10, 128)]),
        ({"kernel_size": [5, 2]}, [(4, 1, 5, 5), (4, 4, 2, 2), (128, 4 * 23 * 23), (10, 128)]),
        ({"padding": 1}, [(4, 1, 3, 3), (4, 4, 3, 3), (128, 4 * 28 * 28), (10, 128)]),
        ({"padding": [2, 0]}, [(4, 1, 3, 3), (4, 4, 3, 3), (128, 4 * 28 * 28), (10, 128)]),
        ({"pooling": 2}, [(4, 1, 3, 3), (4, 4, 3, 3), (128, 4 * 5 * 5), (10, 128)]),
        ({"pooling": [1, 2]}, [(4, 1, 3, 3), (4, 4, 3, 3), (128, 4 * 12 * 12), (10, 128)]),
        ({"hidden": []}, [(4, 1, 3, 3), (4, 4, 3, 3), (10, 2304)]),
        ({"hidden": [20, 30]}, [(4, 1, 3, 3), (4, 4, 3, 3), (20, 2304), (30, 20), (10, 30)]),
    ],
)
def test_sizes_follow_the_arguments(settings: dict[str, Any], weights: list[tuple[int, ...]]) -> None:
    model = cnn(**settings)
    assert [tuple(parameter.shape) for parameter in model.parameters() if parameter.ndim > 1] == weights
    assert model(torch.rand(3, *PICTURE)).shape == (3, 10)


def test_input_shape_and_classes_come_from_the_data() -> None:
    model = CNN((3, 10, 20), 7)
    assert tuple(layers_of(model)[0].weight.shape) == (4, 3, 3, 3)
    assert layers_of(model)[5].in_features == 4 * 6 * 16
    assert model(torch.rand(2, 3, 10, 20)).shape == (2, 7)


def test_padding_adds_zero_pixels_on_each_side() -> None:
    model = cnn(padding=[2, 0])
    inputs = torch.rand(2, *PICTURE)
    first = layers_of(model)[0]
    padded = nn.functional.pad(inputs, (2, 2, 2, 2))
    by_hand = nn.functional.conv2d(padded, first.weight, first.bias)
    torch.testing.assert_close(first(inputs), by_hand)


def test_activation_comes_after_each_convolution_and_hidden_layer() -> None:
    model = cnn(activation="Tanh", hidden=[16, 16])
    assert len(of_kind(model, nn.Tanh)) == 4
    assert not of_kind(model, nn.ReLU)


def test_conv_dropout_stands_before_flatten_and_works_in_training_only() -> None:
    model = cnn(conv_dropout=0.25)
    names = names_of(model)
    assert names[:6] == ["Conv2d", "ReLU", "Conv2d", "ReLU", "Dropout", "Flatten"]
    assert [layer.p for layer in of_kind(model, Dropout)] == [0.25]
    inputs = torch.rand(4, *PICTURE)
    assert not torch.equal(model(inputs), model(inputs))
    model.eval()
    torch.testing.assert_close(model(inputs), cnn().eval()(inputs))


def test_dropout_stands_after_each_hidden_layer() -> None:
    model = cnn(dropout=0.5, hidden=[32, 16])
    names = names_of(model)
    assert names[5:] == ["Linear", "ReLU", "Dropout", "Linear", "ReLU", "Dropout", "Linear"]
    assert [layer.p for layer in of_kind(model, Dropout)] == [0.5, 0.5]


def test_loss_and_label_smoothing_reach_the_loss() -> None:
    assert isinstance(cnn(loss="MultiMarginLoss").loss, nn.MultiMarginLoss)
    assert cnn(label_smoothing=0.1).loss.label_smoothing == 0.1
    assert cnn().loss.label_smoothing == 0.0


def pooled_afterwards(model: CNN, activation: ActivationName, inputs: Tensor) -> Tensor:
    """The textbook's order with the model's own weights: convolution, activation, pooling."""
    act = getattr(nn, activation)()
    first, second = of_kind(model, nn.Conv2d)
    hidden, last = of_kind(model, nn.Linear)
    values = nn.functional.max_pool2d(act(first(inputs)), 2)
    values = nn.functional.max_pool2d(act(second(values)), 2)
    logits: Tensor = last(act(hidden(values.flatten(1))))
    return logits


@pytest.mark.parametrize("activation", ["ReLU", "LeakyReLU", "ELU", "GELU", "SiLU", "Softplus", "Tanh", "Sigmoid"])
def test_pooling_gives_the_values_and_gradients_of_pooling_after_the_activation(activation: ActivationName) -> None:
    model = cnn(pooling=2, activation=activation, hidden=[16]).double()
    inputs = torch.randn(8, *PICTURE, dtype=torch.float64)
    labels = torch.arange(8)
    found = []
    for run in (model, lambda batch: pooled_afterwards(model, activation, batch)):
        ours = inputs.clone().requires_grad_()
        model.zero_grad()
        logits = run(ours)
        nn.functional.cross_entropy(logits, labels).backward()  # type: ignore[no-untyped-call]
        found.append([logits.detach(), ours.grad, *(parameter.grad for parameter in model.parameters())])
    for one, other in zip(*found, strict=True):
        assert one is not None
        assert other is not None
        assert other.abs().max() > 0
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("activation", ["ReLU", "Softplus", "GELU", "SiLU"])
def test_only_a_rising_activation_is_pooled_before(activation: ActivationName) -> None:
    names = names_of(cnn(pooling=2, activation=activation))[:3]
    pooled_first = ["Conv2d", "MaxPool2d", activation]
    assert names == (pooled_first if activation in RISING else ["Conv2d", activation, "MaxPool2d"])
    assert ("GELU" in RISING, "SiLU" in RISING) == (False, False)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"kernel_size": 15},
            r"CNN: convolution 2 \(kernel 15×15, padding 0, pooling 1\) shrinks a picture of 14×14 pixels to nothing; "
            "use a smaller kernel, less pooling, more padding or fewer layers",
        ),
        ({"pooling": [4, 5]}, r"convolution 2 .*pooling 5\) shrinks a picture of 6×6 pixels to nothing"),
        ({"channels": [4] * 14}, r"convolution 14 .* shrinks a picture of 2×2 pixels to nothing"),
        ({"channels": [4, 0]}, r"channels: \[4, 0\] has a convolution without channels; each must be 1 or more"),
        ({"kernel_size": 0}, r"kernel_size: \[0, 0\] has an entry under 1"),
        ({"kernel_size": [3, 3, 3]}, r"kernel_size: \[3, 3, 3\] has 3 entries for 2 convolutions; give one number"),
        ({"padding": -1}, r"padding: \[-1, -1\] has an entry under 0"),
        ({"padding": [1]}, r"padding: \[1\] has 1 entries for 2 convolutions"),
        ({"pooling": 0}, r"pooling: \[0, 0\] has an entry under 1"),
        ({"conv_dropout": 1.0}, r"conv_dropout: 1.0 is outside 0 to 1 \(1 excluded\)"),
        ({"conv_dropout": -0.1}, r"conv_dropout: -0.1 is outside 0 to 1"),
        ({"dropout": 1.0}, r"dropout: 1.0 is outside 0 to 1 \(1 excluded\)"),
        ({"hidden": [128, 0]}, r"hidden: \[128, 0\] has a layer without nodes; each width must be 1 or more"),
        ({"activation": "Relu"}, r"activation: 'Relu' is unknown; allowed are ReLU, LeakyReLU, .*Identity"),
        ({"loss": "L1Loss"}, r"loss: 'L1Loss' is unknown; allowed are CrossEntropyLoss, MultiMarginLoss"),
        ({"label_smoothing": 1.5}, "label_smoothing: 1.5 is outside 0 to 1"),
    ],
)
def test_what_makes_no_network_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cnn(**settings)


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match=r"CNN: a sample of shape \(4,\) is no picture .*use FC or Perceptron"):
        CNN((4,), 3)


def test_smallest_picture_that_is_left_is_one_pixel() -> None:
    model = cnn(kernel_size=[14, 15])
    assert layers_of(model)[5].in_features == 4
