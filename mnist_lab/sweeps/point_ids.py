"""Ids of points: of a grid's, of sampled ones, and of points that are measured again.

They lie in users' studies and in the records of runs, and stay as they are.
"""

from __future__ import annotations

import hashlib

from mnist_lab.sweeps.points import Point

_GRID = "point-"
_AGAIN = "again-"


def grid_ids(count: int) -> list[str]:
    """Return the ids of a grid with so many points."""
    return [f"{_GRID}{index}" for index in range(count)]


def again_id(point: Point) -> str:
    """Return the id of a point whose time is measured again."""
    return _AGAIN + hashlib.sha256(point.key.encode()).hexdigest()[:12]


def is_again(point_id: str) -> bool:
    """Return whether an id is of a point that is measured again."""
    return point_id.startswith(_AGAIN)


def point_order(point_id: str) -> tuple[bool, int]:
    """Sort a grid's points as they were listed, sampled ones as they came, those measured again last."""
    number = point_id.removeprefix(_GRID)
    return is_again(point_id), int(number) if number.isdigit() else 0
