"""A trial whose worker has died goes back into the queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optuna import Study, create_trial
from optuna.trial import FrozenTrial, TrialState

UNIT = "unit"
"""User attribute: the piece of work that a trial does; a retry has the unit of the trial that it takes over."""
_RUN = "run-"
# One attribute each: MySQL takes no more than 64 KiB in one.


def unit_of(trial: FrozenTrial) -> str:
    """Return the piece of work that a trial does: a grid's point, or else the trial's own number."""
    return str(trial.user_attrs.get(UNIT, trial.number))


def run_key(number: int) -> str:
    """Return the name of the user attribute that holds a trial's training of that number, from 0."""
    return f"{_RUN}{number}"


def runs_in(attributes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the trainings that a trial has done so far, from its user attributes."""
    count = sum(name.startswith(_RUN) for name in attributes)
    return [attributes[run_key(number)] for number in range(count)]


def queue_again(study: Study, trial: FrozenTrial) -> None:
    """Queue a dead trial's work once more, with its parameters and the trainings that it had finished.

    Args:
        study: Where the trial is from.
        trial: As it was when it died.
    """
    # What a trial was queued with must be handed on: it may have died before it had asked for its parameters.
    fixed = {**trial.system_attrs.get("fixed_params", {}), **trial.params}
    kept: dict[str, Any] = {UNIT: unit_of(trial)}
    kept |= {run_key(number): run for number, run in enumerate(runs_in(trial.user_attrs))}
    study.add_trial(
        create_trial(
            state=TrialState.WAITING,
            user_attrs=kept,
            system_attrs={"fixed_params": fixed, "retry_of": trial.number},
        )
    )
