"""A sweep of three points."""

from __future__ import annotations

from mnist_lab.sweeps.point_ids import grid_ids
from mnist_lab.sweeps.points import grid
from mnist_lab.sweeps.space import Base, Choices, Sweep

SWEEP = Sweep("own", (Base("fc", "fc.yaml", {"model.hidden": Choices(([1], [2], [3]))}),))
POINTS = grid(SWEEP)
IDS = grid_ids(3)
