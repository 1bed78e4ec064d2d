"""Train small classifiers honestly timed, and keep CUDA memory on the card.

The names below are imported when they are first used: ``import mnist_lab`` loads no torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mnist_lab.callbacks import CudaMemoryGuard, ScoreCurves, TrainingTimer
    from mnist_lab.data import (
        KMNIST,
        MNIST,
        ClassificationDataModule,
        CSVTable,
        Digits,
        FashionMNIST,
        ImageFolder,
        Intervals,
        JSONTable,
    )
    from mnist_lab.gpu import dedicated_memory_only
    from mnist_lab.models import CNN, FC, Classifier, OwnNetwork, Perceptron
    from mnist_lab.training.fit import fit

__version__ = "0.1.0"

_ROOMS = {
    "mnist_lab.callbacks": ("CudaMemoryGuard", "ScoreCurves", "TrainingTimer"),
    "mnist_lab.data": (
        *("MNIST", "FashionMNIST", "KMNIST", "Digits", "CSVTable", "ExcelTable", "JSONTable"),
        *("ImageFolder", "Intervals"),
        "ClassificationDataModule",
    ),
    "mnist_lab.gpu": ("dedicated_memory_only",),
    "mnist_lab.models": ("CNN", "FC", "Classifier", "OwnNetwork", "Perceptron"),
    "mnist_lab.training.fit": ("fit",),
}
_HOME = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "CNN",
    "FC",
    "KMNIST",
    "MNIST",
    "CSVTable",
    "ClassificationDataModule",
    "Classifier",
    "CudaMemoryGuard",
    "Digits",
    "ExcelTable",
    "FashionMNIST",
    "ImageFolder",
    "Intervals",
    "JSONTable",
    "OwnNetwork",
    "Perceptron",
    "ScoreCurves",
    "TrainingTimer",
    "dedicated_memory_only",
    "fit",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'mnist_lab' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
