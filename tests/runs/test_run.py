"""Which runs are read, under which names, and what is said of those that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.errors import MnistLabError, UsageError
from mnist_lab.runs.groups import group_runs
from mnist_lab.runs.run import read_runs
from tests.reports.records import leave_run


def test_folder_of_runs_stands_for_all_of_them(tmp_path: Path) -> None:
    log_dir = tmp_path / "tb_logs"
    folders = [leave_run(log_dir, "FC", seed) for seed in range(3)]
    assert [run.folder for run in read_runs([log_dir])] == folders
    assert [run.folder for run in read_runs([folders[2], log_dir])] == [folders[2], *folders[:2]]


def test_names_are_relative_to_the_log_directory(tmp_path: Path) -> None:
    folder = leave_run(tmp_path / "tb_logs", "FC", 0)
    assert read_runs([folder])[0].name == "fc-mnist/2026-04-17_09-00-00"
    moved = tmp_path / "elsewhere" / "kept" / "run"
    moved.parent.mkdir(parents=True)
    folder.rename(moved)
    assert read_runs([moved])[0].name == "kept/run"


def test_unknown_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no run folder '.*nowhere'"):
        read_runs([tmp_path / "nowhere"])


def test_folder_without_runs_is_named(tmp_path: Path) -> None:
    with pytest.raises(MnistLabError, match=r"No run in .*record\.json is missing"):
        read_runs([tmp_path])


def test_runs_that_differ_in_seeds_and_places_alone_are_one_group(tmp_path: Path) -> None:
    leave_run(tmp_path / "one", "FC", 0)
    leave_run(tmp_path / "two", "FC", 1)
    (group,) = group_runs(read_runs([tmp_path]))
    assert (group.label, [run.seeds for run in group.runs]) == ("FC", [(0, 0), (1, 1)])


def test_runs_on_another_device_are_another_group(tmp_path: Path) -> None:
    leave_run(tmp_path, "FC", 0, name="a")
    leave_run(tmp_path, "FC", 0, name="b", threads=8)
    assert [group.record.device["threads"] for group in group_runs(read_runs([tmp_path]))] == [2, 8]
