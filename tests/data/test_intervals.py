"""One-dimensional classes."""

from __future__ import annotations

import pytest
import torch

from mnist_lab.data import Intervals
from mnist_lab.errors import UsageError

HILLS = [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]


@pytest.mark.parametrize("labels", [None, HILLS])
def test_the_interval_decides_the_class(labels: list[int] | None) -> None:
    source = Intervals(labels, num_samples=1200)
    train, test = source.load()
    assert (len(train), len(test)) == (1000, 200)
    for split in (train, test):
        assert split.inputs.shape[1:] == source.input_shape == (1,)
        wanted = torch.tensor(labels or list(range(10)))[split.inputs[:, 0].long()]
        assert torch.equal(split.labels, wanted)
    assert source.class_names == [str(label) for label in range(5 if labels else 10)]


def test_same_seed_gives_the_same_numbers_and_another_seed_others() -> None:
    first, again, other = (Intervals(seed=seed).load()[0].inputs for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_nothing_is_needed() -> None:
    source = Intervals(HILLS, 600, 4)
    source.prepare()
    assert source.is_on_disk()
    assert source.location == "generated (seed 4)"
    assert source.settings() == {"labels": HILLS, "num_samples": 600, "seed": 4}


@pytest.mark.parametrize("labels", [[0, 2], [1, 2], [0, 0], []])
def test_labels_with_gaps_are_refused(labels: list[int]) -> None:
    with pytest.raises(UsageError, match="every class from 0"):
        Intervals(labels)


def test_too_few_samples_are_refused() -> None:
    with pytest.raises(UsageError, match="num_samples: 11 is too few for 2 intervals; give at least 12"):
        Intervals([0, 1], num_samples=11)


def test_negative_seed_is_refused() -> None:
    with pytest.raises(UsageError, match="seed: -1 is negative"):
        Intervals(seed=-1)
