"""Which trial does a unit of work, and what happens to work whose worker is gone."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import optuna
import pytest
from optuna import Study
from optuna.storages import RDBStorage
from optuna.trial import TrialState
from sqlalchemy import NullPool

from mnist_lab.errors import UsageError
from mnist_lab.sweeps.points import grid, suggest
from mnist_lab.sweeps.retry import UNIT, queue_again, run_key, unit_of
from mnist_lab.sweeps.space import Base, Choices, Sweep
from mnist_lab.sweeps.storage import open_storage
from mnist_lab.sweeps.study import grid_units, open_study, sampler_of
from mnist_lab.sweeps.units import AGAIN, BEYOND, SURPLUS, TAKEN, WORKER, Recovery, tally, why_surplus

SWEEP = Sweep("own", (Base("fc", "fc.yaml", {"model.hidden": Choices(([1], [2], [3]))}),))
POINTS = grid(SWEEP)
UNITS = grid_units(3)


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[RDBStorage]:
    with open_storage(f"sqlite:///{tmp_path / 'sweeps.sqlite3'}", 10) as opened:
        yield opened


@pytest.fixture
def study(storage: RDBStorage) -> Study:
    open_study(storage, "own", SWEEP, POINTS, "digest", 10)
    # Asked for trials one by one, Optuna warns where there are heartbeats.
    plain = RDBStorage(storage.url, engine_kwargs={"poolclass": NullPool})
    return optuna.load_study(study_name="own", storage=plain)


def why(study: Study, number: int, most: int | None = None) -> str | None:
    trials = study.get_trials(deepcopy=False)
    return why_surplus(trials[number], trials, None if most else UNITS, most)


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_grid_is_queued_once(study: Study, storage: RDBStorage) -> None:
    open_study(storage, "own", SWEEP, POINTS, "digest", 10)
    assert [unit_of(trial) for trial in study.get_trials()] == UNITS
    assert [suggest(study.ask(), SWEEP) for _ in range(3)] == POINTS


def test_workers_that_start_together_queue_the_grid_once(tmp_path: Path) -> None:
    address, failures, together = f"sqlite:///{tmp_path / 'sweeps.sqlite3'}", [], threading.Barrier(4)

    def begin() -> None:
        try:
            together.wait()
            with open_storage(address, 10) as storage:
                open_study(storage, "own", SWEEP, POINTS, "digest", 10)
        except Exception as error:  # in a thread of its own it would be lost
            failures.append(error)

    workers = [threading.Thread(target=begin) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    storage = RDBStorage(address, engine_kwargs={"poolclass": NullPool})
    assert [unit_of(trial) for trial in optuna.load_study(study_name="own", storage=storage).get_trials()] == UNITS


def test_grid_that_its_maker_left_unfinished_is_filled_in(storage: RDBStorage) -> None:
    left = optuna.create_study(storage=storage, study_name="own", directions=["maximize", "minimize", "minimize"])
    left.enqueue_trial({"model.hidden": "[2]"}, user_attrs={UNIT: UNITS[1]})
    study = open_study(storage, "own", SWEEP, POINTS, "digest", grace_s=0.1)
    assert [unit_of(trial) for trial in study.get_trials()] == [UNITS[1], UNITS[0], UNITS[2]]


def test_study_of_another_sweep_is_refused(study: Study, storage: RDBStorage) -> None:
    with pytest.raises(UsageError, match=r"--study: the study 'own' was begun with other parameters"):
        open_study(storage, "own", SWEEP, POINTS, "another", 10)


def test_lowest_number_does_the_work(study: Study) -> None:
    study.enqueue_trial({"model.hidden": "[1]"}, user_attrs={UNIT: UNITS[0]})
    numbers = [study.ask().number for _ in range(4)]
    assert numbers == [0, 1, 2, 3]
    assert [why(study, number) for number in numbers] == [None, None, None, TAKEN]
    study.tell(0, state=TrialState.FAIL)
    assert why(study, 3) is None
    study.tell(1, state=TrialState.PRUNED)
    study.enqueue_trial({"model.hidden": "[2]"}, user_attrs={UNIT: UNITS[1]})
    assert why(study, study.ask().number) == TAKEN


def test_trial_beyond_the_grid_stands_back(study: Study) -> None:
    for _ in range(4):
        last = study.ask()
    assert why(study, last.number) == BEYOND
    last.set_user_attr(SURPLUS, BEYOND)
    study.tell(last, state=TrialState.PRUNED)
    found = tally(study.get_trials())
    assert sorted(found.running) == UNITS
    assert found.ended == {}


def test_no_more_points_are_sampled_than_asked_for() -> None:
    study = optuna.create_study()
    for _ in range(3):
        last = study.ask()
    assert [why(study, number, most=2) for number in range(3)] == [None, None, BEYOND]
    last.set_user_attr(SURPLUS, BEYOND)
    study.tell(0, state=TrialState.FAIL)
    queue_again(study, study.get_trials()[0])
    retry = study.ask()
    assert unit_of(study.get_trials()[retry.number]) == "0"
    assert why(study, retry.number, most=2) is None
    study.add_trial(optuna.create_trial(state=TrialState.WAITING, user_attrs={UNIT: f"{AGAIN}x"}))
    assert why(study, study.ask().number, most=2) is None


def test_retry_keeps_parameters_and_finished_trainings(study: Study) -> None:
    trial = study.ask()
    point = suggest(trial, SWEEP)
    trial.set_user_attr(run_key(0), {"status": "completed"})
    trial.set_user_attr(WORKER, "gone:1")
    study.tell(trial, state=TrialState.FAIL)
    queue_again(study, study.get_trials()[trial.number])
    retried = [study.ask() for _ in range(3)][-1]
    assert retried.number == 3
    assert retried.user_attrs == {UNIT: UNITS[0], run_key(0): {"status": "completed"}}
    assert suggest(retried, SWEEP) == point


def test_retry_of_a_trial_that_had_not_asked_yet(study: Study) -> None:
    study.tell(study.ask(), state=TrialState.FAIL)
    queue_again(study, study.get_trials()[0])
    retried = [study.ask() for _ in range(3)][-1]
    assert suggest(retried, SWEEP) == POINTS[0]


def test_dead_trial_that_nobody_queued_again_is_found_after_a_while(study: Study) -> None:
    clock = Clock()
    recovery = Recovery(30, clock)
    trial = study.ask()
    trial.set_user_attr(WORKER, "other:1")
    study.tell(trial, state=TrialState.FAIL)
    assert recovery.look(study) == 0
    clock.now_s = 31
    assert recovery.look(study) == 1
    assert recovery.look(study) == 0
    assert Counter(map(unit_of, study.get_trials(states=[TrialState.WAITING])))[UNITS[0]] == 1


def test_trial_that_died_before_its_first_sign_of_life_is_found(study: Study) -> None:
    clock = Clock()
    recovery = Recovery(30, clock)
    silent, working = study.ask(), study.ask()
    working.set_user_attr(WORKER, "other:1")
    recovery.look(study)
    clock.now_s = 29
    assert recovery.look(study) == 0
    clock.now_s = 31
    assert recovery.look(study) == 1
    states = [trial.state for trial in study.get_trials()]
    assert states[silent.number] == TrialState.FAIL
    assert states[working.number] == TrialState.RUNNING


def test_moment_that_passes_is_no_loss(study: Study) -> None:
    clock = Clock()
    recovery = Recovery(30, clock)
    trial = study.ask()
    recovery.look(study)
    trial.set_user_attr(WORKER, "other:1")
    clock.now_s = 31
    assert recovery.look(study) == 0


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_sampler_draws_by_the_trial_s_number(sampler: str) -> None:
    base = Base("fc", "fc.yaml", {"model.hidden": Choices(tuple([width] for width in range(1, 1000)))})
    sweep = Sweep("own", (base,), sampler=sampler, trials=3, seed=1)  # type: ignore[arg-type]

    def drawn(number: int) -> str:
        study = optuna.create_study(sampler=sampler_of(sweep, number))
        return suggest(study.ask(), sweep).key

    assert drawn(0) == drawn(0)
    assert len({drawn(number) for number in range(5)}) == 5
