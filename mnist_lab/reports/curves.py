"""Accuracy over training time: a group's mean curve, and when each group reached an accuracy that all reached."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from mnist_lab.runs.groups import Group
from mnist_lab.runs.record import EpochRecord
from mnist_lab.runs.run import Run
from mnist_lab.runs.spread import Spread, spread_of

# An epoch that took so many times as long as the median of its run is worth a remark.
SLOW = 1.5
# Of fewer epochs, the median says nothing about which of them is strange.
FEWEST_EPOCHS = 3
# Of accuracies in per cent: 0.963 in 32 bits is 96.29999995.
_ROUNDING = 1e-4


@dataclass(frozen=True)
class CurvePoint:
    """A group at the end of one epoch."""

    epoch: int
    """Counted from 1."""
    train_s: Spread
    accuracy_percent: Spread
    """Validation accuracy."""


@dataclass(frozen=True)
class Reached:
    """When a group's mean validation accuracy first reached a mark."""

    group: Group
    epoch: int
    """Counted from 1."""
    train_s: Spread
    """Training time until the end of that epoch."""
    accuracy_percent: Spread
    """Validation accuracy at the end of that epoch."""


def first_epoch_of(run: Run, mark_percent: float) -> EpochRecord | None:
    """Return the first epoch at whose end a run's own validation accuracy had reached a mark."""
    for epoch in run.record.epochs:
        if (
            epoch.train_s is not None
            and epoch.val_accuracy is not None
            and _reaches(100 * epoch.val_accuracy, mark_percent)
        ):
            return epoch
    return None


def curve_of(run: Run) -> list[tuple[float, float]]:
    """Return training time in seconds and validation accuracy in per cent after each validated epoch."""
    return [
        (epoch.train_s, 100 * epoch.val_accuracy)
        for epoch in run.record.epochs
        if epoch.train_s is not None and epoch.val_accuracy is not None
    ]


def mean_curve(group: Group) -> list[CurvePoint]:
    """Return the mean over a group's completed runs after each epoch that all of them validated."""
    by_epoch: dict[int, list[tuple[float, float]]] = {}
    for run in group.completed:
        for epoch in run.record.epochs:
            if epoch.train_s is not None and epoch.val_accuracy is not None:
                by_epoch.setdefault(epoch.epoch, []).append((epoch.train_s, 100 * epoch.val_accuracy))
    points = []
    for number, found in sorted(by_epoch.items()):
        times, accuracies = spread_of([time for time, _ in found]), spread_of([value for _, value in found])
        if len(found) == len(group.completed) and times and accuracies:
            points.append(CurvePoint(number + 1, times, accuracies))
    return points


def reached_by_all(groups: Sequence[Group]) -> tuple[float | None, list[Reached]]:
    """Return the highest mean validation accuracy in per cent that every group reached, and when each did.

    The mark is rounded down to a tenth of a per cent, so that the group with the lowest maximum reaches it too.
    """
    curves = [mean_curve(group) for group in groups]
    if len(groups) < 2 or not all(curves):
        return None, []
    lowest = min(max(point.accuracy_percent.mean for point in curve) for curve in curves)
    mark = math.floor((lowest + _ROUNDING) * 10) / 10
    return mark, reached_at(groups, mark)


def reached_at(groups: Sequence[Group], mark_percent: float) -> list[Reached]:
    """Return when each group's mean validation accuracy reached a mark; without groups that never did."""
    found = []
    for group in groups:
        points = (point for point in mean_curve(group) if _reaches(point.accuracy_percent.mean, mark_percent))
        if point := next(points, None):
            found.append(Reached(group, point.epoch, point.train_s, point.accuracy_percent))
    return found


def _reaches(percent: float, mark_percent: float) -> bool:
    return percent >= mark_percent - _ROUNDING


def slow_epochs(run: Run) -> list[tuple[int, float]]:
    """Return the epochs, counted from 1, that took much longer than the run's median, and how many times as long."""
    times = [(epoch.epoch + 1, epoch.epoch_s) for epoch in run.record.epochs if epoch.epoch_s is not None]
    if len(times) < FEWEST_EPOCHS:
        return []
    middle = median(time_s for _, time_s in times)
    return [(number, time_s / middle) for number, time_s in times if middle > 0 and time_s > SLOW * middle]
