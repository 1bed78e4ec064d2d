"""Each loss against its formula, computed with plain Python numbers."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import nn

from mnist_lab.models.losses import BrierLoss, LossName, OneHotBCEWithLogitsLoss, build_loss

LOGITS = [[2.0, -1.0, 0.5], [0.1, 0.2, 3.0], [-2.0, 0.0, 1.0], [1.0, 1.0, 1.0]]
LABELS = [0, 2, 1, 2]


def softmax(row: list[float]) -> list[float]:
    total = sum(math.exp(value) for value in row)
    return [math.exp(value) / total for value in row]


def one_hot(label: int) -> list[float]:
    return [float(index == label) for index in range(3)]


def cross_entropy(row: list[float], label: int, smoothing: float = 0.0) -> float:
    targets = [(1 - smoothing) * target + smoothing / 3 for target in one_hot(label)]
    return -sum(target * math.log(share) for target, share in zip(targets, softmax(row), strict=True))


def hinge(row: list[float], label: int) -> float:
    return sum(max(0.0, 1 - row[label] + value) for index, value in enumerate(row) if index != label) / 3


def one_against_the_rest(row: list[float], label: int) -> float:
    right = [1 / (1 + math.exp(-value)) for value in row]
    return -sum(math.log(one if index == label else 1 - one) for index, one in enumerate(right)) / 3


def squared_error(row: list[float], label: int) -> float:
    return sum((share - target) ** 2 for share, target in zip(softmax(row), one_hot(label), strict=True)) / 3


FORMULAS: dict[LossName, Callable[[list[float], int], float]] = {
    "CrossEntropyLoss": cross_entropy,
    "MultiMarginLoss": hinge,
    "BCEWithLogitsLoss": one_against_the_rest,
    "MSELoss": squared_error,
}


@pytest.mark.parametrize("name", FORMULAS)
def test_loss_is_the_mean_of_its_formula(name: LossName) -> None:
    by_hand = sum(FORMULAS[name](row, label) for row, label in zip(LOGITS, LABELS, strict=True)) / len(LABELS)
    loss = build_loss(name)(torch.tensor(LOGITS), torch.tensor(LABELS))
    assert loss.shape == ()
    assert loss.item() == pytest.approx(by_hand, rel=1e-6)


@pytest.mark.parametrize("smoothing", [0.1, 0.5, 1.0])
def test_smoothing_spreads_the_target_over_all_classes(smoothing: float) -> None:
    by_hand = sum(cross_entropy(row, label, smoothing) for row, label in zip(LOGITS, LABELS, strict=True)) / len(LABELS)
    loss = build_loss("CrossEntropyLoss", smoothing)(torch.tensor(LOGITS), torch.tensor(LABELS))
    assert loss.item() == pytest.approx(by_hand, rel=1e-6)


@pytest.mark.parametrize("name", FORMULAS)
def test_gradient_pulls_the_right_class_up(name: LossName) -> None:
    logits = torch.zeros(4, 3, requires_grad=True)
    build_loss(name)(logits, torch.tensor(LABELS)).backward()
    assert logits.grad is not None
    for gradient, label in zip(logits.grad, LABELS, strict=True):
        assert gradient[label] < 0
        assert all(gradient[other] > 0 for other in range(3) if other != label)


@pytest.mark.parametrize("name", FORMULAS)
def test_large_logits_give_no_nan(name: LossName) -> None:
    loss = build_loss(name)(torch.tensor([[1e4, -1e4, 0.0]]), torch.tensor([1]))
    assert math.isfinite(loss.item())
    assert loss.item() > 0


def test_names_are_pytorchs() -> None:
    kinds = [type(build_loss(name)) for name in FORMULAS]
    assert kinds == [nn.CrossEntropyLoss, nn.MultiMarginLoss, OneHotBCEWithLogitsLoss, BrierLoss]


@pytest.mark.parametrize("name", ["MultiMarginLoss", "BCEWithLogitsLoss", "MSELoss"])
def test_smoothing_with_another_loss_is_refused(name: LossName) -> None:
    with pytest.raises(ValueError, match=f"0.1 works with CrossEntropyLoss only; with {name} use 0"):
        build_loss(name, 0.1)
