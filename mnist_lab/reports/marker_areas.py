"""Circles whose areas stand for numbers of parameters."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mnist_lab.runs.groups import Group

_LARGEST_PT2 = 900
_SMALLEST_PT2 = 8
"""What is smaller could not be seen."""


def areas_pt2(groups: Sequence[Group]) -> dict[str, float]:
    """Return the area of each group's mark in square points, by the group's label.

    Areas are proportional to the numbers of parameters, but for those that would be too small. A group without a time
    or an accuracy has no mark.
    """
    drawn = [group for group in groups if group.train_s and group.accuracy_percent]
    largest = max((group.record.parameters for group in drawn), default=0)
    return {
        group.label: max(_LARGEST_PT2 * group.record.parameters / max(largest, 1), _SMALLEST_PT2) for group in drawn
    }


def in_proportion(groups: Sequence[Group]) -> list[str]:
    """Return the labels of the groups whose marks are as large as their numbers of parameters say."""
    return [label for label, area in areas_pt2(groups).items() if area > _SMALLEST_PT2]


def size_of(area_pt2: float) -> float:
    """Return ``s`` of ``Axes.scatter`` for a circle of this area: ``s`` is the square of a width, not an area."""
    return area_pt2 * 4 / math.pi
