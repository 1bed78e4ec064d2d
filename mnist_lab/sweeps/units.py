"""Which trials of a study are done, under way or lost: no work is done twice, none is lost.

A unit is a piece of work: a grid's point, a sampled point, or one that is measured again. Several trials may stand for
one unit, since a trial whose worker died is followed by another, and since two workers may queue the same unit at the
same moment. Trial numbers settle who does it: of a unit's trials that are not dead, the one with the lowest number. A
higher one sees it and stands back. Numbers only grow, so this cannot change later.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from optuna import Study
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import FrozenTrial, TrialState

from mnist_lab.sweeps.retry import queue_again, unit_of

AGAIN = "again-"
"""Units of this beginning measure a point's time once more."""
SURPLUS = "surplus"
"""User attribute of a trial that stood back: TAKEN or BEYOND."""
TAKEN = "another trial does its work"
BEYOND = "all points have been handed out"
WORKER = "worker"
"""User attribute: machine and process that work on a trial."""

_ENDED = (TrialState.COMPLETE, TrialState.PRUNED)


@dataclass
class Tally:
    """The units of a study."""

    ended: dict[str, FrozenTrial] = field(default_factory=dict)
    running: dict[str, FrozenTrial] = field(default_factory=dict)
    waiting: dict[str, FrozenTrial] = field(default_factory=dict)
    dead: dict[str, FrozenTrial] = field(default_factory=dict)
    """The last dead trial of each unit that no other trial has taken over."""

    @property
    def points(self) -> int:
        """Number of points that exist, in whatever state."""
        units = {*self.ended, *self.running, *self.waiting, *self.dead}
        return sum(not unit.startswith(AGAIN) for unit in units)

    @property
    def is_quiet(self) -> bool:
        """Whether no unit is left to be done."""
        return not (self.running or self.waiting or self.dead)


def tally(trials: Sequence[FrozenTrial]) -> Tally:
    """Sort trials by what has become of their units; each unit is in one place."""
    found = Tally()
    places = {TrialState.RUNNING: found.running, TrialState.WAITING: found.waiting, TrialState.FAIL: found.dead}
    places |= dict.fromkeys(_ENDED, found.ended)
    beyond: set[str] = set()
    for trial in trials:
        unit = unit_of(trial)
        if SURPLUS not in trial.user_attrs:
            place = places[trial.state]
            if unit not in place or place is found.dead:
                place[unit] = trial
        elif trial.user_attrs[SURPLUS] == BEYOND:
            beyond.add(unit)
    settled = beyond
    for place in (found.ended, found.running, found.waiting, found.dead):
        for unit in settled & place.keys():
            del place[unit]
        settled = settled | place.keys()
    return found


def why_surplus(
    trial: FrozenTrial, trials: Sequence[FrozenTrial], units: Collection[str] | None, most: int | None
) -> str | None:
    """Return why a trial that has just been started must stand back, or None.

    Args:
        trial: The trial.
        trials: All trials of the study.
        units: The units of a grid (those measured again come on top); None where points are sampled.
        most: How many points are to be sampled; None for a grid.
    """
    unit = unit_of(trial)
    before = [other for other in trials if other.number < trial.number and SURPLUS not in other.user_attrs]
    if any(unit_of(other) == unit and other.state != TrialState.FAIL for other in before):
        return TAKEN
    if unit.startswith(AGAIN):
        return None
    if units is not None:
        return None if unit in units else BEYOND
    sampled = {unit_of(other) for other in before if not unit_of(other).startswith(AGAIN)} - {unit}
    return BEYOND if most is not None and len(sampled) >= most else None


class Recovery:
    """Finds work that was lost in one of the short moments between two steps of a worker that died.

    Optuna itself finds trials whose signs of life stop. Left are a trial that died before its first sign of life, and
    a trial that was declared dead by a worker that died before it queued the trial again. Both look like a moment that
    every healthy trial passes through, so they count only after they have lasted.
    """

    def __init__(self, grace_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing seen.

        Args:
            grace_s: Seconds that a moment may last.
            clock: Returns seconds; only differences count.
        """
        self._grace_s = grace_s
        self._clock = clock
        self._first_seen_s: dict[int, float] = {}

    def look(self, study: Study) -> int:
        """Queue again what has been lost for longer than the grace period; return how many trials that were."""
        found = tally(study.get_trials(deepcopy=False))
        suspects = {trial.number: trial for trial in found.dead.values()}
        suspects |= {trial.number: trial for trial in found.running.values() if WORKER not in trial.user_attrs}
        now_s = self._clock()
        self._first_seen_s = {number: self._first_seen_s.get(number, now_s) for number in suspects}
        lost = [trial for number, trial in suspects.items() if now_s - self._first_seen_s[number] > self._grace_s]
        return sum(self._take_up(study, trial) for trial in lost)

    def _take_up(self, study: Study, trial: FrozenTrial) -> bool:
        if trial.state == TrialState.RUNNING:
            try:
                study.tell(trial.number, state=TrialState.FAIL)
            except (ValueError, UpdateFinishedTrialError):
                return False  # its worker or another one was faster
        queue_again(study, trial)
        return True
