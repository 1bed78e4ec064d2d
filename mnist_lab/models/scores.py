"""Loss and accuracy over all samples seen since the last reset."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torchmetrics import SumMetric
from torchmetrics.classification import MulticlassAccuracy


class Scores(nn.Module):
    """Mean loss per sample and share of right answers, synchronised over all ranks when computed.

    ``average="micro"`` counts samples; torchmetrics' default would average per-class recalls instead.
    """

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        # NaN must stay NaN here: torchmetrics would otherwise drop such batches and report the rest as the loss. Its
        # MeanMetric forgets the weights where it does not look for NaN (1.9), hence two sums.
        self.loss_sum = SumMetric(nan_strategy="disable")
        self.samples = SumMetric(nan_strategy="disable")
        self.accuracy = MulticlassAccuracy(num_classes, average="micro", validate_args=False)

    @torch.no_grad()
    def update(self, logits: Tensor, labels: Tensor, loss: Tensor, samples: Tensor | int | None = None) -> None:
        """Add samples.

        Args:
            logits: ``(N, C)``.
            labels: ``(N,)``.
            loss: A scalar, or one mean loss per batch ``(B,)``.
            samples: How many samples each entry of ``loss`` stands for; None: all N.
        """
        weights = len(labels) if samples is None else samples
        self.loss_sum.update(loss.float() * weights)
        self.samples.update(weights)
        self.accuracy.update(logits, labels)

    def compute(self) -> dict[str, Tensor]:
        """Return ``{"loss": scalar, "accuracy": scalar in 0..1}`` and start anew."""
        loss = self.loss_sum.compute() / self.samples.compute()
        scores = {"loss": loss, "accuracy": self.accuracy.compute()}
        self.reset()
        return scores

    def reset(self) -> None:
        """Start anew."""
        self.loss_sum.reset()
        self.samples.reset()
        self.accuracy.reset()
