"""What Optuna calls for a trial: its point is trained, and what the sampler aims at returned."""

from __future__ import annotations

import os
import platform
from collections.abc import Collection, Sequence
from statistics import fmean

from optuna import Study, Trial, TrialPruned

from mnist_lab.sweeps.one_trial import RoundEnded
from mnist_lab.sweeps.point_training import PointTraining
from mnist_lab.sweeps.points import suggest
from mnist_lab.sweeps.run_result import RunResult
from mnist_lab.sweeps.space import Goal, Sweep
from mnist_lab.sweeps.study import sampler_of
from mnist_lab.sweeps.trial_attributes import POINT, SURPLUS, WORKER, point_id, point_values, run_key, run_results
from mnist_lab.sweeps.trial_states import trial_states, why_surplus


class Objective:
    """The objective of a study."""

    def __init__(self, study: Study, sweep: Sweep, grid: Collection[str] | None, training: PointTraining) -> None:
        """Get ready.

        Args:
            study: Of the sweep.
            sweep: What is varied.
            grid: The ids of a grid; None where points are sampled.
            training: Trains a point.
        """
        self._study = study
        self._sweep = sweep
        self._grid = grid
        self._training = training
        self._worker = f"{platform.node()}:{os.getpid()}"

    def __call__(self, trial: Trial) -> float | Sequence[float]:
        """Train the trial's point as often as it is to be repeated, or once more, where others wait for their turn.

        Raises:
            RoundEnded: Others wait; the trial's next training comes after theirs.
            TrialPruned: The trial stands back, or not all of its runs were completed.
            MnistLabError: The data cannot be had, or are others than those of the study.
        """
        self._stand_back_if_surplus(trial)
        trial.set_user_attr(WORKER, self._worker)
        runs = self._runs(trial)
        completed = [run for run in runs if run.status == "completed"]
        if len(completed) < len(runs):
            raise TrialPruned(next(run.status for run in runs if run.status != "completed"))
        goals = [_goal(goal, completed) for goal in self._sweep.goals]
        return goals[0] if len(goals) == 1 else goals

    def _stand_back_if_surplus(self, trial: Trial) -> None:
        trials = self._study.get_trials(deepcopy=False)
        reason = why_surplus(trials[trial.number], trials, self._grid, self._sweep.trials)
        if reason is not None:
            trial.set_user_attr(SURPLUS, reason)
            raise TrialPruned(reason)

    def _runs(self, trial: Trial) -> list[RunResult]:
        """Train what is left of the trial's runs; each is in the study as soon as it has ended.

        The points of a grid take turns: in a time that slowly changes, as with a processor's temperature, each has a
        part of every phase, and its repeats spread as much as the times differ over the whole sweep. A sampler needs
        to know what a point came to before it draws the next one.
        """
        if self._sweep.sampler in ("random", "tpe"):
            self._study.sampler = sampler_of(self._sweep, trial.number)
        point = suggest(trial, self._sweep)
        trial.set_user_attr(POINT, point_values(point))
        runs = run_results(trial.user_attrs)
        while _is_to_go_on(runs, self._sweep.repeats):
            run = self._training.train(point, point_id(trial), len(runs))
            trial.set_user_attr(run_key(len(runs)), run.to_dict())
            runs.append(run)
            if self._grid is not None and _is_to_go_on(runs, self._sweep.repeats) and self._others_wait():
                raise RoundEnded
        return runs

    def _others_wait(self) -> bool:
        return bool(trial_states(self._study.get_trials(deepcopy=False)).waiting)


def _is_to_go_on(runs: Sequence[RunResult], repeats: int) -> bool:
    return len(runs) < repeats and all(run.status in ("completed", "diverged") for run in runs)


def _goal(goal: Goal, runs: Sequence[RunResult]) -> float:
    """Return the mean over repeats of what a sampler aims at."""
    values = {
        "accuracy": [run.val_accuracy or 0.0 for run in runs],
        "time": [run.train_s or 0.0 for run in runs],
        "parameters": [float(run.parameters or 0) for run in runs],
    }[goal]
    return fmean(values)
