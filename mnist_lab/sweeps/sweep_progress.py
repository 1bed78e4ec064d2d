"""The progress of a sweep on the terminal: a bar with the time left, and a line for each trial that ends."""

from __future__ import annotations

import time
from statistics import fmean, median

from optuna.trial import FrozenTrial
from rich.console import Console
from rich.progress import TextColumn

from mnist_lab.cli.terminal_progress import TerminalProgress
from mnist_lab.language import say
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.point_ids import is_again
from mnist_lab.sweeps.setting_words import named_values
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
        super().__init__(say("trials", "試行"), points, console, TextColumn("{task.fields[left]}"))

    def show(self, found: TrialStates) -> None:
        """Bring the bar up to date, and say what has ended since the last time."""
        again = sum(map(is_again, {*found.ended, *found.running, *found.waiting}))
        total, done = self._points + again, len(found.ended)
        if self._shown is None:
            # What an earlier start has done says nothing of the time that is left.
            self._shown = set(found.ended)
            if self._shown:
                self.print_line(
                    say(
                        "{done} of {total} trials were done before.",
                        "{total} 回の試行のうち {done} 回はすでに終わっています。",
                        done=done,
                        total=total,
                    )
                )
        new = {point_id: trial for point_id, trial in found.ended.items() if point_id not in self._shown}
        self._here += len(new)
        left = self._left(total - done)
        for point_id, trial in new.items():
            self._shown.add(point_id)
            rest = say("  ({left})", "（{left}）", left=left) if left else ""
            self.print_line(f"{len(self._shown)}/{total}  {_line(point_id, trial)}{rest}")
        self._bar.update(self._task, completed=done, total=total, left=left)

    def _left(self, trials: int) -> str:
        if not self._here or trials <= 0:
            return ""
        seconds = (time.monotonic() - self._started_s) / self._here * trials
        return say("{time} left", "残り {time}", time=duration(seconds))


def duration(seconds: float) -> str:
    """Return a time as it is spoken: ``45 s``, ``12 min``, ``3 h 5 min``."""
    if seconds < 90:
        return say("{seconds:.0f} s", "{seconds:.0f} 秒", seconds=seconds)
    minutes = round(seconds / 60)
    if minutes < 90:
        return say("{minutes} min", "{minutes} 分", minutes=minutes)
    return say("{hours} h {minutes} min", "{hours} 時間 {minutes} 分", hours=minutes // 60, minutes=minutes % 60)


def _line(point_id: str, trial: FrozenTrial) -> str:
    point, runs = point_of(trial), run_results(trial.user_attrs)
    if point is None or not runs:
        return say("trial {number}: nothing was trained", "試行 {number}：学習なし", number=trial.number)
    last = runs[-1]
    again = say(" (measured again)", "（再測定）") if is_again(point_id) else ""
    name = f"{last.model or point.base}  {named_values(point.values)}{again}"
    if last.status != "completed":
        return f"{name}: {last.status.replace('_', ' ')}. {last.message or ''}".rstrip()
    accuracy = fmean(run.test_accuracy for run in runs if run.test_accuracy is not None)
    time_s = median(run.train_s for run in runs if run.train_s is not None)
    return say(
        "{name}: {percent:.1f}% in {time} s{runs}",
        "{name}：{percent:.1f} %、{time} s{runs}",
        name=name,
        percent=100 * accuracy,
        time=significant(time_s),
        runs=f", n = {len(runs)}" if len(runs) > 1 else "",
    )
