"""Where the series of a figure stand that have a value in common: side by side, so that none hides another."""

from __future__ import annotations

import math
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


def side_by_side(axis: Axis, families: Sequence[Family], shown: Sequence[Family] | None = None) -> Places:
    """Return where each family of a panel stands at each of its values.

    The families that have a value in the panel are centred on it. They stand equally far apart on the page, whatever
    the scale of the axis; nearer to each other where they would touch those of the next value, and where there is no
    room at all, on the value itself.

    Args:
        axis: Of the values.
        families: Of all panels, which have one axis, in their order from left to right.
        shown: Those of the panel; None: all.
    """
    scale = scale_of(axis).get_transform()
    ticks = scale.transform(np.array(ticks_of(axis)))
    everyone = [_sharing(axis, index, families) for index in range(len(ticks))]
    margin_pt = _MARGIN_PT + max(len(everyone[0]), len(everyone[-1])) * _STEP_PT / 2
    a_point = (ticks[-1] - ticks[0] or 1.0) / (_width_pt(axis) - 2 * margin_pt)

    def place(tick: float, aside_pt: float) -> float:
        return float(scale.inverted().transform(np.array([tick + aside_pt * a_point]))[0])

    gaps_pt = [math.inf, *np.diff(ticks) / a_point, math.inf]
    steps_pt = [_step_pt(len(group), min(gaps)) for group, gaps in zip(everyone, pairwise(gaps_pt), strict=True)]
    groups = everyone if shown is None else [_sharing(axis, index, shown) for index in range(len(ticks))]
    found: list[dict[str, float]] = [{} for _ in (families if shown is None else shown)]
    stripes = []
    for tick, group, step_pt in zip(ticks, groups, steps_pt, strict=True):
        outermost_pt = (len(group) - 1) / 2 * step_pt
        for number, (family, keys) in enumerate(group):
            found[family] |= dict.fromkeys(keys, place(tick, number * step_pt - outermost_pt))
        if outermost_pt > 0:
            half_pt = outermost_pt + _STRIPE_PT
            stripes.append((place(tick, -half_pt), place(tick, half_pt)))
    mark_pt = max(min(_MARK_PT, (min(steps_pt) - _EDGE_PT) / _WIDEST), _SMALLEST_MARK_PT)
    return Places(found, mark_pt, (place(ticks[0], -margin_pt), place(ticks[-1], margin_pt)), stripes)


def _width_pt(axis: Axis) -> float:
    """Return the width of a panel with an axis, about; never more than that."""
    beside_name_pt = 72 * WIDTH_INCH - _LETTER_PT * len(axis_texts(axis)[0])
    return max(min(PANEL_PT, beside_name_pt), _NARROWEST_PT)


def _sharing(axis: Axis, index: int, families: Sequence[Family]) -> list[tuple[int, list[str]]]:
    """Return the numbers of the families that have a value, each with the keys of its points there."""
    found = []
    for number, family in enumerate(families):
        keys = [entry.point.key for entry in family.points if entry.point.values[axis.key] == axis.values[index]]
        if keys:
            found.append((number, keys))
    return found


def _step_pt(count: int, gap_pt: float) -> float:
    """Return how far series stand apart at a value with so much room to the nearest other value."""
    if count == 1:
        return _STEP_PT
    room_pt = gap_pt - _BETWEEN_PT - _WIDEST * _MARK_PT - _EDGE_PT
    return min(_STEP_PT, max(room_pt, 0.0) / (count - 1))
