from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.reports.curves import mean_curve, reached_by_all, slow_epochs
from mnist_lab.runs.groups import group_runs
from mnist_lab.runs.run import read_runs
from tests.reports.records import cnn_and_fc, leave_run


def test_mark_is_what_all_groups_reached(tmp_path: Path) -> None:
    mark, reached = reached_by_all(group_runs(cnn_and_fc(tmp_path)))
    assert mark == 97.0
    assert [(entry.group.label, entry.epoch) for entry in reached] == [("CNN", 2), ("FC", 3)]
    assert [entry.train_s.mean for entry in reached] == pytest.approx([6.0, 1.5])


def test_accuracy_a_rounding_error_below_a_tenth_still_reaches_it(tmp_path: Path) -> None:
    leave_run(tmp_path, "FC", 0, val=(0.9, 0.95, 0.9629999995231628))
    leave_run(tmp_path, "CNN", 0, val=(0.9, 0.95, 0.98))
    mark, reached = reached_by_all(group_runs(read_runs([tmp_path])))
    assert mark == 96.3
    assert [entry.epoch for entry in reached] == [3, 3]


def test_one_group_or_one_without_validation_has_no_mark(tmp_path: Path) -> None:
    leave_run(tmp_path, "FC", 0)
    assert reached_by_all(group_runs(read_runs([tmp_path]))) == (None, [])
    leave_run(tmp_path, "CNN", 0, val=(None, None, None))
    assert reached_by_all(group_runs(read_runs([tmp_path]))) == (None, [])


def test_mean_curve_holds_epochs_that_all_runs_have(tmp_path: Path) -> None:
    leave_run(tmp_path, "FC", 0, epoch_s=[1.0, 1.0, 1.0], val=(0.8, 0.9, 0.92), max_epochs=3)
    leave_run(tmp_path, "FC", 1, epoch_s=[3.0, 3.0], val=(0.9, 0.94), max_epochs=3)
    (group,) = group_runs(read_runs([tmp_path]))
    points = mean_curve(group)
    assert [point.epoch for point in points] == [1, 2]
    assert [point.train_s.mean for point in points] == pytest.approx([2.0, 4.0])
    assert [point.accuracy_percent.mean for point in points] == pytest.approx([85.0, 92.0])


def test_slow_epoch_is_found_by_the_median(tmp_path: Path) -> None:
    (run,) = read_runs([leave_run(tmp_path, "FC", 0, epoch_s=[1.0, 1.0, 1.6])])
    ((epoch, factor),) = slow_epochs(run)
    assert epoch == 3
    assert factor == pytest.approx(1.6)
    (run,) = read_runs([leave_run(tmp_path / "short", "FC", 0, epoch_s=[1.0, 9.0], val=(0.9, 0.9))])
    assert slow_epochs(run) == []
