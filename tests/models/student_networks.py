"""Networks as students write them: those that run, and one for each mistake."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional


class Slide(nn.Module):
    """The course's network, with layers that are made in ``forward``."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3)
        self.conv2 = nn.Conv2d(4, 4, 3)
        self.flatten = nn.Flatten()
        self.fc1 = nn.Linear(2304, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x: Any) -> Any:
        x = nn.ReLU()(self.conv1(x))
        x = nn.ReLU()(self.conv2(x))
        x = self.flatten(x)
        x = nn.ReLU()(self.fc1(x))
        return self.fc2(x)


class ConvolutionsRemoved(Slide):
    def forward(self, x: Any) -> Any:
        return self.fc2(nn.ReLU()(self.fc1(self.flatten(x))))


class FlattenedByFunction(Slide):
    def forward(self, x: Any) -> Any:
        return self.fc2(torch.relu(self.fc1(torch.flatten(self.conv1(x), 1))))


class FlattenedByView(Slide):
    def forward(self, x: Any) -> Any:
        x = self.conv1(x)
        return self.fc2(torch.relu(self.fc1(x.view(x.size(0), -1))))


class NotFlattened(Slide):
    def forward(self, x: Any) -> Any:
        return self.fc2(self.fc1(torch.relu(self.conv2(self.conv1(x)))))


class PictureNotFlattened(Slide):
    def forward(self, x: Any) -> Any:
        return self.fc2(self.fc1(x))


class WrongAfterLayer(Slide):
    def __init__(self) -> None:
        super().__init__()
        self.fc2 = nn.Linear(100, 10, bias=False)


class InputInPlaceOfHidden(nn.Module):
    """The slide's slip: ``y = self.l3(x)`` where ``h`` was meant."""

    def __init__(self) -> None:
        super().__init__()
        self.l1 = nn.Linear(784, 100)
        self.l2 = nn.Linear(100, 100)
        self.l3 = nn.Linear(100, 10)

    def forward(self, x: Any) -> Any:
        x = torch.flatten(x, 1)
        h = functional.relu(self.l1(x))
        h = functional.relu(self.l2(h))
        return self.l3(x)


class WrongChannels(Slide):
    def __init__(self) -> None:
        super().__init__()
        self.conv2 = nn.Conv2d(1, 4, 3)


class ColourPictures(Slide):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1)


class FlattenBeforeConvolution(Slide):
    def forward(self, x: Any) -> Any:
        return self.conv1(self.flatten(x))


class NoChannel(Slide):
    def forward(self, x: Any) -> Any:
        return self.conv1(x.squeeze(1))


