"""Values that forward changes in place: refused where the gradients need them, pointed out where it is the input."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from mnist_lab.errors import UsageError
from mnist_lab.models.forward_check import check_forward
from mnist_lab.models.hints import hints

PICTURE = (1, 28, 28)
MADE = "is changed in place, but the gradients are computed from what it was; write"


class TwoLayers(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(784, 16)
        self.fc2 = nn.Linear(16, 10)


class AddsToSigmoid(TwoLayers):
    def forward(self, x: Any) -> Any:
        h = torch.sigmoid(self.fc1(x.flatten(1)))
        h += 1
        return self.fc2(h)


class ChangesInputThatWasUsed(TwoLayers):
    def forward(self, x: Any) -> Any:
        h = torch.relu(self.fc1(x.flatten(1)))
        x *= 0
        return self.fc2(h)


class SetsZero(TwoLayers):
    def forward(self, x: Any) -> Any:
        h = torch.tanh(self.fc1(x.flatten(1)))
        h[:, 0] = 0
        return self.fc2(h)


class DropsInPlace(TwoLayers):
    def forward(self, x: Any) -> Any:
        h = torch.sigmoid(self.fc1(x.flatten(1)))
        return self.fc2(functional.relu(h, inplace=True))


@pytest.mark.parametrize(
    ("kind", "line", "said"),
    [
        (AddsToSigmoid, 2, f"A value that sigmoid made {MADE} h = h + 1."),
        (ChangesInputThatWasUsed, 2, f"A value {MADE} x = x * 0."),
        (SetsZero, 2, f"A value that tanh made {MADE} h = h.clone() before it."),
        (DropsInPlace, 2, f"A value that sigmoid made {MADE} h = F.relu(h)."),
    ],
)
def test_value_that_the_gradients_need_is_not_changed(kind: type[nn.Module], line: int, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_forward(kind(), PICTURE, 10)
    number = kind.forward.__code__.co_firstlineno + line
    assert str(caught.value) == f"test_in_place.py:{number}: {said}"


def test_other_failure_of_the_gradients_is_told_with_its_reason() -> None:
    class Broken(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.shape = x.shape
            return x.clone()

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            raise ValueError(f"no way back to {tuple(ctx.shape)} from {tuple(gradient.shape)}")

    class Network(TwoLayers):
        def forward(self, x: Any) -> Any:
            return Broken.apply(self.fc2(self.fc1(x.flatten(1))))

    with pytest.raises(
        UsageError, match=r"^test_in_place\.py:\d+: The gradients cannot be computed: no way back to \(2, 10\)"
    ):
        check_forward(Network(), PICTURE, 10)


class Scales(TwoLayers):
    def forward(self, x: Any) -> Any:
        x *= 0.5
        return self.fc2(torch.relu(self.fc1(x.flatten(1))))


class Clamps(TwoLayers):
    def forward(self, x: Any) -> Any:
        x.clamp_(0, 0.5)
        return self.fc2(torch.relu(self.fc1(x.flatten(1))))


class ScalesView(TwoLayers):
    def forward(self, x: Any) -> Any:
        x = x.flatten(1)
        x.mul_(0.9)
        return self.fc2(torch.relu(self.fc1(x)))


@pytest.mark.parametrize(
    ("kind", "line", "remedy"),
    [(Scales, 1, "x = x * 0.5"), (ScalesView, 2, "x = x * 0.9"), (Clamps, 1, "x = x.clamp(…)")],
)
def test_input_that_is_changed_is_pointed_out(kind: type[nn.Module], line: int, remedy: str) -> None:
    check_forward(kind(), PICTURE, 10)
    number = kind.forward.__code__.co_firstlineno + line
    assert hints(kind(), PICTURE) == [f"test_in_place.py:{number}: forward changes its input in place; write {remedy}."]
