"""Several configurations trained in turn."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from mnist_lab.comparisons.comparison_check import Contestant, check_conditions
from mnist_lab.comparisons.comparison_progress import CompareProgress
from mnist_lab.runs.record import RunRecord
from mnist_lab.runs.run import Run
from mnist_lab.training.threads import fastest_for_all
from mnist_lab.training.train_once import train_once, train_undisturbed


def train_in_turn(
    contestants: Sequence[Contestant], repeats: int, progress: CompareProgress, aside: Callable[[Run], None]
) -> Iterator[Run]:
    """Warm up, then train A B … A B …, so that a machine that grows slower or faster hurts all alike.

    Args:
        contestants: The configurations.
        repeats: Runs of each; repeat r has seed r, from 0.
        progress: Told of every run that ends.
        aside: Told of every run that does not count: trained once more since it was disturbed, or stopped by the user.

    Yields:
        Each run as it ends.

    Raises:
        UsageError: They turn out to use different data, devices or numbers of threads.
        KeyboardInterrupt: The user stopped it; the runs so far stay.
    """
    contestants = _with_threads(contestants)
    _warm_up(contestants, progress)
    for seed in range(repeats):
        yield from _one_round(contestants, seed, progress, aside)


def _with_threads(contestants: Sequence[Contestant]) -> Sequence[Contestant]:
    """Put one number in the place of ``--threads auto``: with one each, their times could not be compared."""
    if contestants[0].threads != "auto":
        return contestants
    threads = json.dumps(fastest_for_all([contestant.arguments for contestant in contestants]))
    return [replace(entry, arguments=(*entry.arguments, f"--threads={threads}")) for entry in contestants]


def _warm_up(contestants: Sequence[Contestant], progress: CompareProgress) -> None:
    """Train an epoch of each where it leaves nothing behind, and look at what it really used."""
    records: list[RunRecord] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        short = ["--trainer.max_epochs=1", "--trainer.min_epochs=null", f"--trainer.default_root_dir={folder}"]
        for contestant in contestants:
            records.append(train_once([*contestant.arguments, *short]).record)
            progress.warmed_up()
    check_conditions([contestant.config for contestant in contestants], records)


def _one_round(
    contestants: Sequence[Contestant], seed: int, progress: CompareProgress, aside: Callable[[Run], None]
) -> Iterator[Run]:
    """Train all with one seed."""
    seeds = [f"--seed_everything={seed}", f"--data.seed={seed}"]
    records: list[RunRecord] = []
    for contestant in contestants:
        done = train_undisturbed([*contestant.arguments, *seeds], rejected=aside, stopped=aside)
        records.append(done.record)
        progress.trained(contestant.config, seed, done.record)
        yield done
    check_conditions([contestant.config for contestant in contestants], records)
