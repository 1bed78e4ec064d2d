"""One worker of a sweep: takes trials from the study, one after another, until none is left."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

from filelock import Timeout
from optuna import Study
from optuna.storages import fail_stale_trials

from mnist_lab.cli.stop_signals import stop_signals
from mnist_lab.sweeps.device_lock import device_lock
from mnist_lab.sweeps.objective import Objective
from mnist_lab.sweeps.one_trial import do_one_trial
from mnist_lab.sweeps.point_ids import grid_ids
from mnist_lab.sweeps.point_training import PointTraining
from mnist_lab.sweeps.recovery import Recovery
from mnist_lab.sweeps.remeasuring import queue_strange_points
from mnist_lab.sweeps.space import Sweep
from mnist_lab.sweeps.storage import experimental_features
from mnist_lab.sweeps.sweep_check import CheckedSweep
from mnist_lab.sweeps.trial_states import TrialStates, trial_states

_LOOK_EVERY_S = 1.0


class SweepWorker:
    """Works on a study, alone or beside others on this or other machines."""

    def __init__(
        self, study: Study, sweep: Sweep, checked: CheckedSweep, grace_s: float, report: Callable[[TrialStates], None]
    ) -> None:
        """Get ready.

        Args:
            study: Of the sweep, its grid queued.
            sweep: What is varied.
            checked: What the trainer's parser made of it.
            grace_s: Seconds after which a trial that nobody seems to work on is taken up.
            report: Called whenever the study may have changed.
        """
        self._study = study
        self._sweep = sweep
        self._report = report
        self._lock = device_lock(checked.device)
        self._recovery = Recovery(grace_s)
        grid = None if checked.points is None else frozenset(grid_ids(len(checked.points)))
        self._objective = Objective(study, sweep, grid, PointTraining(study, sweep, checked))

    def work(self) -> None:
        """Train until every trial of the study has ended, those of other workers included.

        Raises:
            MnistLabError: The data cannot be had; the trial is back in the queue.
            KeyboardInterrupt: The user stopped it; the trial is back in the queue.
        """
        while True:
            with stop_signals.postponed():
                self._recovery.look(self._study)
            found = self._look()
            if self._may_start(found):
                # Who waits for the device gives up now and then, to look at the study.
                with contextlib.suppress(Timeout), self._lock.acquire(timeout=_LOOK_EVERY_S):
                    if self._may_start(self._look()):
                        do_one_trial(self._study, self._objective)
            elif not found.is_quiet:
                self._wait_for_others()
            elif not (self._sweep.remeasure and queue_strange_points(self._study)):
                return

    def _look(self) -> TrialStates:
        with stop_signals.postponed():
            found = trial_states(self._study.get_trials(deepcopy=False))
        self._report(found)
        return found

    def _may_start(self, found: TrialStates) -> bool:
        """Return whether a trial waits, or a point is left to be sampled; a grid has no number of trials."""
        return bool(found.waiting) or found.points < (self._sweep.trials or 0)

    def _wait_for_others(self) -> None:
        """Wait for trials that others train; ``optimize`` would look for dead ones only when it starts a trial."""
        time.sleep(_LOOK_EVERY_S)
        with stop_signals.postponed(), experimental_features():
            fail_stale_trials(self._study)
