"""What is not public in Optuna is still there; a release that takes it away fails here, by name."""

from __future__ import annotations

from pathlib import Path

import optuna
from optuna.storages import RDBStorage
from optuna.trial import TrialState

from mnist_lab.seams.optuna_seam import close, queued_parameters


def test_system_attribute_fixed_params_holds_what_a_trial_was_queued_with() -> None:
    study = optuna.create_study()
    study.enqueue_trial({"x": 1.5, "name": "[2]"})
    assert queued_parameters(study.get_trials()[0]) == {"x": 1.5, "name": "[2]"}
    study.tell(study.ask(), state=TrialState.FAIL)
    assert queued_parameters(study.get_trials()[0]) == {"x": 1.5, "name": "[2]"}


def test_trial_that_was_not_queued_was_given_no_parameters() -> None:
    study = optuna.create_study()
    study.ask()
    assert queued_parameters(study.get_trials()[0]) == {}


def test_attribute_engine_of_rdbstorage_closes_the_connections(tmp_path: Path) -> None:
    storage = RDBStorage(f"sqlite:///{tmp_path / 'sweeps.sqlite3'}")
    pool = storage.engine.pool
    close(storage)
    assert storage.engine.pool is not pool
