"""A study: made once, filled once, found again."""

from __future__ import annotations

import threading
from pathlib import Path

import optuna
import pytest
from optuna import Study
from optuna.storages import RDBStorage
from sqlalchemy import NullPool

from mnist_lab.errors import UsageError
from mnist_lab.sweeps.points import suggest
from mnist_lab.sweeps.space import Base, Choices, Sweep
from mnist_lab.sweeps.storage import open_storage
from mnist_lab.sweeps.study import open_study, sampler_of, study_name
from mnist_lab.sweeps.trial_attributes import POINT_ID, point_id
from tests.sweeps.grid_of_three import IDS, POINTS, SWEEP


def test_grid_is_queued_once(study: Study, storage: RDBStorage) -> None:
    open_study(storage, "own", SWEEP, POINTS, ["digest"], 10)
    assert [point_id(trial) for trial in study.get_trials()] == IDS
    assert [suggest(study.ask(), SWEEP) for _ in range(3)] == POINTS


def test_workers_that_start_together_queue_the_grid_once(tmp_path: Path) -> None:
    address, failures, together = f"sqlite:///{tmp_path / 'sweeps.sqlite3'}", [], threading.Barrier(4)

    def begin() -> None:
        try:
            together.wait()
            with open_storage(address, 10) as storage:
                open_study(storage, "own", SWEEP, POINTS, ["digest"], 10)
        except Exception as error:  # in a thread of its own it would be lost
            failures.append(error)

    workers = [threading.Thread(target=begin) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    storage = RDBStorage(address, engine_kwargs={"poolclass": NullPool})
    assert [point_id(trial) for trial in optuna.load_study(study_name="own", storage=storage).get_trials()] == IDS


def test_grid_that_its_maker_left_unfinished_is_filled_in(storage: RDBStorage) -> None:
    left = optuna.create_study(storage=storage, study_name="own", directions=["maximize", "minimize", "minimize"])
    left.enqueue_trial({"model.hidden": "[2]"}, user_attrs={POINT_ID: IDS[1]})
    study = open_study(storage, "own", SWEEP, POINTS, ["digest"], grace_s=0.1)
    assert [point_id(trial) for trial in study.get_trials()] == [IDS[1], IDS[0], IDS[2]]


def test_study_of_another_sweep_is_refused(study: Study, storage: RDBStorage) -> None:
    with pytest.raises(UsageError, match=r"--study: the study 'own' was begun with other parameters"):
        open_study(storage, "own", SWEEP, POINTS, ["another"], 10)


def test_study_of_an_earlier_digest_is_gone_on_with(study: Study, storage: RDBStorage) -> None:
    open_study(storage, "own", SWEEP, POINTS, ["new", "digest"], 10)
    assert study_name(storage, "sweep", ["new", "digest"]) == "sweep-new"
    open_study(storage, "sweep-digest", SWEEP, POINTS, ["digest"], 10)
    assert study_name(storage, "sweep", ["new", "digest"]) == "sweep-digest"


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_sampler_draws_by_the_trial_s_number(sampler: str) -> None:
    base = Base("fc", "fc.yaml", {"model.hidden": Choices(tuple([width] for width in range(1, 1000)))})
    sweep = Sweep("own", (base,), sampler=sampler, trials=3, seed=1)  # type: ignore[arg-type]

    def drawn(number: int) -> str:
        study = optuna.create_study(sampler=sampler_of(sweep, number))
        return suggest(study.ask(), sweep).key

    assert drawn(0) == drawn(0)
    assert len({drawn(number) for number in range(5)}) == 5
