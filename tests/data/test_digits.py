"""The bundled digits in MNIST's form."""

from __future__ import annotations

import torch

from mnist_lab.data import Digits
from mnist_lab.data.digits import enlarge


def test_digits_have_mnists_form() -> None:
    train, test = Digits().load()
    assert (len(train), len(test)) == (1498, 299)
    assert train.inputs.shape[1:] == Digits().input_shape == (1, 28, 28)
    assert train.inputs.dtype == torch.uint8
    assert int(train.inputs.max()) == 255
    assert train.inputs[:, :, :4].max() == 0
    assert set(train.labels.tolist()) == set(range(Digits().num_classes))


def test_split_is_fixed_and_stratified() -> None:
    _, test = Digits().load()
    _, again = Digits().load()
    assert torch.equal(test.inputs, again.inputs)
    assert test.class_counts(10) == [30, 30, 30, 30, 30, 30, 30, 30, 29, 30]


def test_digits_need_nothing() -> None:
    source = Digits()
    source.prepare()
    assert source.is_on_disk()
    assert source.settings() == {}


def test_enlarging_keeps_the_place_of_ink() -> None:
    picture = torch.zeros(1, 8, 8)
    picture[0, 2, 5] = 16
    larger = enlarge(picture)[0, 0].float()
    row, column = divmod(int(larger.argmax()), 28)
    assert abs(row - (4 + 2.5 * 2.5)) < 1.5
    assert abs(column - (4 + 5.5 * 2.5)) < 1.5
