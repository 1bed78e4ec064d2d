"""The losses a classifier can be trained with, by the names they have in PyTorch."""

from __future__ import annotations

from typing import Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional

from mnist_lab.language import say

LossName = Literal["CrossEntropyLoss", "MultiMarginLoss", "BCEWithLogitsLoss", "MSELoss"]


class OneHotBCEWithLogitsLoss(nn.Module):
    """Binary cross-entropy of every class against all others: one logistic regression per class.

    Called with logits ``(N, C)`` and labels ``(N,)``; returns a scalar, the mean over all N·C outputs.
    """

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Return the mean over samples and classes."""
        targets = functional.one_hot(labels, logits.shape[1]).to(logits.dtype)
        return functional.binary_cross_entropy_with_logits(logits, targets)


class BrierLoss(nn.Module):
    """Mean squared error between softmax probabilities and the one-hot label (Brier, 1950, doi:10/fp62r6).

    Called with logits ``(N, C)`` and labels ``(N,)``; returns a scalar, the mean over all N·C outputs.
    """

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Return the mean over samples and classes."""
        targets = functional.one_hot(labels, logits.shape[1]).to(logits.dtype)
        return functional.mse_loss(torch.softmax(logits, dim=1), targets)


def build_loss(name: LossName, label_smoothing: float = 0.0) -> nn.Module:
    """Return the loss module for logits ``(N, C)`` and labels ``(N,)``.

    Args:
        name: CrossEntropyLoss (contains the softmax), MultiMarginLoss (hinge), BCEWithLogitsLoss (each class against
            the rest) or MSELoss (on softmax probabilities).
        label_smoothing: Share of the target spread over all classes, 0 to 1; CrossEntropyLoss only.

    Raises:
        ValueError: The name is unknown, or label smoothing does not fit.
    """
    if name not in get_args(LossName):
        raise ValueError(
            say(
                "loss: '{name}' is unknown; allowed are {allowed}.",
                "loss：'{name}' という損失関数はありません。指定できる値：{allowed}",
                name=name,
                allowed=", ".join(get_args(LossName)),
            )
        )
    if not 0.0 <= label_smoothing <= 1.0:
        raise ValueError(
            say(
                "label_smoothing: {share} is outside 0 to 1.",
                "label_smoothing：{share} は 0 以上 1 以下の範囲にありません。",
                share=label_smoothing,
            )
        )
    if name == "CrossEntropyLoss":
        return nn.CrossEntropyLoss(label_smoothing=label_smoothing)
    if label_smoothing:
        raise ValueError(
            say(
                "label_smoothing: {share} works with CrossEntropyLoss only; with {name} use 0.",
                "label_smoothing：{share} を指定できるのは CrossEntropyLoss だけです。{name} では 0 にしてください。",
                share=label_smoothing,
                name=name,
            )
        )
    modules: dict[str, type[nn.Module]] = {
        "MultiMarginLoss": nn.MultiMarginLoss,
        "BCEWithLogitsLoss": OneHotBCEWithLogitsLoss,
        "MSELoss": BrierLoss,
    }
    return modules[name]()


def loss_name(loss: nn.Module) -> str:
    """Return the name by which ``build_loss`` gives this loss, or the class of one that it does not give."""
    ours = {OneHotBCEWithLogitsLoss: "BCEWithLogitsLoss", BrierLoss: "MSELoss"}
    return ours.get(type(loss), type(loss).__name__)
