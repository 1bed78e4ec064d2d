"""What is pointed out about a network that runs, and that sensible networks are let be."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from mnist_lab.language import speaking
from mnist_lab.models import CNN, FC, Classifier
from mnist_lab.models.forward_check import check_forward
from mnist_lab.models.hints import hints
from mnist_lab.models.losses import build_loss, loss_name
from tests.models.sensible_networks import SENSIBLE
from tests.models.student_networks import NoNumbers, Slide

PICTURE = (1, 28, 28)


@pytest.mark.parametrize("kind", SENSIBLE, ids=lambda kind: kind.__name__)
def test_nothing_is_pointed_out_where_nothing_is_wrong(kind: type[nn.Module]) -> None:
    network = kind()
    check_forward(network, PICTURE, 10)
    assert hints(network, PICTURE) == []


@pytest.mark.parametrize("model", [CNN(PICTURE, 10, dropout=0.5, pooling=2), FC(PICTURE, 10)], ids=["CNN", "FC"])
def test_nothing_is_pointed_out_in_networks_of_this_package(model: Classifier) -> None:
    check_forward(model.network, PICTURE, 10)
    assert hints(model.network, PICTURE) == []


def stack(*layers: nn.Module) -> nn.Sequential:
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 20), nn.ReLU(), *layers)


@pytest.mark.parametrize(
    ("network", "loss", "line"),
    [
        (
            stack(nn.Linear(20, 10), nn.Softmax(dim=1)),
            "CrossEntropyLoss",
            "network[4] at the end: CrossEntropyLoss contains a softmax, so it is computed twice; it runs, but learns "
            "more slowly, and the loss cannot fall below 1.46. Leave it out.",
        ),
        (
            stack(nn.Linear(20, 10), nn.LogSoftmax(dim=1)),
            "CrossEntropyLoss",
            "network[4] at the end: CrossEntropyLoss computes it itself; the result is the same, the work is done "
            "twice. Leave it out.",
        ),
        (
            stack(nn.Linear(20, 10), nn.Sigmoid()),
            "CrossEntropyLoss",
            "network[4] at the end cuts down what the last layer says before CrossEntropyLoss sees it, and the loss "
            "cannot fall below 1.46. Leave it out.",
        ),
        (
            stack(nn.Linear(20, 10), nn.Sigmoid()),
            "BCEWithLogitsLoss",
            "network[4] at the end: BCEWithLogitsLoss contains a sigmoid, so it is computed twice; it runs, but learns "
            "more slowly. Leave it out.",
        ),
        (
            stack(nn.Linear(20, 10), nn.ReLU()),
            "CrossEntropyLoss",
            "network[4] at the end cuts down what the last layer says before CrossEntropyLoss sees it. Leave it out.",
        ),
        (
            stack(nn.Linear(20, 10), nn.Dropout()),
            "CrossEntropyLoss",
            "network[4] at the end drops answers themselves while training. Put it before the last Linear.",
        ),
        (
            stack(nn.ReLU(), nn.Linear(20, 10)),
            "CrossEntropyLoss",
            "network[3] comes right behind network[2]: ReLU twice in a row. Leave one out.",
        ),
        (
            stack(nn.Linear(20, 20), nn.Linear(20, 10)),
            "CrossEntropyLoss",
            "network[4] comes right behind network[3], no activation between them: together they can do no more than "
            "one Linear(20, 10).",
        ),
    ],
)
def test_layer_out_of_place_is_pointed_out(network: nn.Module, loss: str, line: str) -> None:
    assert hints(network, PICTURE, loss) == [line]


def test_limit_that_a_softmax_sets_is_that_of_the_loss() -> None:
    sure = torch.zeros(1, 10)
    sure[0, 3] = 1.0
    assert f"{functional.cross_entropy(sure, torch.tensor([3])):.2f}" == "1.46"


class Called(Slide):
    """The slide's network with a mistake that is chosen by its name."""

    def __init__(self, mistake: str) -> None:
        super().__init__()
        self.mistake = mistake
        self.spare = nn.Linear(2304, 10)
        self.lstm = nn.LSTM(28, 10)

    def forward(self, x: Any) -> Any:
        if self.mistake == "time first":
            return self.lstm(x.squeeze(1))[0][:, -1]
        if self.mistake == "mean":
            x = x - x.mean()
        logits = super().forward(x)
        if self.mistake == "in vain":
            self.spare(self.flatten(self.conv2(self.conv1(x))))
        if self.mistake == "dropout":
            logits = logits + functional.dropout(logits)
        return functional.softmax(logits, dim=0 if self.mistake == "dim" else 1).log() if self.mistake else logits


def found(mistake: str) -> list[str]:
    return hints(Called(mistake), PICTURE)


def test_layers_that_are_never_called_are_named() -> None:
    assert found("") == ["Made in __init__, never used in forward: spare and lstm."]
    with speaking("ja"):
        assert found("") == ["__init__ で作られていますが、forward で使われていません：spare、lstm。"]


def test_layer_whose_result_goes_nowhere_is_named() -> None:
    line = "Called in forward, but the output does not depend on it, so it does not learn: spare."
    assert line in found("in vain")


def test_dropout_that_stays_is_pointed_out() -> None:
    line = "dropout drops values while the network is judged as well; write F.dropout(x, training=self.training)."
    assert line in found("dropout")


def test_sequence_with_the_batch_for_time_is_pointed_out() -> None:
    line = (
        "The samples of a batch are mixed: lstm takes the first side for time, it is the batch; write nn.LSTM(…, "
        "batch_first=True)."
    )
    assert line in found("time first")


@pytest.mark.parametrize("mistake", ["mean", "dim"])
def test_answer_that_depends_on_the_batch_is_pointed_out(mistake: str) -> None:
    assert any(line.startswith("The answer for a sample depends on the other samples") for line in found(mistake))


def test_output_that_is_no_number_from_the_start_is_pointed_out() -> None:
    (first, *_) = hints(NoNumbers(), PICTURE)
    assert "forward returns nan or infinity for two samples of noise" in first


def test_frozen_layers_are_named() -> None:
    network = Slide()
    network.conv1.requires_grad_(False)
    assert hints(network, PICTURE) == ["Frozen, so not trained (requires_grad=False): conv1."]


@pytest.mark.parametrize("name", ["CrossEntropyLoss", "MultiMarginLoss", "BCEWithLogitsLoss", "MSELoss"])
def test_loss_is_known_by_its_name(name: Any) -> None:
    assert loss_name(build_loss(name)) == name
