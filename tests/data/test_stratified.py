"""The test set that is cut from data without one."""

from __future__ import annotations

import torch

from mnist_lab.data.stratified import stratified_test_mask


def test_stratified_mask_takes_the_fraction_of_each_class() -> None:
    labels = torch.tensor([0] * 12 + [1] * 6)
    mask = stratified_test_mask(labels, 1 / 6, seed=0)
    assert labels[mask].bincount().tolist() == [2, 1]


def test_every_class_is_in_both_parts() -> None:
    labels = torch.tensor([0] * 2 + [1] * 100)
    for fraction, of_second in ((0.01, 1), (0.999, 99)):
        mask = stratified_test_mask(labels, fraction, seed=3)
        assert labels[mask].bincount().tolist() == [1, of_second]


def test_seed_chooses() -> None:
    labels = torch.zeros(100, dtype=torch.int64)
    masks = [stratified_test_mask(labels, 0.2, seed=seed) for seed in (0, 0, 1)]
    assert torch.equal(masks[0], masks[1])
    assert not torch.equal(masks[0], masks[2])
