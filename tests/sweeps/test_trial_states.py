"""Which trial trains a point."""

from __future__ import annotations

import optuna
from optuna import Study
from optuna.trial import TrialState

from mnist_lab.sweeps.trial_attributes import POINT_ID, SURPLUS, point_id
from mnist_lab.sweeps.trial_queue import queue_again
from mnist_lab.sweeps.trial_states import BEYOND, TAKEN, trial_states, why_surplus
from tests.sweeps.grid_of_three import IDS


def why(study: Study, number: int, most: int | None = None) -> str | None:
    trials = study.get_trials(deepcopy=False)
    return why_surplus(trials[number], trials, None if most else IDS, most)


def test_lowest_number_does_the_work(study: Study) -> None:
    study.enqueue_trial({"model.hidden": "[1]"}, user_attrs={POINT_ID: IDS[0]})
    numbers = [study.ask().number for _ in range(4)]
    assert numbers == [0, 1, 2, 3]
    assert [why(study, number) for number in numbers] == [None, None, None, TAKEN]
    study.tell(0, state=TrialState.FAIL)
    assert why(study, 3) is None
    study.tell(1, state=TrialState.PRUNED)
    study.enqueue_trial({"model.hidden": "[2]"}, user_attrs={POINT_ID: IDS[1]})
    assert why(study, study.ask().number) == TAKEN


def test_trial_beyond_the_grid_stands_back(study: Study) -> None:
    for _ in range(4):
        last = study.ask()
    assert why(study, last.number) == BEYOND
    last.set_user_attr(SURPLUS, BEYOND)
    study.tell(last, state=TrialState.PRUNED)
    found = trial_states(study.get_trials())
    assert sorted(found.running) == IDS
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
    assert point_id(study.get_trials()[retry.number]) == "0"
    assert why(study, retry.number, most=2) is None
    study.add_trial(optuna.create_trial(state=TrialState.WAITING, user_attrs={POINT_ID: "again-x"}))
    assert why(study, study.ask().number, most=2) is None
