"""Where the table and ``print(model)`` differ."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional

from mnist_lab.language import speaking
from mnist_lab.models import CNN
from mnist_lab.models.listings import listing_notes
from tests.models.student_networks import Slide

PICTURE = (1, 28, 28)


class Mixed(Slide):
    """Functions and a layer that is used twice."""

    def __init__(self) -> None:
        super().__init__()
        self.relu = nn.ReLU()
        self.fc1 = nn.Linear(576, 128)

    def forward(self, x: Any) -> Any:
        x = self.relu(self.conv1(x))
        x = functional.max_pool2d(functional.relu(self.conv2(x)), 2)
        return self.fc2(self.relu(torch.relu(self.fc1(x.view(len(x), -1)))))


def test_networks_without_functions_are_listed_the_same() -> None:
    assert listing_notes(CNN(PICTURE, 10).network, PICTURE) == ["print(model) lists the same layers as the table."]


def test_layers_made_in_forward_have_no_row() -> None:
    line = "nn.ReLU(…) is made and called in forward, 3 times: no row in either."
    assert listing_notes(Slide(), PICTURE) == [line]


def test_functions_and_layers_used_again_are_named() -> None:
    assert listing_notes(Mixed(), PICTURE) == [
        "relu is called as a function, 2 times: no row in either.",
        "max_pool2d is called as a function, once (24 / 2 = 12): no row in either.",
        "view is called as a function, once (4×12×12 = 576): no row in either.",
        "relu is called 2 times: 2 rows in the table, one line in print(model).",
        "The table is in the order of the calls in forward, print(model) in that of __init__.",
    ]
    with speaking("ja"):
        first, *_ = listing_notes(Mixed(), PICTURE)
    assert first == "relu は関数として 2 回呼ばれています。どちらの一覧にも出ません。"


class Looking(nn.Module):
    """A parameter of its own, and attention, which uses the weights of a layer that it never calls."""

    def __init__(self) -> None:
        super().__init__()
        self.place = nn.Parameter(torch.zeros(1, 28, 28))
        self.attention = nn.MultiheadAttention(28, 2, batch_first=True)
        self.out = nn.Linear(28, 10)

    def forward(self, x: Any) -> Any:
        x = x.squeeze(1) + self.place
        return self.out(self.attention(x, x, x)[0].mean(1))


def test_parameters_without_a_row_are_counted_by_name() -> None:
    assert listing_notes(Looking(), PICTURE) == [
        "Parameters that the total counts and no row does: 1,596 (place 1×28×28, attention.out_proj.weight 28×28, "
        "attention.out_proj.bias 28).",
    ]
