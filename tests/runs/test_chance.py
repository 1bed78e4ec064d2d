from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.runs.chance import chance_of, hardly_learned
from mnist_lab.runs.record import read_record
from tests.reports.records import leave_run


def test_chance_is_one_among_the_classes(tmp_path: Path) -> None:
    record = read_record(leave_run(tmp_path, "FC", 0))
    assert chance_of(record) == pytest.approx(0.1)
    record.data["class_names"] = ["a", "b"]
    assert chance_of(record) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("accuracy", "chance", "lost"), [(0.19, 0.1, True), (0.53, 0.1, True), (0.55, 0.1, False), (0.19, None, False)]
)
def test_half_way_from_guessing_to_the_best_is_learning(accuracy: float, chance: float | None, lost: bool) -> None:
    assert hardly_learned(accuracy, 0.98, chance) is lost
