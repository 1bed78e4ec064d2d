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
# What two points say across a gap is only roughly true of an end.
_ACROSS_A_GAP = 3.0
# Of times that lie farther apart than this, everything may be expected in between, and so nothing is.
_WIDEST = 10.0


def strange_points(points: Sequence[PointResult]) -> list[PointResult]:
    """Return the points whose time lies outside what their neighbours say.

    Neighbours differ from a point in one parameter that is a number, by one step either way, and were trained on the
    same device; a time that other programs disturbed says nothing of another, unless all of a line are. Between two
    neighbours the time should lie between theirs; at either end of a line, between the neighbour's time and what the
    line would reach if the growth of the last step were to double (as a power of the parameter). A fifth more or less
    is let pass, and so are 0.05 s.

    One wrong time makes its neighbours look wrong as well, so the point that is farthest outside is taken out of the
    line first, and the rest is looked at again; an end, of which less is known, only counts when all between the ends
    fit, or when it contradicts the point next to it. When a time falls from 8 to 16 channels, either may be wrong, and
    both are equally far outside: then both are returned.
    """
    return [entry for entry, _ in _found(points).values()]


@dataclass(frozen=True)
class Expected:
    """The shortest and the longest time in seconds that a point's neighbours say."""

    low_s: float
    high_s: float
    drawn_out: DrawnOut | None = None
    """How the line was drawn out to a point that has a neighbour on one side only."""
    key: str = ""
    """The option in which the neighbours differ from the point."""
    by_later_times: bool = False
    """Whether one of the neighbours was measured again, too, so that its later time counts."""


@dataclass(frozen=True)
class DrawnOut:
    """``near_s × (near_s ÷ far_s)^power``: what a line reaches whose growth doubles in its last step."""

    near_s: float
    """Training time of the neighbour."""
    far_s: float
    """Training time of the neighbour's neighbour."""
    power: float
    """Twice the last step of the parameter over the step before it: 2 where the parameter grows evenly."""

    @property
    def beyond_s(self) -> float:
        """Return where the line comes out, in seconds; infinite where that is more than a number can hold."""
        try:
            return self.near_s * math.pow(self.near_s / self.far_s, self.power)
        except OverflowError:
            return math.inf


@dataclass(frozen=True)
class AtFirst:
    """What is known of a point that did not fit, before it was measured again."""

    expected: Expected | None = None
    """What its neighbours say; None where that does not show it to be wrong, or hangs on a wrong time."""
    odd: tuple[PointResult, ...] = ()
    """Those of its neighbours whose own time was, or is, wrong, so that nothing is expected of the point."""


def at_first(points: Sequence[PointResult]) -> dict[str, AtFirst]:
    """Return what was wrong with each point that did not fit, before any was measured again; by its key.

    Neighbours that were measured again count with their later time: the first was wrong, or both are alike.
    """
    found: dict[str, AtFirst] = {key: AtFirst() for key in _found([replace(entry, again=()) for entry in points])}
    factors = dict.fromkeys(found, TOLERANCE)
    for option, line in _lines(points):
        for position, entry in line:
            key = entry.point.key
            own, index = _among_sound(line, position, replace(entry, again=()))
            if key not in found or len(own) < _SHORTEST_LINE:
                continue
            odd, factor = _odd_neighbours(own, index), _factor_outside(own, index)
            if not odd and factor > factors[key] and not _is_too_wide(own, index):
                factors[key] = factor
                later = any(one.again for one in _neighbours(own, index))
                found[key] = AtFirst(replace(_expected(own, index), key=option, by_later_times=later))
            elif found[key].expected is None:
                odd = odd or [one for one in _neighbours(own, index) if _was_wrong(one)]
                found[key] = AtFirst(odd=(*found[key].odd, *(one for one in odd if one not in found[key].odd)))
    return found


def _neighbours(line: Sequence[tuple[float, PointResult]], index: int) -> list[PointResult]:
    """Return the points that say what is expected of one."""
    places = (index - 1, index + 1) if 0 < index < len(line) - 1 else (1, 2) if index == 0 else (-2, -3)
    return [line[place][1] for place in places]


def _sound(line: Sequence[tuple[float, PointResult]]) -> list[tuple[float, PointResult]]:
    """Return those of a line that no other program disturbed; all where there is none."""
    return [item for item in line if not item[1].disturbed] or [*line]


