"""Several fits that start at the same moment: each has a folder and a sound record of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mnist_lab.runs.record import read_record
from tests.commands.program import runs
from tests.faults.processes import SMALL_FIT, start

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
TIMES, AT_ONCE = int(os.environ.get("MNIST_LAB_TIMES", "2")), 4


def test_each_of_four_at_once_has_a_run_of_its_own(tmp_path: Path) -> None:
    for _ in range(TIMES):
        processes = [start(tmp_path, *SMALL_FIT, f"--seed_everything={seed}") for seed in range(AT_ONCE)]
        for process in processes:
            _, err = process.communicate(timeout=200)
            assert process.returncode == 0, err
    folders = runs(tmp_path)
    assert len(folders) == TIMES * AT_ONCE
    records = [read_record(folder) for folder in folders]
    assert all(record.status == "completed" and len(record.epochs) == 6 for record in records)
    assert all((folder / "checkpoints" / "last.ckpt").is_file() for folder in folders)
    seeds = sorted(record.settings["seed_everything"] for record in records)
    assert seeds == sorted(list(range(AT_ONCE)) * TIMES)
    # The same seed gives the same result, so that no record is another run's.
    assert len({(record.settings["seed_everything"], record.test_loss) for record in records}) == AT_ONCE
