"""Workers that are killed in mid-trial: nothing is done twice, nothing is lost."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from optuna import Study
from optuna.trial import FrozenTrial, TrialState

from mnist_lab.sweeps.trial_attributes import SURPLUS, WORKER, point_id
from tests.sweeps.postgresql import Server, running_server
from tests.sweeps.workers import HEARTBEAT_S, only_study, records, start, statuses, trial_of, wait_until

pytestmark = pytest.mark.slow

POINTS = 6
SWEEP = """\
config: fc.yaml
settings: {data.source: Digits, trainer.max_epochs: 40, data.batch_size: 16}
parameters:
  model.hidden: [[4], [8], [12], [16], [20], [24]]
remeasure: false
"""


@pytest.fixture
def sweep(tmp_path: Path) -> str:
    path = tmp_path / "sweep.yaml"
    path.write_text(SWEEP, encoding="utf-8")
    return str(path)


@pytest.fixture
def postgresql() -> Iterator[Server]:
    with running_server() as server:
        yield server


def check_all_done_once(trials: list[FrozenTrial]) -> None:
    done = Counter(point_id(trial) for trial in trials if trial.state == TrialState.COMPLETE)
    assert done == Counter({f"point-{index}": 1 for index in range(POINTS)})
    left = [trial for trial in trials if trial.state not in (TrialState.COMPLETE, TrialState.FAIL)]
    assert all(SURPLUS in trial.user_attrs for trial in left)


def in_mid_trial(study: Study, folder: Path, worker: subprocess.Popen[str]) -> FrozenTrial:
    """Wait until a worker trains; return its trial."""

    def training() -> FrozenTrial | None:
        return trial_of(study, worker.pid) if "running" in statuses(folder) else None

    return wait_until(training, worker)


def test_killed_sweep_goes_on_where_it_was(sweep: str, tmp_path: Path) -> None:
    folder = tmp_path / "machine"
    address = f"sqlite:///{folder / 'tb_logs' / 'sweeps.sqlite3'}"
    worker = start(folder, sweep)
    study = wait_until(lambda: only_study(address), worker)
    wait_until(lambda: study.get_trials(states=[TrialState.COMPLETE]) or None, worker)
    killed = in_mid_trial(study, folder, worker)
    worker.kill()
    worker.wait()
    before = {point_id(trial): trial.number for trial in study.get_trials(states=[TrialState.COMPLETE])}
    assert 1 <= len(before) < POINTS

    assert start(folder, sweep).wait(timeout=120) == 0
    trials = study.get_trials()
    check_all_done_once(trials)
    after = {point_id(trial): trial.number for trial in trials if trial.state == TrialState.COMPLETE}
    assert before.items() <= after.items()
    assert trials[killed.number].state == TrialState.FAIL
    assert after[point_id(killed)] > killed.number
    assert statuses(folder) == ["completed"] * POINTS + ["running"]


def test_two_machines_share_a_study_and_one_dies(sweep: str, tmp_path: Path, postgresql: Server) -> None:
    dying, living = tmp_path / "dying", tmp_path / "living"
    workers = [start(folder, sweep, "--storage", postgresql.address) for folder in (dying, living)]
    study = wait_until(lambda: only_study(postgresql.address), *workers)
    wait_until(lambda: trial_of(study, workers[1].pid), *workers)
    killed = in_mid_trial(study, dying, workers[0])
    workers[0].kill()
    workers[0].wait()
    assert workers[1].wait(timeout=180) == 0, (living / "output.txt").read_text(encoding="utf-8")

    trials = study.get_trials()
    check_all_done_once(trials)
    assert trials[killed.number].state == TrialState.FAIL
    (taken_over,) = [
        trial for trial in trials if trial.state == TrialState.COMPLETE and point_id(trial) == point_id(killed)
    ]
    assert taken_over.user_attrs[WORKER].endswith(f":{workers[1].pid}")
    completed = [statuses(folder).count("completed") for folder in (dying, living)]
    assert sum(completed) == POINTS
    assert statuses(dying).count("running") == 1
    assert "6/6" in (living / "output.txt").read_text(encoding="utf-8")


def test_database_that_goes_away_is_one_line_and_the_sweep_goes_on_later(
    sweep: str, tmp_path: Path, postgresql: Server
) -> None:
    folder = tmp_path / "machine"
    worker = start(folder, sweep, "--storage", postgresql.address)
    study = wait_until(lambda: only_study(postgresql.address), worker)
    wait_until(lambda: study.get_trials(states=[TrialState.COMPLETE]) or None, worker)
    postgresql.stop()
    assert worker.wait(timeout=120) == 1
    postgresql.start()
    last = (folder / "output.txt").read_text(encoding="utf-8").splitlines()[-1]
    assert "no longer answers" in last
    assert last.endswith("once it answers, the same command goes on from here.")
    assert start(folder, sweep, "--storage", postgresql.address).wait(timeout=180) == 0
    check_all_done_once(study.get_trials())


def test_database_that_restarts_amid_a_training_is_one_line(sweep: str, tmp_path: Path, postgresql: Server) -> None:
    folder = tmp_path / "machine"
    long = Path(sweep).read_text(encoding="utf-8").replace("40", "150").replace(", [8], [12], [16], [20], [24]", "")
    Path(sweep).write_text(long, encoding="utf-8")
    worker = start(folder, sweep, "--storage", postgresql.address)
    study = wait_until(lambda: only_study(postgresql.address), worker)
    in_mid_trial(study, folder, worker)
    postgresql.stop()
    time.sleep(2 * HEARTBEAT_S)
    postgresql.start()
    assert worker.wait(timeout=180) == 0
    output = (folder / "output.txt").read_text(encoding="utf-8")
    assert output.count("The sweep's database does not answer") == 1
    assert "Traceback" not in output
    (trial,) = study.get_trials()
    assert trial.state == TrialState.COMPLETE


def test_two_workers_on_one_machine_take_turns_at_its_device(sweep: str, tmp_path: Path) -> None:
    folder = tmp_path / "machine"
    workers = [start(folder, sweep) for _ in range(2)]
    assert [worker.wait(timeout=180) for worker in workers] == [0, 0]
    study = only_study(f"sqlite:///{folder / 'tb_logs' / 'sweeps.sqlite3'}")
    assert study is not None
    trials = study.get_trials()
    check_all_done_once(trials)
    times = sorted((record.started, record.ended) for record in records(folder))
    assert all(ended is not None and ended <= later for (_, ended), (later, _) in pairwise(times))
