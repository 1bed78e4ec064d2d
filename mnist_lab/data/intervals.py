"""Intervals: one number in, and the interval that it lies in decides the class."""

from __future__ import annotations

import torch

from mnist_lab.data.order import SPLIT_STREAM, generator
from mnist_lab.data.samples import Samples
from mnist_lab.data.source import Source
from mnist_lab.data.stratified import negative_seed
from mnist_lab.errors import UsageError
from mnist_lab.language import say

_LEAST_PER_INTERVAL = 6


class Intervals(Source):
    """Numbers from 0 to the number of intervals; interval i, from i to i + 1, has class ``labels[i]``.

    With a class for each interval a linear separation suffices. With classes that come back, as in
    ``[0, 1, 2, 3, 4, 0, 1, 2, 3, 4]``, the network's outputs have to become hills.

    Args:
        labels: The class of each interval, all of 0 to the highest used; None: ten intervals, ten classes.
        num_samples: Training and test samples together, the same number in each interval; a sixth of them test.
        seed: Chooses the numbers; part of the data set, so apart from the run's seed.

    Raises:
        UsageError: If a class between 0 and the highest is missing, there is only one, or the samples are too few.
    """

    def __init__(self, labels: list[int] | None = None, num_samples: int = 12_000, seed: int = 0) -> None:
        self.labels = list(range(10)) if labels is None else list(labels)
        self.num_samples = num_samples
        self.seed = seed
        classes = sorted(set(self.labels))
        if len(classes) < 2 or classes != list(range(len(classes))):
            raise UsageError(
                say(
                    "labels: {labels} must use every class from 0 to the highest, and at least two classes.",
                    "labels：{labels} には 0 から最大のクラスまでのすべてを、2 つ以上使ってください。",
                    labels=self.labels,
                )
            )
        if num_samples < _LEAST_PER_INTERVAL * len(self.labels):
            raise UsageError(
                say(
                    "num_samples: {number} is too few for {intervals} intervals; give at least {least}.",
                    "num_samples：{intervals} 個の区間に対して {number} は少なすぎます。{least} "
                    "以上を指定してください。",
                    number=num_samples,
                    intervals=len(self.labels),
                    least=_LEAST_PER_INTERVAL * len(self.labels),
                )
            )
        if seed < 0:
            raise UsageError(negative_seed("seed", seed))

    @property
    def input_shape(self) -> tuple[int, ...]:
        """One number."""
        return (1,)

    @property
    def class_names(self) -> list[str]:
        """The classes' numbers."""
        return [str(label) for label in range(max(self.labels) + 1)]

    @property
    def location(self) -> str:
        """Made at every start."""
        return f"generated (seed {self.seed})"

    @property
    def said_location(self) -> str:
        """Likewise."""
        return say("generated (seed {seed})", "実行時に生成（シード {seed}）", seed=self.seed)

    def is_on_disk(self) -> bool:
        """Always: it is computed."""
        return True

    def prepare(self) -> None:
        """Nothing to fetch."""

    def load(self) -> tuple[Samples, Samples]:
        """Draw the numbers: float32 ``(N, 1)``."""
        intervals = torch.arange(self.num_samples) % len(self.labels)
        within = torch.rand(self.num_samples, generator=generator(self.seed, SPLIT_STREAM), dtype=torch.float64)
        # The gap of a thousandth keeps float32 from rounding a number up into the next interval.
        inputs = (intervals + 0.999 * within).float().unsqueeze(1)
        everything = Samples(inputs, torch.tensor(self.labels)[intervals])
        order = torch.arange(self.num_samples)
        num_test = self.num_samples // 6
        return everything.take(order[num_test:]), everything.take(order[:num_test])
