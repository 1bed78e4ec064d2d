"""The record of a bench: written and read, damaged, told from a training's."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from mnist_lab.bench.bench_record import only_bench_record, read_bench_record, write_bench_record
from mnist_lab.errors import MnistLabError, UsageError
from mnist_lab.runs.record import read_record
from mnist_lab.runs.run import read_runs
from tests.bench.points import made_record
from tests.reports.records import leave_run


def test_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    record = made_record("ladder")
    record.series[0].points[0].rounds_s = [0.5, 0.25]
    write_bench_record(record, tmp_path)
    assert read_bench_record(tmp_path) == record
    assert json.loads((tmp_path / "record.json").read_text(encoding="utf-8"))["kind"] == "bench"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "has format 2 of kind bench"),
        ({"kind": "training"}, "has format 1 of kind training"),
        ({"operation": "sort"}, "operation is 'sort'"),
        ({"series": [{"name": "numpy", "points": [{"size": 0}]}]}, "series[0].points[0].size is 0"),
        ({"series": [{"name": "numpy", "points": [{"rounds_s": ["1"]}]}]}, "series[0].points[0].rounds_s[0] is '1'"),
        ({"series": [{"name": "numpy"}]}, "missing 3 required positional arguments"),
        ({"surprise": 1}, "unexpected keyword argument 'surprise'"),
    ],
)
def test_damaged_record_is_one_line(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    write_bench_record(made_record(), tmp_path)
    path = tmp_path / "record.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(MnistLabError) as caught:
        read_bench_record(tmp_path)
    assert message in str(caught.value)


def test_record_of_an_earlier_version_has_no_rounds(tmp_path: Path) -> None:
    write_bench_record(made_record(), tmp_path)
    path = tmp_path / "record.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    for series in values["series"]:
        for point in series["points"]:
            del point["rounds_s"]
    path.write_text(json.dumps(values), encoding="utf-8")
    assert read_bench_record(tmp_path) == made_record()


def leave_bench(log_dir: Path, name: str = "2026-04-17_09-30-00") -> Path:
    folder = log_dir / "bench-matmul" / name
    folder.mkdir(parents=True)
    write_bench_record(made_record(), folder)
    return folder


def test_trainings_are_read_without_the_bench_beside_them(tmp_path: Path) -> None:
    leave_bench(tmp_path)
    leave_run(tmp_path, "FC", 0)
    assert [run.record.model for run in read_runs([tmp_path])] == ["FC"]
    assert only_bench_record([tmp_path]) is None


def test_record_of_a_bench_is_no_trainings(tmp_path: Path) -> None:
    folder = leave_bench(tmp_path)
    with pytest.raises(MnistLabError, match="is the record of a bench, and not of a training"):
        read_record(folder)


def test_folder_of_several_benches_stands_for_the_newest(tmp_path: Path) -> None:
    leave_bench(tmp_path)
    newest = leave_bench(tmp_path, "2026-04-17_10-00-00")
    assert only_bench_record([tmp_path]) == newest
    assert only_bench_record([newest / "record.json"]) == newest


def test_two_benches_are_refused(tmp_path: Path) -> None:
    first, second = leave_bench(tmp_path), leave_bench(tmp_path, "2026-04-17_10-00-00")
    with pytest.raises(UsageError, match=r"2 benches are named; a report is made of one: lightning report .*09-30-00"):
        only_bench_record([first, second])


def test_old_record_without_a_kind_is_a_trainings(tmp_path: Path) -> None:
    folder = leave_run(tmp_path, "FC", 0)
    path = folder / "record.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    assert values.pop("kind") == "training"
    path.write_text(json.dumps(values), encoding="utf-8")
    assert read_record(folder).kind == "training"
    assert os.listdir(folder) == ["record.json"]  # noqa: PTH208
