from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.runs.record_kinds import Status
from mnist_lab.runs.run import Run, read_runs
from mnist_lab.sweeps.point_ids import again_id
from mnist_lab.sweeps.recorded import collect_runs
from tests.sweeps.made_results import leave_swept_run

VALUES = {"model.hidden": [16]}


def runs_in(log_dir: Path) -> list[Run]:
    return read_runs([log_dir])


def test_points_come_as_the_sweep_lists_them_with_their_repeats(tmp_path: Path) -> None:
    leave_swept_run(tmp_path, "point-10", {"model.hidden": [8]}, seed=1)
    leave_swept_run(tmp_path, "point-2", VALUES, seed=2, test=0.98)
    leave_swept_run(tmp_path, "point-2", VALUES, seed=3, repeat=1, test=0.96)
    result = collect_runs(runs_in(tmp_path))
    assert [entry.point.values for entry in result.points] == [VALUES, {"model.hidden": [8]}]
    assert result.points[0].test_accuracies == [0.98, 0.96]


@pytest.mark.parametrize("status", ["running", "interrupted"])
def test_run_that_was_cut_off_and_trained_again_does_not_count(status: Status, tmp_path: Path) -> None:
    leave_swept_run(tmp_path, "point-0", VALUES, seed=1, status=status, test=None)
    leave_swept_run(tmp_path, "point-0", VALUES, seed=2, test=0.98)
    (entry,) = collect_runs(runs_in(tmp_path)).points
    assert entry.test_accuracies == [0.98]
    assert entry.ended_otherwise == ()


def test_of_a_repeat_trained_twice_the_last_counts(tmp_path: Path) -> None:
    leave_swept_run(tmp_path, "point-0", VALUES, seed=5, test=0.98)
    leave_swept_run(tmp_path, "point-0", VALUES, seed=4, test=0.90)
    (entry,) = collect_runs(runs_in(tmp_path)).points
    assert entry.test_accuracies == [0.98]


def test_measuring_again_replaces_the_time_alone(tmp_path: Path) -> None:
    leave_swept_run(tmp_path, "point-0", VALUES, seed=1, epoch_s=[9.0, 9.0, 9.0], test=0.98)
    (entry,) = collect_runs(runs_in(tmp_path)).points
    leave_swept_run(tmp_path, again_id(entry.point), VALUES, seed=2, test=0.90)
    (entry,) = collect_runs(runs_in(tmp_path)).points
    assert entry.train_s == 3.0
    assert entry.test_accuracies == [0.98]


def test_diverged_trial_has_failed(tmp_path: Path) -> None:
    leave_swept_run(tmp_path, "point-0", VALUES, seed=1, status="diverged", message="NaN.", test=None)
    leave_swept_run(tmp_path, "point-1", {"model.hidden": [8]}, seed=2)
    result = collect_runs(runs_in(tmp_path))
    assert [entry.ended_otherwise[0].message for entry in result.failed] == ["NaN."]
    assert len(result.points) == 1
