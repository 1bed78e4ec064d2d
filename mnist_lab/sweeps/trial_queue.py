"""Trials that wait in the study for a worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optuna import Study
from optuna.trial import FrozenTrial

from mnist_lab.sweeps.trial_attributes import PARAMETERS, POINT, POINT_ID, parameters_of, point_id, stored_runs


def queue_point(study: Study, identity: str, parameters: Mapping[str, Any], **kept: Any) -> None:
    """Queue a trial.

    Args:
        study: Of the sweep.
        identity: The point's id.
        parameters: Optuna's, as ``suggest`` is to be given them.
        kept: Further attributes of the trial.
    """
    attributes = {POINT_ID: identity, PARAMETERS: dict(parameters), **kept}
    study.enqueue_trial(dict(parameters), user_attrs=attributes)


def queue_again(study: Study, trial: FrozenTrial) -> None:
    """Queue a dead trial's point once more, with its parameters, its values and the runs that it had finished.

    Args:
        study: Where the trial is from.
        trial: As it was when it died.
    """
    known = {POINT: trial.user_attrs[POINT]} if POINT in trial.user_attrs else {}
    queue_point(study, point_id(trial), parameters_of(trial), **known, **stored_runs(trial.user_attrs))
