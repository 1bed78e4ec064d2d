"""One trial taken from the study, and put back where it does not come to its end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from optuna import Study, Trial
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import TrialState

from mnist_lab.cli.stop_signals import stop_signals
from mnist_lab.errors import stop_behind
from mnist_lab.sweeps.trial_queue import queue_again
from mnist_lab.sweeps.trial_states import trial_states

Objective = Callable[[Trial], float | Sequence[float]]


class RoundEnded(Exception):  # noqa: N818 (it is none)
    """A trial has had its training of this round, and waits for its next turn behind the others."""


class _Noted:
    """An objective, and what became of it."""

    def __init__(self, objective: Objective) -> None:
        self._objective = objective
        self.number: int | None = None
        self.raised: BaseException | None = None

    def __call__(self, trial: Trial) -> float | Sequence[float]:
        self.number = trial.number
        try:
            return self._objective(trial)
        except BaseException as error:
            self.raised = error
            raise


def do_one_trial(study: Study, objective: Objective) -> None:
    """Take a trial from the study and see it through.

    A trial that ends its round is put back behind those that wait, with what it has done.

    Others may take it over meanwhile, where they miss this worker's signs of life (a laptop that slept); then what
    came of it here does not count.

    Args:
        study: It has a trial that waits, or points left to be sampled.
        objective: As Optuna calls it.

    Raises:
        MnistLabError: The objective's; the trial is back in the queue.
        KeyboardInterrupt: The user stopped it; the trial is back in the queue.
    """
    noted = _Noted(objective)
    try:
        # Broken off, the database would stay locked for the thread that gives the signs of life.
        with stop_signals.postponed():
            study.optimize(noted, n_trials=1, catch=(RoundEnded,))
            if noted.number is not None and isinstance(noted.raised, RoundEnded):
                _hand_back(study, noted.number)
    except BaseException as error:
        if noted.number is None:
            raise
        stop = stop_behind(noted.raised) or stop_behind(error)
        state = study.get_trials(deepcopy=False)[noted.number].state
        # An error of Optuna's own, over a trial that has ended already: it was refused the trial's end.
        has_ended = error is not noted.raised and state.is_finished()
        if not has_ended or state == TrialState.FAIL:
            _hand_back(study, noted.number)
        if has_ended and stop is None:
            return
        if stop is None or stop is error:
            raise
        raise stop from None


def _hand_back(study: Study, number: int) -> None:
    """Put a trial back into the queue, unless another has taken it over."""
    with contextlib.suppress(ValueError, UpdateFinishedTrialError):
        study.tell(number, state=TrialState.FAIL)
    trials = study.get_trials(deepcopy=False)
    if trials[number] in trial_states(trials).dead.values():
        queue_again(study, trials[number])
