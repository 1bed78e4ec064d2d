"""A sweep from its study to its result."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console

from mnist_lab.cli.stop_signals import stop_signals
from mnist_lab.data.fallback import asked_once
from mnist_lab.errors import MnistLabError
from mnist_lab.language import say
from mnist_lab.sweeps.outliers import strange_points
from mnist_lab.sweeps.result import SweepResult, collect, mark_strange
from mnist_lab.sweeps.same_threads import with_threads
from mnist_lab.sweeps.space import Sweep
from mnist_lab.sweeps.storage import STALE_AFTER_BEATS, default_address, hide_password, open_storage, with_driver
from mnist_lab.sweeps.study import open_study, study_name
from mnist_lab.sweeps.sweep_check import CheckedSweep
from mnist_lab.sweeps.sweep_progress import SweepProgress
from mnist_lab.sweeps.worker import SweepWorker


@dataclass(frozen=True)
class StudyChoice:
    """Which study a sweep is, as the user chose."""

    address: str | None
    """Of the database; None: a file beside the logs."""
    name: str | None
    """Of the study; None: it follows from the sweep's content."""
    heartbeat_s: int
    """Time between two signs of life of a trial."""


def carry_out(sweep: Sweep, checked: CheckedSweep, choice: StudyChoice, console: Console) -> SweepResult:
    """Train all points of a sweep that are not done yet, beside other workers if there are any.

    Args:
        sweep: What is varied.
        checked: What the trainer's parser made of it.
        choice: Of the study.
        console: Where the progress is shown.

    Returns:
        What has come out, with at least one point.

    Raises:
        UsageError: The study is another sweep's, or the database's address makes no sense.
        MnistLabError: No trial came to an end, the data cannot be had, or the database does not answer.
        KeyboardInterrupt: The user stopped it.
    """
    address = choice.address or default_address(checked.log_dir)
    digests = (checked.digest, checked.former_digest)
    grace_s = STALE_AFTER_BEATS * choice.heartbeat_s
    count = len(checked.points) if checked.points is not None else sweep.trials or 0
    with open_storage(address, choice.heartbeat_s) as storage:
        with stop_signals.postponed():
            name = choice.name or study_name(storage, sweep.name, digests)
            study = open_study(storage, name, sweep, checked.points, digests, grace_s)
        each = say(", {repeats} trainings each", "、それぞれ {repeats} 回学習", repeats=sweep.repeats)
        line = say(
            "Study {name} in {where}: {points}{repeats}.",
            "スイープ {name}（{where}）：{points}{repeats}。",
            name=name,
            where=hide_password(with_driver(address)),
            points=say("1 point", "1 通りの設定")
            if count == 1
            else say("{count} points", "{count} 通りの設定", count=count),
            repeats=each if sweep.repeats > 1 else "",
        )
        console.print(line)
        with asked_once(), SweepProgress(count, sweep.repeats, console) as progress:
            try:
                SweepWorker(study, sweep, with_threads(study, checked), grace_s, progress.show).work()
            except KeyboardInterrupt:
                progress.print_line(
                    say("The same command goes on from here.", "同じコマンドで、ここから続けられます。")
                )
                raise
        trials = study.get_trials(deepcopy=False)
    result = collect(trials)
    if not result.points:
        raise MnistLabError(_nothing(name, result))
    return mark_strange(result, strange_points(result.points))


def _nothing(name: str, result: SweepResult) -> str:
    first = next((run for entry in result.failed for run in entry.ended_otherwise), None)
    if first is None:
        return say("No trial of {name} was completed.", "{name} の試行は 1 つも完了していません。", name=name)
    return say(
        "No trial of {name} was completed; the first: {status}, {message}",
        "{name} の試行は 1 つも完了していません。最初の試行：{status}、{message}",
        name=name,
        status=first.status.replace("_", " "),
        message=first.message,
    )
