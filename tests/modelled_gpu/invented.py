"""Invented data of any size and shape, and a network that is unknown here, for trainings on modelled GPUs."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mnist_lab.data import Samples
from mnist_lab.data.source import Source


class Pictures(Source):
    """Pictures that are all black; a sixth of them as many again are the test set."""

    def __init__(self, count: int = 12000, channels: int = 1, side: int = 28) -> None:
        self.count = count
        self.channels = channels
        self.side = side

    @property
    def input_shape(self) -> tuple[int, ...]:
        return (self.channels, self.side, self.side)

    @property
    def class_names(self) -> list[str]:
        return [str(number) for number in range(10)]

    @property
    def location(self) -> str:
        return "invented"

    def is_on_disk(self) -> bool:
        return True

    def prepare(self) -> None:
        pass

    def load(self) -> tuple[Samples, Samples]:
        return self._samples(self.count), self._samples(self.count // 6)

    def _samples(self, count: int) -> Samples:
        inputs = torch.zeros(count, *self.input_shape, dtype=torch.uint8)
        return Samples(inputs, torch.arange(count) % 10)


class ForeignNet(nn.Module):
    """Convolutions with batch normalisation and a way past them, dropout, and layers that are functions."""

    def __init__(self, channels: int = 8, depth: int = 2, in_channels: int = 1) -> None:
        super().__init__()
        self.begin = nn.Conv2d(in_channels, channels, 3, stride=2)
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.GELU())
            for _ in range(depth)
        )
        self.drop = nn.Dropout(0.2)
        self.end = nn.Linear(channels * 16, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.begin(x))
        for block in self.blocks:
            x = x + block(x)
        x = nn.functional.adaptive_max_pool2d(x, 4).flatten(1)
        logits: Tensor = self.end(self.drop(x))
        return logits
