"""Standardisation: inputs brought to mean 0 and standard deviation 1, as measured on the training split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from mnist_lab.errors import DataError
from mnist_lab.language import say


@dataclass(frozen=True, eq=False)
class Standardisation:
    """Mean and standard deviation in the units of the stored inputs (0..255 for pictures).

    Attributes:
        mean: float32 ``()`` for pictures (one for all pixels), ``(features,)`` for tables.
        std: float32, the shape of ``mean``; never 0.
    """

    mean: Tensor
    std: Tensor

    @classmethod
    def of(cls, inputs: Tensor) -> Standardisation:
        """Measure the inputs of a training split; a feature that never changes keeps its scale.

        Args:
            inputs: uint8 of any shape: one mean over everything, exact, since bytes can be counted. Float
                ``(N, features)``: one mean a feature, of the values that are not NaN; the others count as the mean.
        """
        if inputs.dtype == torch.uint8:
            counts = torch.bincount(inputs.flatten(), minlength=256).double()
            values = torch.arange(256, dtype=torch.float64)
            mean = (counts * values).sum() / counts.sum()
            variance = (counts * (values - mean).square()).sum() / counts.sum()
        else:
            mean = inputs.double().nanmean(dim=0)
            variance = torch.where(inputs.isnan(), mean, inputs.double()).var(dim=0, unbiased=False)
        std = variance.sqrt()
        return cls(mean.float(), torch.where(std > 0, std, 1.0).float())

    def replaced(self, mean: Sequence[float], std: Sequence[float]) -> Standardisation:
        """Return another training split's, for inputs of the same form.

        Args:
            mean: One for all pixels, or one a feature.
            std: Likewise.

        Raises:
            DataError: They are of another number of features.
        """
        if any(len(values) != self.mean.numel() for values in (mean, std)):
            raise DataError(
                say(
                    "The training's mean and standard deviation are of {there} features, these data have {here}; give "
                    "the data of the training.",
                    "学習時の平均と標準偏差は特徴量 {there} 個分ですが、このデータの特徴量は {here} 個です。学習と同じ"
                    "データを指定してください。",
                    there=len(mean),
                    here=self.mean.numel(),
                )
            )
        return Standardisation(*(torch.tensor(values).reshape(self.mean.shape) for values in (mean, std)))

    def to(self, device: torch.device) -> Standardisation:
        """Return the same numbers on ``device``."""
        return Standardisation(self.mean.to(device), self.std.to(device))

    def apply(self, inputs: Tensor) -> Tensor:
        """Return ``(inputs - mean) / std`` as float32, in the shape of ``inputs``."""
        if inputs.dtype == torch.uint8:
            # Converting first is twice as fast on the CPU as a subtraction of mixed types.
            return inputs.to(torch.float32).sub_(self.mean).div_(self.std)
        return torch.sub(inputs, self.mean).div_(self.std)
