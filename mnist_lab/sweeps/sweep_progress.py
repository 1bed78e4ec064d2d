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
from mnist_lab.sweeps.run_result import RunResult
from mnist_lab.sweeps.setting_words import named_values
from mnist_lab.sweeps.trial_attributes import point_of, run_results
from mnist_lab.sweeps.trial_states import TrialStates


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
        self._shown: set[tuple[str, int]] | None = None
        self._started_s = time.monotonic()
        self._here = 0
        super().__init__(say("trainings", "学習"), points * repeats, console, TextColumn("{task.fields[left]}"))

    def show(self, found: TrialStates) -> None:
        """Bring the bar up to date, and say what has ended since the last time."""
        lines = _lines(found)
        total, done = self._total(found), len(lines)
        if self._shown is None:
            # What an earlier start has done says nothing of the time that is left.
            self._shown = set(lines)
            if self._shown:
                self.print_line(
                    say(
                        "{done} of {total} trainings were done before.",
                        "{total} 回の学習のうち {done} 回はすでに終わっています。",
                        done=done,
                        total=total,
                    )
                )
        new = {training: line for training, line in lines.items() if training not in self._shown}
        self._here += len(new)
        left = self._left(total - done)
        for training, line in new.items():
            self._shown.add(training)
            rest = say("  ({left})", "（{left}）", left=left) if left else ""
            self.print_line(f"{len(self._shown)}/{total}  {self._numbered(line, training)}{rest}")
        self._bar.update(self._task, completed=done, total=total, left=left)

    def _total(self, found: TrialStates) -> int:
        """Return how many trainings there are: of a trial that has ended those that it had, of any other all."""
        again = {identity for identity in found.ids if is_again(identity)}
        saved = sum(self._repeats - max(1, len(run_results(trial.user_attrs))) for trial in found.ended.values())
        return (self._points + len(again)) * self._repeats - saved

    def _numbered(self, line: str, training: tuple[str, int]) -> str:
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


def _lines(found: TrialStates) -> dict[tuple[str, int], str]:
    """Return what is said of each training that has ended, by its point's id and its number among the point's."""
    lines = {}
    for trials in (found.ended, found.running, found.waiting, found.dead):
        for identity, trial in trials.items():
            for number, run in enumerate(run_results(trial.user_attrs)):
                lines[identity, number] = _line(identity, trial, run)
    untrained = {identity: trial for identity, trial in found.ended.items() if (identity, 0) not in lines}
    for identity, trial in untrained.items():
        lines[identity, 0] = say("trial {number}: nothing was trained", "試行 {number}：学習なし", number=trial.number)
    return lines


def _line(point_id: str, trial: FrozenTrial, run: RunResult) -> str:
    point = point_of(trial)
    again = say(" (measured again)", "（再測定）") if is_again(point_id) else ""
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
