"""The test set of data that come without one: the same part of each class, the same in every run."""

from __future__ import annotations

import torch
from torch import Tensor

from mnist_lab.data.order import SPLIT_STREAM, generator
from mnist_lab.data.samples import Samples
from mnist_lab.errors import UsageError
from mnist_lab.language import say


def cut_test_set(samples: Samples, fraction: float, seed: int) -> tuple[Samples, Samples]:
    """Return training and test samples, in the order in which they came.

    Args:
        samples: All there are.
        fraction: Part of each class that tests.
        seed: Chooses the samples.
    """
    in_test = stratified_test_mask(samples.labels, fraction, seed)
    return samples.take((~in_test).nonzero().flatten()), samples.take(in_test.nonzero().flatten())


def check_cut(test_fraction: float, seed: int) -> None:
    """Look at the settings of a source that cuts its own test set.

    Raises:
        UsageError: They are outside what is allowed.
    """
    if not 0 < test_fraction < 1:
        raise UsageError(
            say(
                "test_fraction: {fraction} is not between 0 and 1; 0.2 is customary.",
                "test_fraction：{fraction} は 0 と 1 の間にありません。通常は 0.2 です。",
                fraction=test_fraction,
            )
        )
    if seed < 0:
        raise UsageError(negative_seed("seed", seed))


def negative_seed(name: str, seed: int) -> str:
    """Return the line for a seed below 0."""
    return say(
        "{name}: {seed} is negative; give 0 or more.",
        "{name}：{seed} は負の値です。0 以上を指定してください。",
        name=name,
        seed=seed,
    )


def stratified_test_mask(labels: Tensor, fraction: float, seed: int) -> Tensor:
    """Mark the test samples, the same fraction of each class, chosen by ``seed``.

    Args:
        labels: int64 ``(N,)``.
        fraction: Part of each class that tests, 0 to 1; rounded to whole samples, at least one, and never all.
        seed: Chooses the samples.

    Returns:
        bool ``(N,)``.
    """
    in_test = torch.zeros(len(labels), dtype=torch.bool)
    for label in range(int(labels.max()) + 1):
        members = (labels == label).nonzero().flatten()
        chosen = torch.randperm(len(members), generator=generator(seed, SPLIT_STREAM, label))
        in_test[members[chosen[: min(max(round(fraction * len(members)), 1), len(members) - 1)]]] = True
    return in_test
