"""Networks in which nothing is to be pointed out: recurrent, residual, normalised, attention, functional, lazy ones."""

from __future__ import annotations

import random
from typing import Any

import torch
import torchmetrics
from torch import nn
from torch.nn import functional


class Residual(nn.Module):
    """Two blocks with shortcuts; the first needs no projection."""

    class Block(nn.Module):
        def __init__(self, inputs: int, outputs: int) -> None:
            super().__init__()
            self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
            self.bn1 = nn.BatchNorm2d(outputs)
            self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
            self.bn2 = nn.BatchNorm2d(outputs)
            self.relu = nn.ReLU(inplace=True)
            self.shortcut: nn.Module = nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, 1)

        def forward(self, x: Any) -> Any:
            out = self.relu(self.bn1(self.conv1(x)))
            out = self.bn2(self.conv2(out))
            out += self.shortcut(x) if not isinstance(self.shortcut, nn.Identity) else x
            return self.relu(out)

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 3)
        self.blocks = nn.Sequential(self.Block(4, 4), self.Block(4, 8))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(8, 10)

    def forward(self, x: Any) -> Any:
        return self.fc(torch.flatten(self.pool(self.blocks(functional.relu(self.stem(x)))), 1))


class RowsThroughLSTM(nn.Module):
    """Rows as steps; the last output decides. A loss and a metric are kept, as some do."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(28, 16, num_layers=2, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(32, 10)
        self.criterion = nn.CrossEntropyLoss()
        self.accuracy = torchmetrics.Accuracy("multiclass", num_classes=10)

    def forward(self, x: Any) -> Any:
        out, _ = self.lstm(x.squeeze(1))
        return self.fc(out[:, -1])


class RowsThroughGRUTimeFirst(nn.Module):
    """As torch has it by default: time first, after ``permute``; the state alone is used."""

    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(28, 16)
        self.fc = nn.Linear(16, 10)

    def forward(self, x: Any) -> Any:
        _, state = self.gru(x.squeeze(1).permute(1, 0, 2))
        return self.fc(state[-1])


class Attention(nn.Module):
    """A transformer over patches, with a class token and learned positions."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(1, 16, 7, stride=7)
        self.token = nn.Parameter(torch.zeros(1, 1, 16))
        self.positions = nn.Parameter(torch.zeros(1, 17, 16))
        layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2)
        self.norm = nn.LayerNorm(16)
        self.head = nn.Linear(16, 10)

    def forward(self, x: Any) -> Any:
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(len(x), -1, -1), x], dim=1) + self.positions
        return self.head(self.norm(self.encoder(x))[:, 0])


class AttentionOfItsOwn(nn.Module):
    """Queries, keys and values by hand: a softmax inside is no softmax at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.q, self.k, self.v = nn.Linear(28, 8), nn.Linear(28, 8), nn.Linear(28, 8)
        self.out = nn.Linear(8, 10)

    def forward(self, x: Any) -> Any:
        x = x.squeeze(1)
        weights = torch.softmax(self.q(x) @ self.k(x).transpose(1, 2) / 8**0.5, dim=-1)
        return self.out((weights @ self.v(x)).mean(dim=1))


class Functional(nn.Module):
    """Weights as parameters, everything else as functions."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, stride=2, padding=1)
        self.weight = nn.Parameter(torch.randn(10, 4 * 7 * 7) * 0.01)
        self.bias = nn.Parameter(torch.zeros(10))

    def forward(self, x: Any) -> Any:
        x = functional.max_pool2d(functional.leaky_relu(self.conv(x)), 2)
        x = functional.dropout(x.view(x.size(0), -1), 0.2, self.training)
        return functional.linear(x, self.weight, self.bias)


class Lazy(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.LazyConv2d(4, 3)
        self.bn = nn.LazyBatchNorm2d()
        self.fc = nn.LazyLinear(10)

    def forward(self, x: Any) -> Any:
        return self.fc(torch.relu(self.bn(self.conv(x))).flatten(1))


class Bottleneck(nn.Module):
    """Two Linear in a row with few nodes between: another function than one Linear, and meant."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Linear(784, 4)
        self.up = nn.Linear(4, 10)

    def forward(self, x: Any) -> Any:
        return self.up(self.down(x.flatten(1)))


class Gated(nn.Module):
    """What one Linear gives is taken twice, once through an activation."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(784, 32)
        self.gate = nn.Linear(32, 32)
        self.last = nn.Linear(32, 10)

    def forward(self, x: Any) -> Any:
        x = self.first(x.flatten(1))
        return self.last(functional.silu(x) * self.gate(x))


class HelperOutput(nn.Module):
    """A second output while training alone."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Linear(784, 32)
        self.head = nn.Linear(32, 10)
        self.helper = nn.Linear(32, 10)

    def forward(self, x: Any) -> Any:
        x = torch.tanh(self.body(x.flatten(1)))
        return (self.head(x), self.helper(x)) if self.training else self.head(x)


class StochasticDepth(nn.Module):
    """A layer that is left out at random while training."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(784, 32)
        self.middle = nn.Linear(32, 32)
        self.last = nn.Linear(32, 10)

    def forward(self, x: Any) -> Any:
        x = torch.relu(self.first(x.flatten(1)))
        if not self.training or random.random() < 0.5:
            x = x + torch.relu(self.middle(x))
        return self.last(x)


class Experts(nn.Module):
    """Which layer is called depends on the values: two samples do not reach them all."""

    def __init__(self) -> None:
        super().__init__()
        self.router = nn.Linear(784, 8)
        self.experts = nn.ModuleList(nn.Linear(784, 10) for _ in range(8))

    def forward(self, x: Any) -> Any:
        x = x.flatten(1)
        weights = self.router(x).softmax(dim=1)
        best = weights.argmax(dim=1).tolist()
        return torch.stack([self.experts[e](x[n]) * weights[n, e] for n, e in enumerate(best)])


class WeightNormalised(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.utils.parametrizations.weight_norm(nn.Linear(784, 16))
        self.norm = nn.GroupNorm(4, 16)
        self.last = nn.Linear(16, 10)

    def forward(self, x: Any) -> Any:
        return self.last(torch.relu(self.norm(self.first(x.flatten(1)))))


class TiedWeights(nn.Module):
    """The second layer lends its weights only."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(784, 16)
        self.second = nn.Linear(16, 10)

    def forward(self, x: Any) -> Any:
        return functional.linear(torch.relu(self.first(x.flatten(1))), self.second.weight)


class Recurrence(nn.Module):
    """One cell, a row after the other, its state kept in an attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.GRUCell(28, 16)
        self.fc = nn.Linear(16, 10)
        self.state: Any = None

    def forward(self, x: Any) -> Any:
        self.state = x.new_zeros(len(x), 16)
        for row in x.squeeze(1).unbind(1):
            self.state = self.cell(row, self.state)
        return self.fc(self.state)


SENSIBLE: list[type[nn.Module]] = [
    one for one in list(vars().values()) if isinstance(one, type) and issubclass(one, nn.Module)
]
