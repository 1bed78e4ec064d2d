"""The progress of a sweep on the terminal: a bar with the time left, and a line for each training that ends."""

from __future__ import annotations

import time

from optuna.trial import FrozenTrial
from rich.console import Console
from rich.progress import TextColumn

from mnist_lab.cli.terminal_progress import TerminalProgress
from mnist_lab.language import say, under
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.point_ids import is_again
from mnist_lab.sweeps.setting_words import named_values
from mnist_lab.sweeps.trial_attributes import point_of, run_results, stored_runs
from mnist_lab.sweeps.trial_states import TrialStates

_Training = tuple[str, int]
"""A point's id, and the training's number among the point's, from 0."""


class SweepProgress(TerminalProgress):
    """Counts the trainings that have ended, those of other workers included."""

    def __init__(self, points: int, repeats: int, console: Console) -> None:
        """Begin at nothing done.

        Args:
            points: Number of points; those measured again come on top.
            repeats: Trainings of each.
            console: Where to write.
        """
        self._points = points
        self._repeats = repeats
        self._shown: set[_Training] | None = None
        self._started_s = time.monotonic()
        self._here = 0
        super().__init__(say("trainings", "学習"), points * repeats, console, TextColumn("{task.fields[left]}"))

    def show(self, found: TrialStates) -> None:
        """Bring the bar up to date, and say what has ended since the last time."""
        ended = _ended(found)
        total, done = self._total(found), len(ended)
        if self._shown is None:
            # What an earlier start has done says nothing of the time that is left.
            self._shown = set(ended)
            if self._shown:
                self.print_line(
                    say(
                        "{done} of {total} trainings were done before.",
                        "{total} 回の学習のうち {done} 回はすでに終わっています。",
                        done=done,
                        total=total,
                    )
                )
        new = {training: trial for training, trial in ended.items() if training not in self._shown}
        self._here += len(new)
        left = self._left(total - done)
        for training, trial in new.items():
            self._shown.add(training)
            rest = say("  ({left})", "（{left}）", left=left) if left else ""
            self.print_line(f"{len(self._shown)}/{total}  {self._line(training, trial)}{rest}")
        self._bar.update(self._task, completed=done, total=total, left=left)

    def _total(self, found: TrialStates) -> int:
        """Return how many trainings there are: of a trial that has ended those that it had, of any other all."""
        again = {identity for identity in found.ids if is_again(identity)}
        saved = sum(self._repeats - max(1, _done(trial)) for trial in found.ended.values())
        return (self._points + len(again)) * self._repeats - saved

    def _line(self, training: _Training, trial: FrozenTrial) -> str:
        """Return what is said of a training that has ended."""
        line = _line(training, trial)
        if self._repeats == 1:
            return line
        return say(
            "{line} ({number} of {repeats})",
            "{line}（{repeats} 回中 {number} 回目）",
            line=line,
            number=training[1] + 1,
            repeats=self._repeats,
        )

    def _left(self, trainings: int) -> str:
        if not self._here or trainings <= 0:
            return ""
        seconds = (time.monotonic() - self._started_s) / self._here * trainings
        return say("{time} left", "残り {time}", time=duration(seconds))


def duration(seconds: float) -> str:
    """Return a time as it is spoken: ``45 s``, ``12 min``, ``3 h 5 min``."""
    if seconds < 90:
        return say("{seconds:.0f} s", "{seconds:.0f} 秒", seconds=seconds)
    minutes = round(seconds / 60)
    if minutes < 90:
        return say("{minutes} min", "{minutes} 分", minutes=minutes)
    return say("{hours} h {minutes} min", "{hours} 時間 {minutes} 分", hours=minutes // 60, minutes=minutes % 60)


def _ended(found: TrialStates) -> dict[_Training, FrozenTrial]:
    """Return the trainings that have ended, with their trials: a trial that ended without any counts as one."""
    trials = {
        (identity, number): trial
        for same_state in (found.ended, found.running, found.waiting, found.dead)
        for identity, trial in same_state.items()
        for number in range(_done(trial))
    }
    return trials | {(identity, 0): trial for identity, trial in found.ended.items() if not _done(trial)}


def _done(trial: FrozenTrial) -> int:
    """Return how many trainings of a trial have ended, without reading what they came to."""
    return len(stored_runs(trial.user_attrs))


def _line(training: _Training, trial: FrozenTrial) -> str:
    identity, number = training
    runs = run_results(trial.user_attrs)
    if not runs:
        return say("trial {number}: nothing was trained", "試行 {number}：学習なし", number=trial.number)
    run, point = runs[number], point_of(trial)
    again = say(" (measured again)", "（再測定）") if is_again(identity) else ""
    name = f"{run.model}  {named_values(point.values)}{again}" if point else str(run.model)
    if run.status != "completed":
        return under(name, f"{run.status.replace('_', ' ')}. {run.message or ''}").rstrip()
    return say(
        "{name}: test {percent:.1f} %, {time} s",
        "{name}：テスト {percent:.1f} %、{time} s",
        name=name,
        percent=100 * (run.test_accuracy or 0.0),
        time=significant(run.train_s or 0.0),
    )
