"""Where the series of a figure stand that have a value in common: side by side, so that none hides another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from matplotlib.scale import LinearScale, LogScale, ScaleBase, SymmetricalLogScale

from mnist_lab.reports.setting_names import axis_texts
from mnist_lab.reports.style import PANEL_PT, WIDTH_INCH
from mnist_lab.reports.sweep.families import Family
from mnist_lab.sweeps.axis import Axis

_LETTER_PT, _NARROWEST_PT = 5.5, 150.0
"""How far a letter of a name that is written aslant reaches to the left, and the width of a panel at least."""
_STEP_PT, _MARK_PT, _SMALLEST_MARK_PT = 8.5, 6.0, 4.0
"""From a series to the next and the size of marks where there is room, and the size that marks have at least."""
_EDGE_PT, _WIDEST = 0.5, 1.25
"""Width of a mark's edge, and half the widths of the two widest marks that may stand side by side, of size 1."""
_STRIPE_PT = 5.0
"""From the middle of a group's outermost mark to the end of its stripe."""
_BETWEEN_PT, _MARGIN_PT = 5.0, 14.0
"""Between the groups of neighbouring values, and from the first and the last group to the end of the axis."""


class Places(NamedTuple):
    """Where marks stand, and how large they are."""

    of_families: list[dict[str, float]]
    """Of each family, the place of each of its points by its key."""
    mark_pt: float
    """Size of a mark in points."""
    ends: tuple[float, float]
    """Of the axis."""
    stripes: list[tuple[float, float]]
    """The ends of each group of marks that have a value in common and stand side by side."""


def ticks_of(axis: Axis) -> list[float]:
    """Return the place of each value; names without an order stand at 0, 1, …."""
    return [float(index) for index in range(len(axis.values))] if axis.positions is None else list(axis.positions)


def scale_of(axis: Axis) -> ScaleBase:
    """Return the scale on which the values lie; a logarithmic one has room for 0 where it is a value."""
    if not axis.is_logarithmic or axis.positions is None:
        return LinearScale(None)
    if min(axis.positions) > 0:
        return LogScale(None)
    return SymmetricalLogScale(None, base=2, linthresh=min(filter(None, axis.positions)), linscale=1)


def side_by_side(axis: Axis, families: Sequence[Family]) -> Places:
    """Return where each family stands at its values: at each of them equally far aside, so that no line is bent.

    The family that has the most values stands on them, and the others to its left and right; where none has the most,
    all stand around the value. They are equally far apart on the page, whatever the scale of the axis: nearer where
    they would touch those of the next value, and where there is no room at all, or no value in common, on the value.

    Args:
        axis: Of the values.
        families: Of all panels, which have one axis.
    """
    scale = scale_of(axis).get_transform()
    ticks = scale.transform(np.array(ticks_of(axis)))
    groups = [_sharing(axis, index, families) for index in range(len(ticks))]
    slots = _slots([sum(number in group for group in groups) for number in range(len(families))])
    if max(map(len, groups)) < 2:
        slots = [0.0] * len(families)
    margin_pt = _MARGIN_PT + max(map(abs, slots)) * _STEP_PT
    a_point = (ticks[-1] - ticks[0] or 1.0) / (_width_pt(axis) - 2 * margin_pt)
    step_pt = _step_pt([[slots[number] for number in group] for group in groups], (np.diff(ticks) / a_point).tolist())

    def place(tick: float, aside_pt: float) -> float:
        """Return the place on the axis so many points beside a tick."""
        return float(scale.inverted().transform(np.array([tick + aside_pt * a_point]))[0])

    found: list[dict[str, float]] = [{} for _ in families]
    stripes = []
    for tick, group in zip(ticks, groups, strict=True):
        asides_pt = {number: step_pt * slots[number] for number in group}
        for number, keys in group.items():
            found[number] |= dict.fromkeys(keys, place(tick, asides_pt[number]))
        if len(group) > 1 and step_pt > 0:
            ends_pt = min(asides_pt.values()) - _STRIPE_PT, max(asides_pt.values()) + _STRIPE_PT
            stripes.append((place(tick, ends_pt[0]), place(tick, ends_pt[1])))
    mark_pt = max(min(_MARK_PT, (step_pt - _EDGE_PT) / _WIDEST), _SMALLEST_MARK_PT)
    return Places(found, mark_pt, (place(ticks[0], -margin_pt), place(ticks[-1], margin_pt)), stripes)


def _slots(counts: Sequence[int]) -> list[float]:
    """Return the place of each family among those beside it, in steps from the value.

    Args:
        counts: Number of values of each family.
    """
    most = [number for number, count in enumerate(counts) if count == max(counts)]
    if len(counts) == 1 or len(most) > 1:
        return [number - (len(counts) - 1) / 2 for number in range(len(counts))]
    left = -((len(counts) - 1) // 2)
    aside = [float(slot) for slot in range(left, left + len(counts)) if slot]
    return [*aside[: most[0]], 0.0, *aside[most[0] :]]


def _width_pt(axis: Axis) -> float:
    """Return the width of a panel with an axis, about; never more than that."""
    beside_name_pt = 72 * WIDTH_INCH - _LETTER_PT * len(axis_texts(axis)[0])
    return max(min(PANEL_PT, beside_name_pt), _NARROWEST_PT)


def _sharing(axis: Axis, index: int, families: Sequence[Family]) -> dict[int, list[str]]:
    """Return the numbers of the families that have a value, each with the keys of its points there."""
    found = {}
    for number, family in enumerate(families):
        keys = [entry.point.key for entry in family.points if entry.point.values[axis.key] == axis.values[index]]
        if keys:
            found[number] = keys
    return found


def _step_pt(slots: Sequence[Sequence[float]], gaps_pt: Sequence[float]) -> float:
    """Return how far series stand apart, so that those of neighbouring values do not touch.

    Args:
        slots: Of the families at each value.
        gaps_pt: From each value to the next.
    """
    least_pt = _BETWEEN_PT + _WIDEST * _MARK_PT + _EDGE_PT
    steps_pt = [_STEP_PT]
    for (left, right), gap_pt in zip(pairwise(slots), gaps_pt, strict=True):
        if (across := max(left) - min(right)) > 0:
            steps_pt.append(max(gap_pt - least_pt, 0.0) / across)
    return float(min(steps_pt))
