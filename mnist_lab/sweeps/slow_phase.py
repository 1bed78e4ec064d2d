"""A stretch of time in which a sweep's runs were slow whatever their setting: the computer was, not the models."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from statistics import fmean
from typing import Any

import numpy as np

from mnist_lab.sweeps.result import PointResult
from mnist_lab.sweeps.run_result import RunResult

LEVEL = 0.05
"""Of significance, as of all other tests."""
_FEWEST_RUNS = 12
"""Of fewer, the shuffled ones are too much alike for the test to say anything."""
_MOST_RUNS = 1000
"""Of more, looking at all stretches takes longer than a report may."""
SHORTEST = 3
"""Runs of a stretch, at least; and outside of it."""
_LEAST_FACTOR = 1.05
SHUFFLES = 1999
_Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class SlowPhase:
    """Runs that began one after another and took longer than other runs of the same points."""

    runs: tuple[RunResult, ...]
    """In the order in which they began."""
    others: int
    """How many runs it is beside: those before and after it."""
    factor: float
    """How many times as long its runs took, beside runs of the same points outside of it."""
    p: float
    """How likely so slow a stretch is by chance, where each point's times are shuffled among its runs."""
    longer: int
    """At how many of the points that have runs on both sides those inside took longer."""
    compared: int
    """How many points have runs on both sides."""
    moved: tuple[PointResult, ...]
    """Points of whose runs more than half lie in it, so that their medians do."""

    @property
    def is_one(self) -> bool:
        """Whether neither chance explains it, nor is it too small to matter."""
        return self.p < LEVEL and self.factor >= _LEAST_FACTOR


def slow_phase(points: Sequence[PointResult]) -> SlowPhase | None:
    """Return the stretch whose runs were slowest beside other runs of the same points, and how likely that is.

    The logarithm of each time is taken as its distance from the mean of its point, so that settings play no part. Of
    all stretches of runs in the order in which they began, the one with the largest sum of distances for its length
    (as a standard score) is tested by a permutation test: the same is looked for after each point's times have been
    shuffled among its runs.

    Args:
        points: Of a sweep; times that other programs disturbed, and points without repeats, have no part.

    Returns:
        None where there are too few repeated runs, too many to look at, or runs of several machines.
    """
    ordered = _in_order(points)
    if not _FEWEST_RUNS <= len(ordered) <= _MOST_RUNS or len({run.machine for _, run in ordered}) > 1:
        return None
    owners = tuple(number for number, _ in ordered)
    logs = tuple(math.log(run.train_s or 1.0) for _, run in ordered)
    first, end, p = _slowest(owners, logs)
    apart = _apart(owners, logs, first, end)
    counts = Counter(owners[first:end])
    return SlowPhase(
        runs=tuple(run for _, run in ordered[first:end]),
        others=len(ordered) - (end - first),
        factor=math.exp(fmean(apart)) if apart else 1.0,
        p=p,
        longer=sum(distance > 0 for distance in apart),
        compared=len(apart),
        moved=tuple(points[number] for number, count in counts.items() if 2 * count > len(points[number].times_s)),
    )


def _in_order(points: Sequence[PointResult]) -> list[tuple[int, RunResult]]:
    """Return the runs whose times count, with the number of their point, in the order in which they began."""
    found = [
        (datetime.fromisoformat(run.record["started"]), number, run)
        for number, entry in enumerate(points)
        if len(entry.times_s) > 1 and not entry.disturbed
        for run in entry.again or entry.runs
        if run.train_s and run.record
    ]
    return [(number, run) for _, number, run in sorted(found, key=itemgetter(0))]


@lru_cache(maxsize=8)
def _slowest(owners: tuple[int, ...], logs: tuple[float, ...]) -> tuple[int, int, float]:
    """Return the slowest stretch as its first place and the one behind it, and p.

    Args:
        owners: Number of each run's point, in the order in which they began.
        logs: Logarithms of their times.
    """
    numbers, distances = np.array(owners), np.array(logs)
    places = [np.flatnonzero(numbers == owner) for owner in dict.fromkeys(owners)]
    for own in places:
        distances[own] -= distances[own].mean()
    weights = _weights(len(logs))
    scores = _scores(distances, weights)
    first, end = map(int, np.unravel_index(int(scores.argmax()), scores.shape))
    generator, as_slow = np.random.default_rng(0), 0
    for _ in range(SHUFFLES):
        shuffled = distances.copy()
        for own in places:
            shuffled[own] = generator.permutation(shuffled[own])
        as_slow += int(_scores(shuffled, weights).max() >= scores[first, end])
    return first, end, (as_slow + 1) / (SHUFFLES + 1)


def _weights(count: int) -> _Floats:
    """Return what makes the sum over each stretch, by its first place and the one behind it, a standard score."""
    lengths = np.arange(count + 1)[None, :] - np.arange(count + 1)[:, None]
    allowed = (lengths >= SHORTEST) & (lengths <= count - SHORTEST)
    return np.where(allowed, np.sqrt(count / np.where(allowed, lengths * (count - lengths), 1)), 0.0)


def _scores(distances: _Floats, weights: _Floats) -> _Floats:
    sums = np.concatenate([[0.0], np.cumsum(distances)])
    found: _Floats = (sums[None, :] - sums[:, None]) * weights
    return found


def _apart(owners: Sequence[int], logs: Sequence[float], first: int, end: int) -> list[float]:
    """Return how far the means of the logarithms inside lie above those outside, of each point with runs on both."""
    found = []
    for owner in dict.fromkeys(owners):
        own = [place for place, number in enumerate(owners) if number == owner]
        inside = [logs[place] for place in own if first <= place < end]
        outside = [logs[place] for place in own if not first <= place < end]
        if inside and outside:
            found.append(fmean(inside) - fmean(outside))
    return found