class TooSmall(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.pool = nn.MaxPool2d(4)
        self.last = nn.Conv2d(4, 4, 7)

    def forward(self, x: Any) -> Any:
        return self.last(torch.relu(self.pool(self.conv(x))))


class PooledToNothing(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)

    def forward(self, x: Any) -> Any:
        x = functional.max_pool2d(self.conv(x), 8)
        return functional.max_pool2d(x, 4)


class WrongBatchNorm(Slide):
    def __init__(self) -> None:
        super().__init__()
        self.bn = nn.BatchNorm2d(8)

    def forward(self, x: Any) -> Any:
        return self.bn(self.conv1(x))


class BatchNormOfPicturesAfterFlatten(WrongBatchNorm):
    def forward(self, x: Any) -> Any:
        return self.bn(self.flatten(x))


class TwoClasses(Slide):
    def __init__(self) -> None:
        super().__init__()
        self.fc2 = nn.Linear(128, 2)


class PictureAsOutput(Slide):
    def forward(self, x: Any) -> Any:
        return self.conv1(x)


class NothingReturned(Slide):
    def forward(self, x: Any) -> Any:
        x = self.flatten(x)


class BlockReturnsNothing(Slide):
    def __init__(self) -> None:
        super().__init__()
        self.block = NothingReturned()

    def forward(self, x: Any) -> Any:
        return self.fc2(self.block(x))


class NoSuperAndNoLayer(nn.Module):
    def __init__(self) -> None:
        pass

    def forward(self, x: Any) -> Any:
        return x


class BatchLostByView(Slide):
    def forward(self, x: Any) -> Any:
        return self.fc2(self.fc1(self.conv2(self.conv1(x)).view(-1)))


class BatchLostByFlatten(Slide):
    def forward(self, x: Any) -> Any:
        return self.fc2(self.fc1(torch.flatten(self.conv2(self.conv1(x)))))


class BatchMixedByView(Slide):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(1152, 128)

    def forward(self, x: Any) -> Any:
        return self.fc2(self.fc1(self.conv2(self.conv1(x)).view(-1, 1152)))


class ViewDoesNotFit(Slide):
    def forward(self, x: Any) -> Any:
        return self.fc1(self.conv1(x).view(-1, 2304))


class ViewAfterPermute(Slide):
    def forward(self, x: Any) -> Any:
        return self.fc1(self.conv1(x).permute(0, 2, 3, 1).view(-1, 2704))


class ListOfLayers(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = [nn.Linear(784, 100), nn.Linear(100, 10)]

    def forward(self, x: Any) -> Any:
        x = torch.flatten(x, 1)
        for layer in self.layers:
            x = layer(x)
        return x


class LayerMadeInForward(Slide):
    def forward(self, x: Any) -> Any:
        return nn.Linear(784, 10)(self.flatten(x))


class NoParameters(nn.Module):
    def forward(self, x: Any) -> Any:
        return torch.flatten(x, 1)[:, :10]


class OwnError(Slide):
    def forward(self, x: Any) -> Any:
        raise ValueError("three layers are needed")


class UnknownLayer(Slide):
    def forward(self, x: Any) -> Any:
        return self.conv3(x)  # type: ignore[operator]


class UnknownName(Slide):
    def forward(self, x: Any) -> Any:
        return F.relu(x)  # type: ignore[name-defined] # noqa: F821


class LayerOfValues(Slide):
    def forward(self, x: Any) -> Any:
        return self.conv2(nn.ReLU(self.conv1(x)))


class TupleOfRNN(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(28, 64, batch_first=True)
        self.fc = nn.Linear(64, 10)

    def forward(self, x: Any) -> Any:
        return self.fc(self.lstm(x.squeeze(1)))


class PictureIntoRNN(TupleOfRNN):
    def forward(self, x: Any) -> Any:
        return self.fc(self.lstm(x)[0])


class WrongSteps(TupleOfRNN):
    def forward(self, x: Any) -> Any:
        return self.fc(self.lstm(x.view(-1, 49, 16))[0])


class NoForward(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(1, 1)


class ModuleListCalled(Slide):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(784, 10)])

    def forward(self, x: Any) -> Any:
        return self.layers(self.flatten(x))


class ForwardWithoutInput(Slide):
    def forward(self) -> Any:  # type: ignore[override]
        return None


class ShortcutDoesNotFit(Slide):
    def forward(self, x: Any) -> Any:
        return self.conv1(x) + x[:, :, :20, :20]


class ClassAsOutput(Slide):
    def forward(self, x: Any) -> Any:
        return super().forward(x).argmax(dim=1)


class Detached(Slide):
    def forward(self, x: Any) -> Any:
        return super().forward(x).detach()


class TupleAsOutput(Slide):
    def forward(self, x: Any) -> Any:
        return super().forward(x), x


class RecurrentAsOutput(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(28, 10, batch_first=True)

    def forward(self, x: Any) -> Any:
        return self.lstm(x[:, 0])


class TrainAsAttribute(Slide):
    def __init__(self) -> None:
        super().__init__()
        self.train = True  # type: ignore[assignment]


class NoNumbers(Slide):
    def forward(self, x: Any) -> Any:
        return torch.log(-torch.exp(super().forward(x)))


class Frozen(Slide):
    def __init__(self) -> None:
        super().__init__()
        self.requires_grad_(False)
