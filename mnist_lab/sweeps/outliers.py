"""Points whose training time does not fit that of their neighbours."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mnist_lab.sweeps.axis import axis_of
from mnist_lab.sweeps.result import PointResult

# Repeated runs on a quiet machine differ by a few per cent; a busy one easily by more.
TOLERANCE = 1.2
_SHORTEST_DIFFERENCE_S = 0.05
_SHORTEST_LINE = 3
# Two points that contradict each other are equally far outside, but for rounding and their other neighbours.
_SAME = 1.05


def strange_points(points: Sequence[PointResult]) -> list[PointResult]:
    """Return the points whose time lies outside what their neighbours say.

    Neighbours differ from a point in one parameter that is a number, by one step either way, and were trained on the
    same device. Between two neighbours the time should lie between theirs; at either end of a line, between the
    neighbour's time and what the line would reach if the growth of the last step were to double (as a power of the
    parameter). A fifth more or less is let pass, and so are 0.05 s.

    One wrong time makes its neighbours look wrong as well, so the point that is farthest outside is taken out of the
    line first, and the rest is looked at again; an end, of which less is known, only counts when all between the ends
    fit, or when it contradicts the point next to it. When a time falls from 8 to 16 channels, either may be wrong, and
    both are equally far outside: then both are returned.
    """
    return [entry for entry, _, _ in _found(points).values()]


@dataclass(frozen=True)
class Expected:
    """The shortest and the longest time in seconds that a point's neighbours say."""

    low_s: float
    high_s: float
    at_end: bool
    """Whether the point has a neighbour on one side only, so that the line is drawn out."""


def expected_at_first(points: Sequence[PointResult]) -> dict[str, Expected]:
    """Return what the neighbours said of each point that did not fit, before any was measured again; by its key."""
    found = _found([replace(entry, again=()) for entry in points])
    return {key: expected for key, (_, expected, _) in found.items()}


def _found(points: Sequence[PointResult]) -> dict[str, tuple[PointResult, Expected, float]]:
    """Return the points that do not fit, what was expected and how far outside they are, in the farthest line."""
    found: dict[str, tuple[PointResult, Expected, float]] = {}
    for line in _lines(points):
        rest = line
        while len(rest) >= _SHORTEST_LINE:
            # An end is judged by the two next to it only: what they say does not reach across a gap.
            first, last = int(rest[:3] != line[:3]), len(rest) - int(rest[-3:] != line[-3:])
            factors = [_factor_outside(rest, index) if first <= index < last else 1.0 for index in range(len(rest))]
            inside = max(factors[1:-1])
            worst = inside if inside > TOLERANCE else max(factors)
            if worst <= TOLERANCE:
                break
            taken = [worst / _SAME <= factor <= worst * _SAME for factor in factors]
            for index, (_, entry) in enumerate(rest):
                key, factor = entry.point.key, factors[index]
                if taken[index] and (key not in found or factor > found[key][2]):
                    found[key] = entry, Expected(*_expected_s(rest, index), index in (0, len(rest) - 1)), factor
            rest = [item for item, out in zip(rest, taken, strict=True) if not out]
    return found


def _lines(points: Sequence[PointResult]) -> Iterator[list[tuple[float, PointResult]]]:
    """Yield rows of three points or more that differ in one number only, in its order."""
    bases = dict.fromkeys(entry.point.base for entry in points)
    for base in bases:
        own = [entry for entry in points if entry.point.base == base and entry.times_s and entry.train_s > 0]
        for key in own[0].point.values if own else ():
            axis = axis_of(key, [entry.point.values[key] for entry in own])
            if axis.positions is None:
                continue
            lines: dict[str, list[tuple[float, PointResult]]] = {}
            for entry in own:
                rest = {name: value for name, value in entry.point.values.items() if name != key}
                group = json.dumps([rest, entry.runs[0].machine, entry.device], sort_keys=True)
                position = axis.positions[axis.values.index(entry.point.values[key])]
                lines.setdefault(group, []).append((position, entry))
            yield from (
                sorted(line, key=lambda item: item[0]) for line in lines.values() if len(line) >= _SHORTEST_LINE
            )


def _factor_outside(line: Sequence[tuple[float, PointResult]], index: int) -> float:
    """Return how many times too long or too short a point's time is; 1 where the nearest of its repeats fits."""
    low_s, high_s = _expected_s(line, index)
    times_s = line[index][1].times_s
    if min(times_s) - high_s > _SHORTEST_DIFFERENCE_S:
        return min(times_s) / high_s
    if low_s - max(times_s) > _SHORTEST_DIFFERENCE_S:
        return low_s / max(times_s)
    return 1.0


def _expected_s(line: Sequence[tuple[float, PointResult]], index: int) -> tuple[float, float]:
    """Return the shortest and the longest time in seconds that the neighbours say."""
    if 0 < index < len(line) - 1:
        times = [line[index - 1][1].train_s, line[index + 1][1].train_s]
        return min(times), max(times)
    step = 1 if index == 0 else -1
    (here, _), (x1, near), (x2, far) = line[index], line[index + step], line[index + 2 * step]
    reach = (math.log(here / x1) / math.log(x1 / x2)) if min(here, x1, x2) > 0 else (here - x1) / (x1 - x2)
    beyond_s = near.train_s * (near.train_s / far.train_s) ** (2 * reach)
    return min(near.train_s, beyond_s), max(near.train_s, far.train_s, beyond_s)
