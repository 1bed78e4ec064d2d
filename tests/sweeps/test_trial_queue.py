"""A trial that is queued again has all that the dead one had."""

from __future__ import annotations

import optuna
from optuna import Study
from optuna.trial import TrialState

from mnist_lab.sweeps.points import suggest
from mnist_lab.sweeps.trial_attributes import PARAMETERS, POINT_ID, WORKER, run_key
from mnist_lab.sweeps.trial_queue import queue_again
from tests.sweeps.grid_of_three import IDS, POINTS, SWEEP


def test_retry_keeps_parameters_and_finished_runs(study: Study) -> None:
    trial = study.ask()
    point = suggest(trial, SWEEP)
    trial.set_user_attr(run_key(0), {"status": "completed"})
    trial.set_user_attr(WORKER, "gone:1")
    study.tell(trial, state=TrialState.FAIL)
    queue_again(study, study.get_trials()[trial.number])
    retried = [study.ask() for _ in range(3)][-1]
    assert retried.number == 3
    assert retried.user_attrs == {
        POINT_ID: IDS[0],
        PARAMETERS: {"model.hidden": "[1]"},
        run_key(0): {"status": "completed"},
    }
    assert suggest(retried, SWEEP) == point


def test_retry_of_a_trial_that_had_not_asked_yet(study: Study) -> None:
    study.tell(study.ask(), state=TrialState.FAIL)
    queue_again(study, study.get_trials()[0])
    retried = [study.ask() for _ in range(3)][-1]
    assert suggest(retried, SWEEP) == POINTS[0]


def test_retry_of_a_trial_that_version_0_1_0_had_queued() -> None:
    study = optuna.create_study()
    study.enqueue_trial({"model.hidden": "[2]"}, user_attrs={POINT_ID: IDS[1]})
    study.tell(study.ask(), state=TrialState.FAIL)
    queue_again(study, study.get_trials()[0])
    retried = study.ask()
    assert retried.user_attrs == {POINT_ID: IDS[1], PARAMETERS: {"model.hidden": "[2]"}}
    assert suggest(retried, SWEEP) == POINTS[1]


def test_retry_of_a_sampled_trial_that_had_not_asked_yet_is_sampled() -> None:
    study = optuna.create_study()
    study.tell(study.ask(), state=TrialState.FAIL)
    queue_again(study, study.get_trials()[0])
    retried = study.ask()
    assert retried.user_attrs == {POINT_ID: "0", PARAMETERS: {}}
    assert suggest(retried, SWEEP) in POINTS
