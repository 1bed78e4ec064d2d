"""From which share on an epoch's time is not trusted, and how that is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mnist_lab.language import speaking
from mnist_lab.runs.disturbance import DISTURBED, DISTURBED_ON_GPU, disturbance, disturbed_runs
from mnist_lab.runs.run import Run, read_runs
from tests.reports.records import leave_run


def run(folder: Path, *shares: float | None, **facts: Any) -> Run:
    (found,) = read_runs([leave_run(folder, "FC", 0, others_cpu=shares, **facts)])
    return found


@pytest.mark.parametrize("shares", [(None, None, None), (0.0, DISTURBED, None)])
def test_quiet_and_unknown_epochs_are_trusted(shares: tuple[float | None, ...], tmp_path: Path) -> None:
    assert disturbance(run(tmp_path, *shares).record) is None


def test_disturbed_epochs_are_counted_and_the_largest_share_is_said(tmp_path: Path) -> None:
    record = run(tmp_path, 0.48, 0.01, 0.06).record
    assert disturbance(record) == (
        "other programs took up to 48 % of the processor in 2 of 3 epochs; the times are not to be trusted"
    )
    with speaking("ja"):
        assert disturbance(record) == (
            "3 エポック中 2 エポックで、ほかのプログラムがプロセッサの最大 48 % を使っていました。"
            "学習時間は信頼できません"
        )


def test_other_programs_disturb_a_gpu_only_where_they_leave_no_core_for_it(tmp_path: Path) -> None:
    assert disturbance(run(tmp_path, 0.4, 0.4, DISTURBED_ON_GPU, type="cuda").record) is None
    assert disturbance(run(tmp_path, 0.4, 0.94, None, type="cuda").record) is not None


def test_report_names_the_runs_and_no_more_than_four(tmp_path: Path) -> None:
    for seed in range(6):
        leave_run(tmp_path, "FC", seed, others_cpu=(seed / 10, None, None))
    runs = read_runs([tmp_path])
    names = [found.name for found in runs]
    assert disturbed_runs(runs[:1]) is None
    assert disturbed_runs(runs[:3]) == (
        f"The times of {names[1]} and {names[2]} are not to be trusted: other programs took up to 20 % of the "
        "processor meanwhile."
    )
    said = disturbed_runs(runs)
    assert said is not None
    assert f"{names[4]} and 1 more are not" in said
    assert names[5] not in said
