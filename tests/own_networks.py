"""Networks as students write them, for tests: each is the text of a file."""

from __future__ import annotations

from pathlib import Path

SLIDE = """\
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.fc1 = nn.Linear(784, 16)
        self.fc2 = nn.Linear(16, 10)

    def forward(self, x):
        x = x.view(-1, 784)
        x = nn.ReLU()(self.fc1(x))
        return self.fc2(x)
"""

ARGUMENTS = """\
from torch import nn


class Net(nn.Module):
    def __init__(self, input_shape, num_classes, hidden=8):
        super().__init__()
        size = input_shape[0] * input_shape[1] * input_shape[2]
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(size, hidden), nn.ReLU(), nn.Linear(hidden, num_classes))

    def forward(self, x):
        return self.layers(x)
"""


def write(folder: Path, text: str = SLIDE, name: str = "mynet.py") -> Path:
    """Write the file and return it."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
