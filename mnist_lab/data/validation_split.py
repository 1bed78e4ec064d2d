"""The validation samples, cut from the training set by a permutation of their own."""

from __future__ import annotations

import torch

from mnist_lab.data.order import SPLIT_STREAM, generator
from mnist_lab.data.samples import Samples
from mnist_lab.errors import UsageError
from mnist_lab.language import say


def cut_validation(training_set: Samples, val_fraction: float, seed: int) -> tuple[Samples, Samples]:
    """Return what is left to train, and what validates.

    Args:
        training_set: All of it.
        val_fraction: Part of it that validates.
        seed: Chooses the samples.

    Raises:
        UsageError: Nothing is left on one side.
    """
    count = len(training_set)
    num_val = round(count * val_fraction)
    if not 0 < num_val < count:
        raise UsageError(
            say(
                "data.val_fraction: {fraction} leaves {train} of {count} samples to train and {val} to validate; "
                "both need at least one.",
                "data.val_fraction：{fraction} では、{count} サンプルのうち学習用が {train}、検証用が {val} に"
                "なります。どちらにも 1 以上必要です。",
                fraction=val_fraction,
                train=count - num_val,
                count=count,
                val=num_val,
            )
        )
    permutation = torch.randperm(count, generator=generator(seed, SPLIT_STREAM))
    # In their first order, for reading memory in one direction; each epoch shuffles anyway.
    val, train = permutation[:num_val].sort().values, permutation[num_val:].sort().values
    return training_set.take(train), training_set.take(val)
