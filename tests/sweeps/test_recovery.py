"""Trials that were lost between two steps of a worker that died."""

from __future__ import annotations

from collections import Counter

from optuna import Study
from optuna.trial import TrialState

from mnist_lab.sweeps.recovery import Recovery
from mnist_lab.sweeps.trial_attributes import WORKER, point_id
from tests.sweeps.grid_of_three import IDS


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


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
    assert Counter(map(point_id, study.get_trials(states=[TrialState.WAITING])))[IDS[0]] == 1


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
