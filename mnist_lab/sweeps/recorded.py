"""A sweep's result from the records of its runs alone, without its study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from mnist_lab.errors import MnistLabError
from mnist_lab.runs.run import Run
from mnist_lab.sweeps.measurement import Measurement, measure
from mnist_lab.sweeps.outliers import strange_points
from mnist_lab.sweeps.points import Point
from mnist_lab.sweeps.result import SweepResult, mark_strange, put_together, unit_order
from mnist_lab.sweeps.units import AGAIN

# A run that was killed or interrupted is trained again, so it does not count.
_ENDED = ("completed", "diverged", "out_of_memory", "failed")


@dataclass(frozen=True)
class Place:
    """A run's place in its sweep, as its record holds it."""

    name: str
    """Of the sweep."""
    study: str
    within: float
    """Percentage points of validation accuracy that the smallest model may stay behind the best."""
    unit: str
    """The piece of work: a grid's point, a sampled point, or one whose time is measured again."""
    repeat: int
    """From 0."""
    base: str
    values: Mapping[str, Any]
    """Option to value."""
    machine: str


def place_of(run: Run) -> Place | None:
    """Return a run's place in its sweep; None for a run of no sweep.

    Raises:
        MnistLabError: The record is damaged.
    """
    values = run.record.sweep
    if values is None:
        return None
    names = [entry.name for entry in fields(Place)]
    try:
        return Place(**{name: values[name] for name in names})
    except (KeyError, TypeError) as error:
        raise MnistLabError(
            f"The record of {run.name} is damaged ('sweep' lacks {error}); make the run again."
        ) from error


def only_sweep(runs: Sequence[Run]) -> Place | None:
    """Return the place of the first run where all are of one sweep's study, else None."""
    places = [place_of(run) for run in runs]
    first = places[0]
    return first if first and all(place and place.study == first.study for place in places) else None


def collect_runs(runs: Sequence[Run]) -> SweepResult:
    """Put together what the runs of one study have come to.

    Of several runs of one repeat (a worker may have died before it could say that it was done) the last one counts.
    """
    last: dict[tuple[str, int], tuple[Place, Run]] = {}
    for run in sorted(runs, key=lambda run: run.record.started):
        place = place_of(run)
        if place is not None and run.record.status in _ENDED:
            last[place.unit, place.repeat] = place, run
    points: dict[str, Point] = {}
    measured: dict[str, list[Measurement]] = {}
    again: dict[str, list[Measurement]] = {}
    for unit, repeat in sorted(last, key=lambda key: (unit_order(key[0]), key[1])):
        place, run = last[unit, repeat]
        point = Point(place.base, place.values)
        points.setdefault(point.key, point)
        kind = again if unit.startswith(AGAIN) else measured
        kind.setdefault(point.key, []).append(measure(run.record, run.name, place.machine))
    result = put_together([(points[key], runs, again.get(key, [])) for key, runs in measured.items()])
    return mark_strange(result, strange_points(result.points))
