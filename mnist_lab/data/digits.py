"""Digits: scikit-learn's bundled handwritten digits in the form of MNIST; needs no download."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from mnist_lab.data.mnist_form import Form, read_boxed
from mnist_lab.data.samples import Samples
from mnist_lab.data.source import Source
from mnist_lab.data.stratified import cut_test_set
from mnist_lab.language import say

# The split is part of the data set, like MNIST's: it does not follow the seed of a run.
_SPLIT_SEED = 0
_TEST_FRACTION = 1 / 6
_BRIGHTEST = 16
_SIDE_PIXELS = 8
# MNIST fits its digits into 20x20 pixels and puts them into 28x28 (http://yann.lecun.com/exdb/mnist/).
_DIGIT_PIXELS = 20
_MARGIN_PIXELS = 4


class Digits(Source):
    """1,797 digits of 8×8 pixels (UCI's Optical Recognition of Handwritten Digits, test part), enlarged to 28×28.

    About 1,500 train (validation included), 300 test, each class in proportion.
    """

    @property
    def input_shape(self) -> tuple[int, ...]:
        """One channel of 28×28 pixels."""
        return (1, 28, 28)

    @property
    def class_names(self) -> list[str]:
        """The digits."""
        return [str(digit) for digit in range(10)]

    @property
    def location(self) -> str:
        """Bundled with scikit-learn."""
        return "bundled with scikit-learn"

    @property
    def said_location(self) -> str:
        """Likewise."""
        return say("bundled with scikit-learn", "scikit-learn に付属")

    def is_on_disk(self) -> bool:
        """Always: the data comes with a dependency."""
        return True

    def prepare(self) -> None:
        """Nothing to fetch."""

    def load(self) -> tuple[Samples, Samples]:
        """Load, enlarge and split: uint8 ``(N, 1, 28, 28)``."""
        from sklearn.datasets import load_digits

        bundled = load_digits()
        pictures = enlarge(torch.from_numpy(bundled.images))
        everything = Samples(pictures, torch.from_numpy(bundled.target).long())
        return cut_test_set(everything, _TEST_FRACTION, _SPLIT_SEED)

    def new_picture(self, path: Path) -> Tensor:
        """Read a picture of the user's own and bring it to the form of these data: 8×8 pixels, enlarged.

        Raises:
            DataError: It cannot be read, or nothing is drawn in it.
        """
        drawn = read_boxed(path, Form(box=_SIDE_PIXELS))
        small = torch.zeros(1, _SIDE_PIXELS, _SIDE_PIXELS)
        top, left = ((_SIDE_PIXELS - length) // 2 for length in drawn.shape)
        small[0, top : top + drawn.shape[0], left : left + drawn.shape[1]] = torch.from_numpy(drawn)
        return enlarge(_BRIGHTEST * small)[0]


def enlarge(pictures: Tensor) -> Tensor:
    """Enlarge 8×8 pictures smoothly to 20×20 and centre them in 28×28.

    Args:
        pictures: ``(N, 8, 8)``, 0 to 16.

    Returns:
        uint8 ``(N, 1, 28, 28)``, 0 to 255.
    """
    size = (_DIGIT_PIXELS, _DIGIT_PIXELS)
    larger = functional.interpolate(pictures.float().unsqueeze(1), size=size, mode="bicubic", align_corners=False)
    bytes_ = (larger * (255 / _BRIGHTEST)).round().clamp(0, 255).to(torch.uint8)
    return functional.pad(bytes_, [_MARGIN_PIXELS] * 4)
