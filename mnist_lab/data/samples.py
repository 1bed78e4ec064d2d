"""Samples: inputs with their labels, the form in which every source hands over its data."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Samples:
    """Inputs and labels of one split, all of them, on one device.

    Attributes:
        inputs: uint8 ``(N, 1, 28, 28)`` for pictures (0..255, stored small, made float only when a batch is cut), or
            float32 ``(N, features)`` for tables.
        labels: int64 ``(N,)``, from 0 to the number of classes less one; int64 is what PyTorch's losses take.

    Raises:
        ValueError: If inputs and labels differ in number or the labels are not int64.
    """

    inputs: Tensor
    labels: Tensor

    def __post_init__(self) -> None:
        if len(self.inputs) != len(self.labels):
            raise ValueError(f"{len(self.inputs)} inputs do not match {len(self.labels)} labels.")
        if self.labels.dtype != torch.int64:
            raise ValueError(f"Labels are {self.labels.dtype}; they must be torch.int64.")

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def device(self) -> torch.device:
        """Where inputs and labels live."""
        return self.inputs.device

    @property
    def size_bytes(self) -> int:
        """Memory that inputs and labels take, in bytes."""
        return self.inputs.nbytes + self.labels.nbytes

    def to(self, device: torch.device) -> Samples:
        """Return the same samples on ``device`` (self, where they are there already)."""
        if device == self.device:
            return self
        return Samples(self.inputs.to(device), self.labels.to(device))

    def take(self, indices: Tensor) -> Samples:
        """Return a copy of the samples at ``indices``, int64 ``(n,)``."""
        return Samples(self.inputs.index_select(0, indices), self.labels.index_select(0, indices))

    def class_counts(self, num_classes: int) -> list[int]:
        """Count the samples of each class, in the order of the labels."""
        counts: list[int] = torch.bincount(self.labels, minlength=num_classes).tolist()
        return counts
