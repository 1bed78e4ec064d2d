"""What a trial keeps in the study, as user attributes; their names are those in users' studies, and stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optuna.trial import FrozenTrial, Trial

from mnist_lab.seams.optuna_seam import queued_parameters
from mnist_lab.sweeps.points import Point
from mnist_lab.sweeps.run_result import RunResult, stored_run_result

POINT_ID = "unit"
"""The id of the point that a trial is for; a retry has the id of the trial that it takes over."""
POINT = "point"
"""The point itself, once the trial knows it."""
PARAMETERS = "parameters"
"""Optuna's parameters that a trial was queued with."""
WORKER = "worker"
"""Machine and process that work on a trial."""
SURPLUS = "surplus"
"""Why a trial has stood back."""
_RUN = "run-"
# One attribute each: MySQL takes no more than 64 KiB in one.


def point_id(trial: Trial | FrozenTrial) -> str:
    """Return the id of a trial's point; that of a sampled point is the number of its first trial."""
    return str(trial.user_attrs.get(POINT_ID, trial.number))


def point_values(point: Point) -> dict[str, Any]:
    """Return a point as it is kept."""
    return {"base": point.base, "values": dict(point.values)}


def point_of(trial: FrozenTrial) -> Point | None:
    """Return a trial's point; None where it has not come to know it."""
    kept = trial.user_attrs.get(POINT)
    return None if kept is None else Point(kept["base"], kept["values"])


def parameters_of(trial: FrozenTrial) -> dict[str, Any]:
    """Return Optuna's parameters of a trial: those that it has asked for, and those that it was queued with."""
    # A trial may have died before it had asked. Version 0.1.0 left what a trial was queued with to Optuna alone.
    queued = trial.user_attrs.get(PARAMETERS)
    return {**(queued_parameters(trial) if queued is None else queued), **trial.params}


def run_key(number: int) -> str:
    """Return the name of the attribute that holds a trial's run of that number, from 0."""
    return f"{_RUN}{number}"


def stored_runs(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes that hold a trial's runs, as they are."""
    return {name: value for name, value in attributes.items() if name.startswith(_RUN)}


def run_results(attributes: Mapping[str, Any]) -> list[RunResult]:
    """Return what the runs that a trial has done so far came to, from its user attributes."""
    stored = stored_runs(attributes)
    return [stored_run_result(stored[run_key(number)]) for number in range(len(stored))]
