from __future__ import annotations

from mnist_lab.sweeps.point_ids import again_id, grid_ids, is_again, point_order
from mnist_lab.sweeps.points import Point

AGAIN = "again-ce4f0358d137"


def test_ids_are_those_in_users_studies() -> None:
    assert grid_ids(3) == ["point-0", "point-1", "point-2"]
    assert again_id(Point("small", {"model.hidden": [8]})) == AGAIN
    assert [is_again(identity) for identity in ("point-0", "7", AGAIN)] == [False, False, True]


def test_points_measured_again_come_last() -> None:
    assert sorted(["point-10", AGAIN, "point-9"], key=point_order) == ["point-9", "point-10", AGAIN]
    assert sorted(["12", "3"], key=point_order) == ["3", "12"]
