from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.errors import MnistLabError
from mnist_lab.runs.record import Status, read_record, write_record
from mnist_lab.runs.run import Run, read_runs
from mnist_lab.sweeps.recorded import collect_runs, only_sweep
from mnist_lab.sweeps.result import again_unit
from tests.reports.records import leave_run
from tests.sweeps.made_results import leave_trial

VALUES = {"model.hidden": [16]}


def runs_in(log_dir: Path) -> list[Run]:
    return read_runs([log_dir])


def test_points_come_as_the_sweep_lists_them_with_their_repeats(tmp_path: Path) -> None:
    leave_trial(tmp_path, "point-10", {"model.hidden": [8]}, seed=1)
    leave_trial(tmp_path, "point-2", VALUES, seed=2, test=0.98)
    leave_trial(tmp_path, "point-2", VALUES, seed=3, repeat=1, test=0.96)
    result = collect_runs(runs_in(tmp_path))
    assert [entry.point.values for entry in result.points] == [VALUES, {"model.hidden": [8]}]
    assert result.points[0].test_accuracies == [0.98, 0.96]


@pytest.mark.parametrize("status", ["running", "interrupted"])
def test_run_that_was_cut_off_and_trained_again_does_not_count(status: Status, tmp_path: Path) -> None:
    leave_trial(tmp_path, "point-0", VALUES, seed=1, status=status, test=None)
    leave_trial(tmp_path, "point-0", VALUES, seed=2, test=0.98)
    (entry,) = collect_runs(runs_in(tmp_path)).points
    assert entry.test_accuracies == [0.98]
    assert entry.ended_otherwise == ()


def test_of_a_repeat_trained_twice_the_last_counts(tmp_path: Path) -> None:
    leave_trial(tmp_path, "point-0", VALUES, seed=5, test=0.98)
    leave_trial(tmp_path, "point-0", VALUES, seed=4, test=0.90)
    (entry,) = collect_runs(runs_in(tmp_path)).points
    assert entry.test_accuracies == [0.98]


def test_measuring_again_replaces_the_time_alone(tmp_path: Path) -> None:
    leave_trial(tmp_path, "point-0", VALUES, seed=1, epoch_s=[9.0, 9.0, 9.0], test=0.98)
    (entry,) = collect_runs(runs_in(tmp_path)).points
    leave_trial(tmp_path, again_unit(entry.point), VALUES, seed=2, test=0.90)
    (entry,) = collect_runs(runs_in(tmp_path)).points
    assert entry.train_s == 3.0
    assert entry.test_accuracies == [0.98]


def test_diverged_trial_has_failed(tmp_path: Path) -> None:
    leave_trial(tmp_path, "point-0", VALUES, seed=1, status="diverged", message="NaN.", test=None)
    leave_trial(tmp_path, "point-1", {"model.hidden": [8]}, seed=2)
    result = collect_runs(runs_in(tmp_path))
    assert [entry.ended_otherwise[0].message for entry in result.failed] == ["NaN."]
    assert len(result.points) == 1


def test_runs_are_one_sweeps_only_if_all_are(tmp_path: Path) -> None:
    leave_trial(tmp_path, "point-0", VALUES, seed=1)
    place = only_sweep(runs_in(tmp_path))
    assert place is not None
    assert (place.name, place.within) == ("own", 0.5)
    leave_trial(tmp_path, "point-1", VALUES, seed=2, study="other-2")
    assert only_sweep(runs_in(tmp_path)) is None
    assert only_sweep(read_runs([leave_run(tmp_path, "CNN", 3)])) is None


def test_damaged_place_is_named(tmp_path: Path) -> None:
    folder = leave_trial(tmp_path, "point-0", VALUES, seed=1)
    record = read_record(folder)
    assert record.sweep
    del record.sweep["unit"]
    write_record(record, folder)
    with pytest.raises(MnistLabError, match=r"fc-mnist/.* is damaged \('sweep' lacks 'unit'\)"):
        only_sweep(runs_in(tmp_path))
