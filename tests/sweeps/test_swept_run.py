from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.errors import MnistLabError
from mnist_lab.runs.record import read_record, write_record
from mnist_lab.runs.run import read_runs
from mnist_lab.sweeps.swept_run import only_swept_run, swept_run
from tests.reports.records import leave_run
from tests.sweeps.made_results import leave_swept_run

VALUES = {"model.hidden": [16]}


def test_record_keeps_the_names_that_it_has(tmp_path: Path) -> None:
    folder = leave_swept_run(tmp_path, "point-3", VALUES)
    (run,) = read_runs([tmp_path])
    swept = swept_run(run)
    assert swept is not None
    assert swept.point_id == "point-3"
    assert swept.to_dict() == read_record(folder).sweep
    assert list(swept.to_dict()) == ["name", "study", "within", "unit", "repeat", "base", "values", "machine"]


def test_runs_are_one_sweeps_only_if_all_are(tmp_path: Path) -> None:
    leave_swept_run(tmp_path, "point-0", VALUES, seed=1)
    swept = only_swept_run(read_runs([tmp_path]))
    assert swept is not None
    assert (swept.name, swept.within, swept.point_id) == ("own", 0.5, "point-0")
    leave_swept_run(tmp_path, "point-1", VALUES, seed=2, study="other-2")
    assert only_swept_run(read_runs([tmp_path])) is None
    assert only_swept_run(read_runs([leave_run(tmp_path, "CNN", 3)])) is None


def test_newest_run_says_within_what_the_smallest_model_is_sought(tmp_path: Path) -> None:
    for seed, within, started in ((1, 0.5, "2026-11-24T11:00:00+00:00"), (2, 2.0, "2026-11-24T12:00:00+00:00")):
        folder = leave_swept_run(tmp_path, "point-0", VALUES, seed=seed)
        record = read_record(folder)
        assert record.sweep
        record.started, record.sweep["within"] = started, within
        write_record(record, folder)
    swept = only_swept_run(read_runs([tmp_path]))
    assert swept is not None
    assert swept.within == 2.0


def test_damaged_record_is_named(tmp_path: Path) -> None:
    folder = leave_swept_run(tmp_path, "point-0", VALUES, seed=1)
    record = read_record(folder)
    assert record.sweep
    del record.sweep["unit"]
    write_record(record, folder)
    with pytest.raises(MnistLabError, match=r"fc-mnist/.* is damaged \('sweep' lacks 'unit'\)"):
        only_swept_run(read_runs([tmp_path]))
