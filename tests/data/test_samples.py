"""Samples."""

from __future__ import annotations

import pytest
import torch

from mnist_lab.data import Samples


def test_take_copies_the_named_samples() -> None:
    samples = Samples(torch.arange(6.0).reshape(3, 2), torch.tensor([0, 1, 1]))
    taken = samples.take(torch.tensor([2, 0]))
    assert taken.inputs.tolist() == [[4.0, 5.0], [0.0, 1.0]]
    assert taken.labels.tolist() == [1, 0]
    assert samples.class_counts(3) == [1, 2, 0]
    assert samples.size_bytes == 3 * 2 * 4 + 3 * 8


def test_to_moves_both_and_keeps_itself_where_it_is() -> None:
    samples = Samples(torch.zeros(3, 2), torch.tensor([0, 1, 1]))
    assert samples.to(torch.device("cpu")) is samples
    assert samples.to(torch.device("meta")).labels.device.type == "meta"


def test_numbers_must_match() -> None:
    with pytest.raises(ValueError, match="3 inputs do not match 2 labels"):
        Samples(torch.zeros(3, 2), torch.tensor([0, 1]))


def test_labels_must_be_int64() -> None:
    with pytest.raises(ValueError, match=r"torch\.uint8; they must be torch\.int64"):
        Samples(torch.zeros(1, 2), torch.zeros(1, dtype=torch.uint8))
