"""Bands: which part of a picture's x axis belongs to which class, and why a network's curves look as they do there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from mnist_lab.language import listed, say

# Where classes overlap, a place belongs to the class of most of its neighbours: this share of all samples.
_NEIGHBOURS_SHARE = 1 / 20
_LEAST_NEIGHBOURS = 5


@dataclass(frozen=True)
class Band:
    """From ``start`` to ``end`` on the x axis lies class ``label``, counted from 0."""

    label: int
    start: float
    end: float

    @property
    def centre(self) -> float:
        """Where its name is written."""
        return (self.start + self.end) / 2


def class_bands(counts: Sequence[int]) -> list[Band]:
    """Return a band for each class of samples that stand in class order, the first at 0.

    Args:
        counts: Samples of each class; one without samples has no band.
    """
    ends = np.cumsum(counts).tolist()
    return [
        Band(label, end - count - 0.5, end - 0.5)
        for label, (count, end) in enumerate(zip(counts, ends, strict=True))
        if count
    ]


def interval_bands(values: NDArray[np.float64], labels: NDArray[np.int64]) -> list[Band]:
    """Return the intervals of one-dimensional classes, from the smallest value to the largest.

    Where classes overlap, the border lies where another class begins to have more samples nearby.

    Args:
        values: The inputs ``(N,)``, at least one, in any order.
        labels: Their classes ``(N,)``.
    """
    order = np.argsort(values, kind="stable")
    values, prevailing = values[order], _prevailing(labels[order])
    bands: list[Band] = []
    first = 0
    start = float(values[0])
    for label, run in groupby(prevailing):
        last = first + len(list(run)) - 1
        end = float(values[last] if last + 1 == len(values) else (values[last] + values[last + 1]) / 2)
        bands.append(Band(label, start, end))
        first, start = last + 1, end
    return bands


def why_hills(bands: Sequence[Band], class_names: Sequence[str]) -> str:
    """Say why curves over one-dimensional classes become hills, or need not.

    Args:
        bands: The classes' intervals.
        class_names: Name of each class.
    """
    intervals = Counter(band.label for band in bands)
    several = [class_names[label] for label in sorted(intervals) if intervals[label] > 1]
    if not several:
        return say(
            "Each class is one interval. Straight lines suffice, each steeper than the one before: every line is the\n"
            "highest in its own interval. So no curve has to become a hill.",
            "どのクラスも一つの区間です。傾きが順に大きくなる直線を並べれば、各区間で一本ずつが最大になるので、\n"
            "線形分離で足り、曲線は山になる必要がありません。",
        )
    return say(
        "More than one interval belongs to class {several}. Where another class lies in between, a straight line\n"
        "cannot be the highest on both sides and not there. So the curves become hills.",
        "クラス {several} には二つ以上の区間があります。間にほかのクラスがあるため、直線は両側でだけ最大には\n"
        "なれません。そのため曲線は山になります。",
        several=listed(several),
    )


def _prevailing(labels: NDArray[np.int64]) -> list[int]:
    """Return, for each of the sorted samples, the class of most of those around it; its own where there are as many."""
    reach = max(int(len(labels) * _NEIGHBOURS_SHARE), _LEAST_NEIGHBOURS) // 2
    one_hot = np.eye(int(labels.max()) + 1, dtype=np.int64)[labels]
    sums = np.vstack([np.zeros_like(one_hot[:1]), one_hot.cumsum(axis=0)])
    places = np.arange(len(labels))
    # As many neighbours on either side: at the ends, fewer.
    reaches = np.minimum(np.minimum(places, len(labels) - 1 - places), reach)
    around = sums[places + reaches + 1] - sums[places - reaches]
    own = around[places, labels] == around.max(axis=1)
    prevailing: list[int] = np.where(own, labels, around.argmax(axis=1)).tolist()
    return prevailing
