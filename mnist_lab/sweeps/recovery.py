"""Finds trials that were lost in one of the short moments between two steps of a worker that died."""

from __future__ import annotations

import time
from collections.abc import Callable

from optuna import Study
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import FrozenTrial, TrialState

from mnist_lab.sweeps.trial_attributes import WORKER
from mnist_lab.sweeps.trial_queue import queue_again
from mnist_lab.sweeps.trial_states import trial_states


class Recovery:
    """Queues lost trials again.

    Optuna itself finds trials whose signs of life stop. Left are a trial that died before its first sign of life, and
    a trial that was declared dead by a worker that died before it queued the trial again. Both look like a moment that
    every healthy trial passes through, so they count only after they have lasted.
    """

    def __init__(self, grace_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing seen.

        Args:
            grace_s: Seconds that a moment may last.
            clock: Returns seconds; only differences count.
        """
        self._grace_s = grace_s
        self._clock = clock
        self._first_seen_s: dict[int, float] = {}

    def look(self, study: Study) -> int:
        """Queue again what has been lost for longer than the grace period; return how many trials that were."""
        found = trial_states(study.get_trials(deepcopy=False))
        suspects = {trial.number: trial for trial in found.dead.values()}
        suspects |= {trial.number: trial for trial in found.running.values() if WORKER not in trial.user_attrs}
        now_s = self._clock()
        self._first_seen_s = {number: self._first_seen_s.get(number, now_s) for number in suspects}
        lost = [trial for number, trial in suspects.items() if now_s - self._first_seen_s[number] > self._grace_s]
        return sum(self._take_up(study, trial) for trial in lost)

    def _take_up(self, study: Study, trial: FrozenTrial) -> bool:
        if trial.state == TrialState.RUNNING:
            try:
                study.tell(trial.number, state=TrialState.FAIL)
            except (ValueError, UpdateFinishedTrialError):
                return False  # its worker or another one was faster
        queue_again(study, trial)
        return True
