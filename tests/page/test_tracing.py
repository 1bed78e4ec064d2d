"""Networks brought to operations: names, shapes and counts, and what cannot be brought."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mnist_lab.errors import UsageError
from mnist_lab.language import speaking
from mnist_lab.models import CNN, FC
from mnist_lab.page.tracing import known_layers, program_of


class Own(nn.Module):
    """A residual network as students write them."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 3, padding=1)
        self.conv = nn.Conv2d(4, 4, 3, padding=1)
        self.bn = nn.BatchNorm2d(4)
        self.fc = nn.Linear(4 * 14 * 14, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.stem(x))
        x = x + self.bn(self.conv(x))
        x = F.dropout(F.max_pool2d(x, 2), 0.5, self.training)
        return self.fc(x.view(x.size(0), -1))  # type: ignore[no-any-return]


def test_cnn_is_its_layers_with_names_shapes_and_counts() -> None:
    model = CNN((1, 28, 28), 10)
    program = program_of(model.shown_network(), (1, 28, 28))
    rows = [(one.name, one.text, one.shape, one.parameters) for one in program.operations]
    assert rows == [
        ("network[0]", "Conv2d(1 → 4, 3×3)", (4, 26, 26), 40),
        ("network[1]", "ReLU", (4, 26, 26), 0),
        ("network[2]", "Conv2d(4 → 4, 3×3)", (4, 24, 24), 148),
        ("network[3]", "ReLU", (4, 24, 24), 0),
        ("network[4]", "Flatten", (2304,), 0),
        ("network[5]", "Linear(2304 → 128)", (128,), 295_040),
        ("network[6]", "ReLU", (128,), 0),
        ("network[7]", "Linear(128 → 10)", (10,), 1290),
    ]
    assert program.output == 8


def test_own_network_is_what_its_forward_calls() -> None:
    program = program_of(Own(), (1, 28, 28))
    rows = [(one.kind, one.inputs, one.name) for one in program.operations]
    assert rows == [
        ("conv", (0,), "stem"),
        ("relu", (1,), ""),
        ("conv", (2,), "conv"),
        ("affine", (3,), "bn"),
        ("add", (2, 4), ""),
        ("max_pool", (5,), ""),
        ("reshape", (6,), ""),
        ("linear", (7,), "fc"),
    ]
    assert program.output == 8


def test_network_is_as_it_was() -> None:
    network = Own().train()
    state = {name: value.clone() for name, value in network.state_dict().items()}
    program_of(network, (1, 28, 28))
    assert network.training
    assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())


def test_layer_that_is_called_twice_counts_once() -> None:
    shared = nn.Linear(4, 4)
    program = program_of(nn.Sequential(shared, nn.Tanh(), shared), (4,))
    assert [one.parameters for one in program.operations] == [20, 0, 0]


class Calling(nn.Module):
    """Layers for ``forward`` to use, and a function that is it."""

    def __init__(self, function: Any, **layers: nn.Module) -> None:
        super().__init__()
        self.function = function
        for name, layer in layers.items():
            self.add_module(name, layer)

    def forward(self, x: Tensor) -> Any:
        return self.function(self, x)


class Doubled(nn.Linear):
    def forward(self, input: Tensor) -> Tensor:  # noqa: A002
        return 2 * super().forward(input)


def changed_behind(net: Any, x: Tensor) -> Tensor:
    y = x + 1
    rows = y.view(-1, 2, 2)
    y.mul_(3)
    return rows.flatten(1)


UNKNOWN: dict[str, tuple[nn.Module, str]] = {
    "recurrent": (
        Calling(lambda net, x: net.lstm(x.unsqueeze(1))[0][:, -1], lstm=nn.LSTM(4, 3)),
        "the layer lstm, LSTM(4 → 3), is none",
    ),
    "own forward": (nn.Sequential(Doubled(4, 3)), "the layer network[0], Doubled(4 → 3), is none"),
    "mixing samples": (Calling(lambda net, x: x - x.mean(dim=0)), "forward calls mean"),
    "whole batch": (nn.Sequential(nn.BatchNorm1d(4, track_running_stats=False)), "BatchNorm1d(4), is none"),
    "dropout that is on": (Calling(lambda net, x: F.dropout(x)), "forward calls dropout"),
    "unknown function": (Calling(lambda net, x: torch.fft.fft(x).real), "forward calls fft"),
    "changed under another name": (Calling(changed_behind), "forward calls flatten"),
    "values": (Calling(lambda net, x: x if x.sum() > 0 else -1 * x), "forward calls sum"),
    "chance": (Calling(lambda net, x: x + torch.rand(4)), "depends on its input's values or on chance"),
    "batch size": (Calling(lambda net, x: x * len(x)), "depends on its input's values or on chance"),
    "no row": (Calling(lambda net, x: x.view(-1, 2, 2)), "gives no single row of scores"),
    "two outputs": (Calling(lambda net, x: (x, 2 * x)), "gives no single row of scores"),
    "batch in front": (Calling(lambda net, x: F.softmax(x, dim=0)), "forward calls softmax"),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_what_the_page_cannot_compute_is_named_in_one_line(case: str) -> None:
    network, said = UNKNOWN[case]
    torch.manual_seed(1)
    with pytest.raises(UsageError) as caught:
        program_of(network, (4,))
    assert said in str(caught.value)
    assert str(caught.value).startswith("page: ")
    assert "\n" not in str(caught.value)


def test_unknown_layer_is_said_in_japanese_and_the_known_ones_are_listed() -> None:
    with speaking("ja"), pytest.raises(UsageError, match=r"層 lstm（LSTM\(4 → 3\)）は、ページでは計算できません"):
        program_of(UNKNOWN["recurrent"][0], (4,))
    assert {"Conv2d", "Linear", "MaxPool2d", "BatchNorm2d", "ReLU", "GELU", "Dropout"} <= set(known_layers())


def test_networks_of_ours_with_everything_are_known() -> None:
    activations = ("ReLU", "LeakyReLU", "ELU", "GELU", "SiLU", "Softplus", "Tanh", "Sigmoid", "Identity")
    for activation in activations:
        model = CNN((1, 28, 28), 10, pooling=2, padding=1, conv_dropout=0.2, dropout=0.2, activation=activation)  # type: ignore[arg-type]
        assert program_of(model.shown_network(), (1, 28, 28)).operations[-1].shape == (10,)
    assert program_of(FC((5,), 3).shown_network(), (5,)).input_shape == (5,)
