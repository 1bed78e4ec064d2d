"""The progress of a sweep on the terminal: a bar with the time left, and a line for each trial that ends."""

from __future__ import annotations

import time
from statistics import fmean, median
from types import TracebackType

from optuna.trial import FrozenTrial
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.measurement import measurement_from
from mnist_lab.sweeps.points import Point
from mnist_lab.sweeps.result import POINT
from mnist_lab.sweeps.retry import runs_in
from mnist_lab.sweeps.units import AGAIN, Tally


class SweepProgress:
    """A bar on a terminal; elsewhere lines alone."""

    def __init__(self, points: int, console: Console) -> None:
        """Begin at nothing done.

        Args:
            points: Number of points; trials that measure again come on top.
            console: Where to write.
        """
        self._points = points
        self._console = console
        self._shown: set[str] | None = None
        self._started_s = time.monotonic()
        self._here = 0
        self._bar = Progress(
            TextColumn("trials"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("trials", total=points, left="")

    def __enter__(self) -> SweepProgress:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()

    def show(self, found: Tally) -> None:
        """Bring the bar up to date, and say what has ended since the last time."""
        again = {
            unit for place in (found.ended, found.running, found.waiting) for unit in place if unit.startswith(AGAIN)
        }
        total, done = self._points + len(again), len(found.ended)
        if self._shown is None:
            # What an earlier start has done says nothing of the time that is left.
            self._shown = set(found.ended)
            if self._shown:
                self._console.print(f"{done} of {total} trials were done before.")
        new = {unit: trial for unit, trial in found.ended.items() if unit not in self._shown}
        self._here += len(new)
        left = self._left(total - done)
        for unit, trial in new.items():
            self._shown.add(unit)
            self._console.print(
                Text(f"{len(self._shown)}/{total}  {_line(unit, trial)}{f'  ({left})' if left else ''}")
            )
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


def _line(unit: str, trial: FrozenTrial) -> str:
    attributes = trial.user_attrs
    runs = [measurement_from(values) for values in runs_in(attributes)]
    if POINT not in attributes or not runs:
        return f"trial {trial.number}: nothing was trained"
    point = Point(attributes[POINT]["base"], attributes[POINT]["values"])
    name = f"{runs[-1].model or point.base}  {point.label()}" + (" (measured again)" if unit.startswith(AGAIN) else "")
    last = runs[-1]
    if last.status != "completed":
        return f"{name}: {last.status.replace('_', ' ')}. {last.message or ''}".rstrip()
    accuracy = fmean(run.test_accuracy for run in runs if run.test_accuracy is not None)
    time_s = median(run.train_s for run in runs if run.train_s is not None)
    return f"{name}: {accuracy:.1%} in {significant(time_s)} s" + (f", n = {len(runs)}" if len(runs) > 1 else "")
