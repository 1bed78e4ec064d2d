"""Workers as processes of their own, which a test may kill, and the study that they share."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import optuna
from optuna import Study
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy import NullPool

from mnist_lab.runs.record import RunRecord, read_record
from mnist_lab.sweeps.storage import with_driver
from mnist_lab.sweeps.trial_attributes import WORKER
from tests.conftest import CHECKOUT

T = TypeVar("T")
PATIENCE_S = 120
HEARTBEAT_S = 2


def start(folder: Path, *args: str) -> subprocess.Popen[str]:
    """Start ``lightning sweep`` as on a machine of its own: no lock is shared with another folder's workers."""
    folder.mkdir(exist_ok=True)
    (folder / "tmp").mkdir(exist_ok=True)
    environment = os.environ | {
        "PYTHONPATH": str(CHECKOUT),
        "TMPDIR": str(folder / "tmp"),
        "TEMP": str(folder / "tmp"),
        "OMP_NUM_THREADS": "1",
    }
    with (folder / "output.txt").open("a", encoding="utf-8") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "mnist_lab", "sweep", *args, f"--heartbeat={HEARTBEAT_S}"],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )


def only_study(address: str) -> Study | None:
    """The one study of a database, or None while there is none."""
    try:
        # No pool: a connection that is left open would be a warning at the end of the test.
        storage = optuna.storages.RDBStorage(with_driver(address), engine_kwargs={"poolclass": NullPool})
        (name,) = optuna.get_all_study_names(storage)
        return optuna.load_study(study_name=name, storage=storage)
    except Exception:
        return None


def wait_until(look: Callable[[], T | None], *processes: subprocess.Popen[str]) -> T:
    """Wait for something that comes while the processes run."""
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        found = look()
        if found is not None:
            return found
        assert all(process.poll() is None for process in processes), "a worker has ended"
        time.sleep(0.1)
    raise AssertionError(f"nothing came in {PATIENCE_S} s")


def trial_of(study: Study, pid: int) -> FrozenTrial | None:
    """The trial that a process works on."""
    for trial in study.get_trials(states=[TrialState.RUNNING]):
        if str(trial.user_attrs.get(WORKER, "")).endswith(f":{pid}"):
            return trial
    return None


def records(folder: Path) -> list[RunRecord]:
    """The records of the runs under a folder."""
    return [read_record(path.parent) for path in folder.glob("tb_logs/*/*/record.json")]


def statuses(folder: Path) -> list[str]:
    """How each run under a folder ended."""
    # Workers beside one another disturb each other; what such a run is trained anew for is another test's.
    return sorted(record.status for record in records(folder) if record.status != "disturbed")