def _among_sound(
    line: Sequence[tuple[float, PointResult]], position: float, entry: PointResult
) -> tuple[list[tuple[float, PointResult]], int]:
    """Return a point's line with only sound points beside it, and its place there."""
    beside = [item for item in _sound(line) if item[0] != position]
    place = sum(other < position for other, _ in beside)
    return [*beside[:place], (position, entry), *beside[place:]], place


def _disturbed_beside_sound(line: Sequence[tuple[float, PointResult]]) -> Iterator[tuple[PointResult, float]]:
    """Yield the disturbed points of a line, and how far outside of what the sound ones say each is."""
    for position, entry in line:
        beside, place = _among_sound(line, position, entry)
        if entry.disturbed and len(beside) >= _SHORTEST_LINE:
            yield entry, _factor_outside(beside, place)


def _odd_neighbours(line: Sequence[tuple[float, PointResult]], index: int) -> list[PointResult]:
    """Return the neighbours of a point that do not fit the line even without it."""
    rest = [item for place, item in enumerate(line) if place != index]
    if len(rest) < _SHORTEST_LINE:
        return []
    let_pass = [TOLERANCE] * len(rest)
    if rest[:3] != line[:3]:
        let_pass[0] = _ACROSS_A_GAP
    if rest[-3:] != line[-3:]:
        let_pass[-1] = _ACROSS_A_GAP
    wrong = [entry for place, (_, entry) in enumerate(rest) if _factor_outside(rest, place) > let_pass[place]]
    return [entry for entry in _neighbours(line, index) if entry in wrong]


def _is_too_wide(line: Sequence[tuple[float, PointResult]], index: int) -> bool:
    """Return whether nothing is expected, or two neighbours alone contradict each other more than the point does."""
    expected = _expected(line, index)
    if expected.high_s > _WIDEST * expected.low_s:
        return True
    alone = len(line) == _SHORTEST_LINE
    return alone and expected.high_s > max(_factor_outside(line, index), TOLERANCE**2) * expected.low_s


def _was_wrong(entry: PointResult) -> bool:
    """Return whether a time was measured again and is now another."""
    return bool(entry.again) and not 1 / TOLERANCE <= entry.first_train_s / entry.train_s <= TOLERANCE


def _found(points: Sequence[PointResult]) -> dict[str, tuple[PointResult, float]]:
    """Return the points that do not fit, and how far outside they are, in the farthest line."""
    found: dict[str, tuple[PointResult, float]] = {}
    for _, line in _lines(points):
        rest = _sound(line)
        for entry, factor in _disturbed_beside_sound(line) if len(rest) < len(line) else ():
            if factor > max(TOLERANCE, found.get(entry.point.key, (entry, 0.0))[1]):
                found[entry.point.key] = entry, factor
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
                if taken[index] and (key not in found or factor > found[key][1]):
                    found[key] = entry, factor
            rest = [item for item, out in zip(rest, taken, strict=True) if not out]
    return found


def _lines(points: Sequence[PointResult]) -> Iterator[tuple[str, list[tuple[float, PointResult]]]]:
    """Yield options with rows of three points or more that differ in that one number only, in its order."""
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
                (key, sorted(line, key=lambda item: item[0])) for line in lines.values() if len(line) >= _SHORTEST_LINE
            )


def _factor_outside(line: Sequence[tuple[float, PointResult]], index: int) -> float:
    """Return how many times too long or too short a point's time is; 1 where the nearest of its repeats fits."""
    expected = _expected(line, index)
    low_s, high_s = expected.low_s, expected.high_s
    times_s = line[index][1].times_s
    if min(times_s) - high_s > _SHORTEST_DIFFERENCE_S:
        return min(times_s) / high_s
    if low_s - max(times_s) > _SHORTEST_DIFFERENCE_S:
        return low_s / max(times_s)
    return 1.0


def _expected(line: Sequence[tuple[float, PointResult]], index: int) -> Expected:
    """Return the shortest and the longest time in seconds that the neighbours say."""
    if 0 < index < len(line) - 1:
        times = [line[index - 1][1].train_s, line[index + 1][1].train_s]
        return Expected(min(times), max(times))
    step = 1 if index == 0 else -1
    (here, _), (x1, near), (x2, far) = line[index], line[index + step], line[index + 2 * step]
    reach = (math.log(here / x1) / math.log(x1 / x2)) if min(here, x1, x2) > 0 else (here - x1) / (x1 - x2)
    drawn = DrawnOut(near.train_s, far.train_s, 2 * reach)
    return Expected(min(near.train_s, drawn.beyond_s), max(near.train_s, far.train_s, drawn.beyond_s), drawn)
