"""Marks whose areas stand for numbers of parameters, whatever their shapes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.markers import MarkerStyle
from matplotlib.transforms import Affine2D

from mnist_lab.runs.groups import Group

_LARGEST_PT2 = 900
_SMALLEST_PT2 = 8
"""What is smaller could not be seen."""
# A path's curves become polygons as fine as for pixels.
_FINE = 1000


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


def size_of(marker: str, area_pt2: float) -> float:
    """Return ``s`` of ``Axes.scatter`` for a mark of this area: ``s`` is the square of a width, not an area."""
    style = MarkerStyle(marker)
    path = style.get_path().transformed(style.get_transform() + Affine2D().scale(_FINE))
    (x, y) = np.asarray(path.to_polygons()[0]).T
    return area_pt2 * 2 * _FINE**2 / abs(float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))))
