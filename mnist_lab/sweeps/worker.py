"""One worker of a sweep: takes trials from the study, trains them one after another, until none is left."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import PureWindowsPath
from statistics import fmean
from typing import Any

from filelock import FileLock, Timeout
from optuna import Study, Trial, TrialPruned
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import FrozenTrial, TrialState

from mnist_lab.callbacks.sweep_labels import SweepLabels
from mnist_lab.errors import MnistLabError, UsageError
from mnist_lab.runs.groups import DATA_FACTS
from mnist_lab.runs.record import RunRecord
from mnist_lab.runs.run import compared_settings, value_text
from mnist_lab.sweeps.device_lock import device_lock
from mnist_lab.sweeps.measurement import Measurement, measure, measurement_from
from mnist_lab.sweeps.outliers import strange_points
from mnist_lab.sweeps.points import Point, short_key, short_value, suggest
from mnist_lab.sweeps.recorded import Place
from mnist_lab.sweeps.result import POINT, collect, queue_measuring_again
from mnist_lab.sweeps.retry import queue_again, run_key, runs_in, unit_of
from mnist_lab.sweeps.space import Goal, Sweep
from mnist_lab.sweeps.study import grid_units, sampler_of
from mnist_lab.sweeps.sweep_check import CheckedSweep
from mnist_lab.sweeps.units import SURPLUS, WORKER, Recovery, Tally, tally, why_surplus
from mnist_lab.training.train_once import train_once

_LOOK_EVERY_S = 1.0
_DATA = "data "  # and what was asked for: the name of a study's attribute
_WARM_UP_STEPS = 20
_SMALL = ("train_batches", "val_batches", "test_batches")


class SweepWorker:
    """Works on a study, alone or beside others on this or other machines."""

    def __init__(
        self, study: Study, sweep: Sweep, checked: CheckedSweep, grace_s: float, report: Callable[[Tally], None]
    ) -> None:
        """Get ready.

        Args:
            study: Of the sweep, its grid queued.
            sweep: What is varied.
            checked: What the trainer's parser made of it.
            grace_s: Seconds after which work that nobody seems to do is taken up.
            report: Called whenever the study may have changed.
        """
        self._study = study
        self._sweep = sweep
        self._checked = checked
        self._report = report
        self._units = None if checked.points is None else frozenset(grid_units(len(checked.points)))
        self._recovery = Recovery(grace_s)
        self._warm: set[str] = set()
        self._number: int | None = None
        self._name = f"{platform.node()}:{os.getpid()}"

    def work(self) -> None:
        """Train until every trial of the study has ended, those of other workers included.

        Raises:
            MnistLabError: The data cannot be had; the trial is back in the queue.
            KeyboardInterrupt: The user stopped it; the trial is back in the queue.
        """
        lock = device_lock(self._checked.device)
        while True:
            self._recovery.look(self._study)
            found = self._look()
            if self._may_start(found):
                with contextlib.suppress(Timeout), _held(lock):
                    if self._may_start(self._look()):
                        self._one_trial()
            elif not found.is_quiet:
                self._wait_for_others()
            elif not self._queue_measuring_again():
                return

    def _look(self) -> Tally:
        found = tally(self._study.get_trials(deepcopy=False))
        self._report(found)
        return found

    def _may_start(self, found: Tally) -> bool:
        return bool(found.waiting) or (self._units is None and found.points < (self._sweep.trials or 0))

    def _wait_for_others(self) -> None:
        """Wait for trials that others train; ``optimize`` would look for dead ones only when it starts a trial."""
        from optuna.storages import fail_stale_trials

        from mnist_lab.sweeps.storage import experimental_features

        time.sleep(_LOOK_EVERY_S)
        with experimental_features():
            fail_stale_trials(self._study)

    def _one_trial(self) -> None:
        self._number = None
        try:
            self._study.optimize(self._objective, n_trials=1)
        except BaseException as error:
            if self._was_taken_over(error):
                return
            self._hand_back()
            if isinstance(error, SystemExit) and isinstance(error.__context__, KeyboardInterrupt):
                raise KeyboardInterrupt from None
            raise

    def _was_taken_over(self, error: BaseException) -> bool:
        """Return whether others have missed this worker's signs of life (a laptop that slept) and do the trial."""
        # Optuna tells a trial's end once more after the objective has failed, and refuses that in its own words.
        return isinstance(error, UpdateFinishedTrialError) or (
            isinstance(error, ValueError) and str(error).startswith("Cannot tell a")
        )

    def _hand_back(self) -> None:
        """Put the trial at hand back into the queue, for this program's next start or for another worker."""
        if self._number is None:
            return
        with contextlib.suppress(ValueError, UpdateFinishedTrialError):
            self._study.tell(self._number, state=TrialState.FAIL)
        trial = self._study.get_trials(deepcopy=False)[self._number]
        if trial in tally(self._study.get_trials(deepcopy=False)).dead.values():
            queue_again(self._study, trial)

    def _objective(self, trial: Trial) -> float | Sequence[float]:
        trials = self._study.get_trials(deepcopy=False)
        reason = why_surplus(trials[trial.number], trials, self._units, self._sweep.trials)
        if reason is not None:
            trial.set_user_attr(SURPLUS, reason)
            raise TrialPruned(reason)
        self._number = trial.number
        trial.set_user_attr(WORKER, self._name)
        if self._sweep.sampler in ("random", "tpe"):
            self._study.sampler = sampler_of(self._sweep, trial.number)
        point = suggest(trial, self._sweep)
        trial.set_user_attr(POINT, {"base": point.base, "values": dict(point.values)})
        runs = [measurement_from(values) for values in runs_in(trial.user_attrs)]
        while len(runs) < self._sweep.repeats and all(run.status in ("completed", "diverged") for run in runs):
            run = self._train(point, len(runs), trials[trial.number])
            trial.set_user_attr(run_key(len(runs)), run.to_dict())
            runs.append(run)
        completed = [run for run in runs if run.status == "completed"]
        if len(completed) < len(runs):
            raise TrialPruned(next(run.status for run in runs if run.status != "completed"))
        goals = [_goal(goal, completed) for goal in self._sweep.goals]
        return goals[0] if len(goals) == 1 else goals

    def _train(self, point: Point, repeat: int, trial: FrozenTrial) -> Measurement:
        base = self._checked.bases[point.base]
        arguments = [*base.arguments, *point.options()]
        if base.seed is not None:
            arguments += [f"--seed_everything={base.seed + repeat}", f"--data.seed={base.data_seed + repeat}"]
        place = Place(
            name=self._sweep.name,
            study=self._study.study_name,
            within=self._sweep.within,
            unit=unit_of(trial),
            repeat=repeat,
            base=point.base,
            values=dict(point.values),
            machine=platform.node(),
        )
        labels: dict[str, str | int | float] = {"sweep": self._sweep.name, "trial": trial.number, "repeat": repeat}
        labels |= {short_key(key): _label(value) for key, value in point.values.items()}
        try:
            self._warm_up(point.base, arguments)
            done = train_once(arguments, [SweepLabels(asdict(place), labels, self._check_data)])
        except UsageError as error:
            return Measurement("refused", model=base.model, message=str(error))
        except MnistLabError:
            raise
        except Exception as error:
            first = str(error).strip().split("\n", maxsplit=1)[0]
            return Measurement("failed", model=base.model, message=f"{type(error).__name__}: {first}")
        folder = done.folder.resolve().relative_to(self._checked.log_dir.resolve()).as_posix()
        return measure(done.record, folder, platform.node())

    def _check_data(self, record: RunRecord) -> None:
        """Refuse other data under the same settings, such as those that stand in where one machine lacks MNIST.

        Raises:
            MnistLabError: The study has runs on other data; the trial goes back into the queue.
        """
        asked = {name: value for name, value in compared_settings(record).items() if name.startswith("data.source")}
        asked["file"] = PureWindowsPath(record.data.get("settings", {}).get("path") or "").name
        key = _DATA + json.dumps(asked, sort_keys=True, default=value_text)
        facts = {name: record.data.get(name) for name in DATA_FACTS if name != "split_sizes"}
        first = self._study.user_attrs.get(key)
        if first is None:
            self._study.set_user_attr(key, facts)
        elif first != facts:
            raise MnistLabError(
                f"The study {self._study.study_name} has runs on {first['name']}, and this machine has {facts['name']} "
                "for the same settings, so they cannot be compared; bring the same data here, or give another --study."
            )

    def _warm_up(self, base: str, arguments: Sequence[str]) -> None:
        """Train a few steps first: a process's first steps are slower than all that follow."""
        if base in self._warm:
            return
        self._warm.add(base)
        few = [f"--trainer.limit_{name}={_WARM_UP_STEPS}" for name in _SMALL]
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, contextlib.suppress(Exception):
            # What goes wrong here goes wrong in the trial as well, and is reported there.
            train_once([*arguments, *few, "--trainer.max_epochs=1", f"--trainer.default_root_dir={folder}"])

    def _queue_measuring_again(self) -> bool:
        """Queue the points whose time does not fit, once; return whether there is anything to do now."""
        if not self._sweep.remeasure:
            return False
        result = collect(self._study.get_trials(deepcopy=False))
        return queue_measuring_again(self._study, result, strange_points(result.points))


@contextlib.contextmanager
def _held(lock: FileLock) -> Iterator[None]:
    """Hold the device's lock; gives up after a second, so that the caller can look at the study meanwhile."""
    with lock.acquire(timeout=_LOOK_EVERY_S):
        yield


def _goal(goal: Goal, runs: Sequence[Measurement]) -> float:
    """Return the mean over repeats of what a sampler aims at."""
    values = {
        "accuracy": [run.val_accuracy or 0.0 for run in runs],
        "time": [run.train_s or 0.0 for run in runs],
        "parameters": [float(run.parameters or 0) for run in runs],
    }[goal]
    return fmean(values)


def _label(value: Any) -> str | int | float:
    """Return a value as HParams can show it."""
    return value if isinstance(value, (str, int, float)) else short_value(value)
