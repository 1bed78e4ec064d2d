"""Keeps what a test found beyond its scores: which class was taken for which, and the most confident mistakes."""

from __future__ import annotations

import heapq
from typing import Any, NamedTuple

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from torch import Tensor

MOST_MISTAKES = 40


class Mistake(NamedTuple):
    """A sample that was taken for another class; the most confident one is the largest."""

    score: float
    """Probability given to the class that was answered."""
    place: int
    """Of the sample in its split."""
    label: int
    answer: int


class AnswerKeeper(Callback):
    """Counts pairs of class and answer, and keeps the most confident mistakes: no more memory than that.

    Works in any Trainer whose ``test_step`` returns logits ``(N, C)`` for a batch of inputs and labels, in the order of
    the split, and in one process.

    Attributes:
        counts: int64 ``(C, C)``, a row a class, a column an answer; None: no logits came.
    """

    def __init__(self, most: int = MOST_MISTAKES) -> None:
        """Set how many mistakes are kept.

        Args:
            most: Of them.
        """
        self.most = most
        self.counts: Tensor | None = None
        self._mistakes: list[Mistake] = []
        self._seen = 0

    @property
    def mistakes(self) -> list[Mistake]:
        """The most confident mistakes, the most confident first."""
        return sorted(self._mistakes, key=lambda one: (-one.score, one.place))

    def on_test_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Start anew."""
        self.counts, self._mistakes, self._seen = None, [], 0

    def on_test_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Take the answers of one batch."""
        if not isinstance(outputs, Tensor) or outputs.ndim != 2 or trainer.world_size > 1:
            return
        _, labels = batch
        labels = labels.cpu()
        num_classes = outputs.shape[1]
        scores, answers = outputs.detach().float().softmax(dim=1).cpu().max(dim=1)
        pairs = torch.bincount(labels * num_classes + answers, minlength=num_classes * num_classes)
        pairs = pairs.reshape(num_classes, num_classes)
        self.counts = pairs if self.counts is None else self.counts + pairs
        wrong = (labels != answers).nonzero().flatten()
        found = [
            Mistake(float(scores[place]), self._seen + place, int(labels[place]), int(answers[place]))
            for place in wrong.tolist()
        ]
        self._mistakes = heapq.nlargest(self.most, [*self._mistakes, *found])
        self._seen += len(labels)
