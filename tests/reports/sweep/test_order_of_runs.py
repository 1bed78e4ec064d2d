from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mnist_lab.reports.sweep.order_of_runs import order_of_runs
from mnist_lab.runs.record import read_record, write_record
from mnist_lab.runs.run import read_runs
from mnist_lab.sweeps.recorded import collect_runs
from mnist_lab.sweeps.result import SweepResult
from tests.sweeps.made_results import leave_swept_run, result, run


def swept(log_dir: Path, order: Sequence[tuple[int, int]]) -> SweepResult:
    """Runs of points, given as their numbers and those of the repeats, one a minute."""
    for minute, (point, repeat) in enumerate(order):
        folder = leave_swept_run(
            log_dir, f"point-{point}", {"model.hidden": [4 + point]}, seed=10 * point + repeat, repeat=repeat
        )
        record = read_record(folder)
        write_record(replace(record, started=f"2026-04-17T09:{minute:02}:00+00:00"), folder)
    return collect_runs(read_runs([log_dir]))


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (((0, 0), (1, 0), (0, 1), (1, 1)), "All points were trained once before any was trained again."),
        (((0, 0), (0, 1), (1, 0), (1, 1)), "The points were trained one after another."),
        (((0, 0), (1, 0)), "The points were trained one after another."),
    ],
)
def test_turns_are_told_from_one_after_another(order: Sequence[tuple[int, int]], said: str, tmp_path: Path) -> None:
    assert order_of_runs(swept(tmp_path, order)).startswith(said)


def test_times_measured_again_are_said_to_come_last(tmp_path: Path) -> None:
    turns = swept(tmp_path, ((0, 0), (1, 0), (0, 1), (1, 1)))
    again = replace(turns, points=(replace(turns.points[0], again=(run(),)), turns.points[1]))
    assert "measured again" not in order_of_runs(turns)
    assert order_of_runs(again).endswith("Times that were measured again were measured after all others.")


def test_runs_without_a_record_say_nothing_of_turns() -> None:
    point = result({"model.hidden": [4]})
    assert order_of_runs(SweepResult((replace(point, runs=point.runs * 2),))).startswith("The points were trained one")
