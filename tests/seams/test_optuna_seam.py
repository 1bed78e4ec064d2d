"""What is not public in Optuna is still there; a release that takes it away fails here, by name."""

from __future__ import annotations

import optuna
from optuna.trial import TrialState

from mnist_lab.seams.optuna_seam import queued_parameters


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
