"""The progress of a sweep on the terminal: a bar with the time left, and a line for each trial that ends."""

from __future__ import annotations

import time
from statistics import fmean, median

from optuna.trial import FrozenTrial
from rich.console import Console
from rich.progress import TextColumn

from mnist_lab.cli.terminal_progress import TerminalProgress
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.point_ids import is_again
from mnist_lab.sweeps.trial_attributes import point_of, run_results
from mnist_lab.sweeps.trial_states import TrialStates


class SweepProgress(TerminalProgress):
    """Counts the trials that have ended, those of other workers included."""

    def __init__(self, points: int, console: Console) -> None:
        """Begin at nothing done.

        Args:
            points: Number of points; those measured again come on top.
            console: Where to write.
        """
        self._points = points
        self._shown: set[str] | None = None
        self._started_s = time.monotonic()
        self._here = 0
        super().__init__("trials", points, console, TextColumn("{task.fields[left]}"))

    def show(self, found: TrialStates) -> None:
        """Bring the bar up to date, and say what has ended since the last time."""
        again = sum(map(is_again, {*found.ended, *found.running, *found.waiting}))
        total, done = self._points + again, len(found.ended)
        if self._shown is None:
            # What an earlier start has done says nothing of the time that is left.
            self._shown = set(found.ended)
            if self._shown:
                self.print_line(f"{done} of {total} trials were done before.")
        new = {point_id: trial for point_id, trial in found.ended.items() if point_id not in self._shown}
        self._here += len(new)
        left = self._left(total - done)
        for point_id, trial in new.items():
            self._shown.add(point_id)
            self.print_line(f"{len(self._shown)}/{total}  {_line(point_id, trial)}{f'  ({left})' if left else ''}")
        self._bar.update(self._task, completed=done, total=total, left=left)

    def _left(self, trials: int) -> str:
        if not self._here or trials <= 0:
            return ""
        seconds = (time.monotonic() - self._started_s) / self._here * trials
        return f"{duration(seconds)} left"


def duration(seconds: float) -> str:
    """Return a time as it is spoken: ``45 s``, ``12 min``, ``3 h 5 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def _line(point_id: str, trial: FrozenTrial) -> str:
    point, runs = point_of(trial), run_results(trial.user_attrs)
    if point is None or not runs:
        return f"trial {trial.number}: nothing was trained"
    last = runs[-1]
    name = f"{last.model or point.base}  {point.label()}" + (" (measured again)" if is_again(point_id) else "")
    if last.status != "completed":
        return f"{name}: {last.status.replace('_', ' ')}. {last.message or ''}".rstrip()
    accuracy = fmean(run.test_accuracy for run in runs if run.test_accuracy is not None)
    time_s = median(run.train_s for run in runs if run.train_s is not None)
    return f"{name}: {accuracy:.1%} in {significant(time_s)} s" + (f", n = {len(runs)}" if len(runs) > 1 else "")
