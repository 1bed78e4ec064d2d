"""A stretch of time in which a sweep's runs were slow whatever their setting: the computer was, not the models."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from statistics import fmean
from typing import Any

import numpy as np

from mnist_lab.sweeps.result import PointResult
from mnist_lab.sweeps.run_result import RunResult

LEVEL = 0.01
"""Of significance: a sweep has one such test, and a stretch that is only chance would be a false excuse."""
_FEWEST_RUNS = 12
"""Of fewer, the shuffled ones are too much alike for the test to say anything."""
_MOST_RUNS = 1000
"""Of more, looking at all stretches takes longer than a report may."""
_SHORTEST = 3
_LEAST_FACTOR = 1.05
_SHUFFLES = 499
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
    moved: tuple[PointResult, ...]
    """Points of whose runs more than half lie in it, so that their medians do."""


def can_be_found(points: Sequence[PointResult]) -> bool:
    """Return whether there are enough repeated runs, not too many, of one machine, to look for a slow phase."""
    ordered = _in_order(points)
    return _FEWEST_RUNS <= len(ordered) <= _MOST_RUNS and len({run.machine for _, run in ordered}) == 1


def slow_phase(points: Sequence[PointResult]) -> SlowPhase | None:
    """Return the stretch whose runs were slowest beside other runs of the same points; None where chance explains it.

    The logarithm of each time is taken as its distance from the mean of its point, so that settings play no part. Of
    all stretches of runs in the order in which they began, the one with the largest sum of distances for its length
    (as a standard score) is tested by a permutation test: the same is looked for after each point's times have been
    shuffled among its runs.

    Args:
        points: Of a sweep; times that other programs disturbed, and points without repeats, have no part.
    """
    if not can_be_found(points):
        return None
    ordered = _in_order(points)
    owners = np.array([number for number, _ in ordered])
    logs = np.array([math.log(run.train_s or 1.0) for _, run in ordered])
    places = [np.flatnonzero(owners == owner) for owner in dict.fromkeys(owners.tolist())]
    distances = logs.copy()
    for own in places:
        distances[own] -= logs[own].mean()
    weights = _weights(len(logs))
    scores = _scores(distances, weights)
    first, end = map(int, np.unravel_index(int(scores.argmax()), scores.shape))
    generator, as_slow = np.random.default_rng(0), 0
    for _ in range(_SHUFFLES):
        shuffled = distances.copy()
        for own in places:
            shuffled[own] = generator.permutation(shuffled[own])
        as_slow += int(_scores(shuffled, weights).max() >= scores[first, end])
    p = (as_slow + 1) / (_SHUFFLES + 1)
    inside = set(range(first, end))
    factor = _factor(logs, places, inside)
    if p > LEVEL or factor < _LEAST_FACTOR:
        return None
    counts = Counter(owners[first:end].tolist())
    return SlowPhase(
        runs=tuple(run for _, run in ordered[first:end]),
        others=len(ordered) - (end - first),
        factor=factor,
        p=p,
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


def _weights(count: int) -> _Floats:
    """Return what makes the sum over each stretch, by its first place and the one behind it, a standard score."""
    lengths = np.arange(count + 1)[None, :] - np.arange(count + 1)[:, None]
    allowed = (lengths >= _SHORTEST) & (lengths <= count - _SHORTEST)
    return np.where(allowed, np.sqrt(count / np.where(allowed, lengths * (count - lengths), 1)), 0.0)


def _scores(distances: _Floats, weights: _Floats) -> _Floats:
    sums = np.concatenate([[0.0], np.cumsum(distances)])
    found: _Floats = (sums[None, :] - sums[:, None]) * weights
    return found


def _factor(logs: _Floats, places: Sequence[np.ndarray[Any, np.dtype[np.int64]]], inside: set[int]) -> float:
    """Return how many times as long runs inside took: the geometric mean over points with runs on both sides."""
    ratios = []
    for own in places:
        within = [float(logs[place]) for place in own.tolist() if place in inside]
        outside = [float(logs[place]) for place in own.tolist() if place not in inside]
        if within and outside:
            ratios.append(fmean(within) - fmean(outside))
    return math.exp(fmean(ratios)) if ratios else 1.0
