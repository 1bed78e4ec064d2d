"""Which trials of a study are done, under way or lost: no point is trained twice, none is lost.

Several trials may stand for one point, since a trial whose worker died is followed by another, and since two workers
may queue the same point at the same moment. Trial numbers settle who trains it: of a point's trials that are not dead,
the one with the lowest number. A higher one sees it and stands back. Numbers only grow, so this cannot change later.

A point that is measured again counts as one of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from optuna.trial import FrozenTrial, TrialState

from mnist_lab.sweeps.point_ids import is_again
from mnist_lab.sweeps.trial_attributes import SURPLUS, point_id

TAKEN = "another trial does its work"
BEYOND = "all points have been handed out"

_ENDED = (TrialState.COMPLETE, TrialState.PRUNED)


@dataclass
class TrialStates:
    """One trial for each point of a study, by the point's id, in one of four states."""

    ended: dict[str, FrozenTrial] = field(default_factory=dict)
    running: dict[str, FrozenTrial] = field(default_factory=dict)
    waiting: dict[str, FrozenTrial] = field(default_factory=dict)
    dead: dict[str, FrozenTrial] = field(default_factory=dict)
    """The last dead trial of each point that no other trial has taken over."""

    @property
    def ids(self) -> set[str]:
        """The ids of all points that exist, in whatever state."""
        return {*self.ended, *self.running, *self.waiting, *self.dead}

    @property
    def points(self) -> int:
        """Number of points that exist; those measured again do not count."""
        return sum(not is_again(identity) for identity in self.ids)

    @property
    def is_quiet(self) -> bool:
        """Whether no point is left to be trained."""
        return not (self.running or self.waiting or self.dead)


def trial_states(trials: Sequence[FrozenTrial]) -> TrialStates:
    """Sort trials by what has become of their points; each point is in one state."""
    found = TrialStates()
    by_state = {TrialState.RUNNING: found.running, TrialState.WAITING: found.waiting, TrialState.FAIL: found.dead}
    by_state |= dict.fromkeys(_ENDED, found.ended)
    beyond: set[str] = set()
    for trial in trials:
        identity = point_id(trial)
        if SURPLUS not in trial.user_attrs:
            same_state = by_state[trial.state]
            if identity not in same_state or same_state is found.dead:
                same_state[identity] = trial
        elif trial.user_attrs[SURPLUS] == BEYOND:
            beyond.add(identity)
    settled = beyond
    for same_state in (found.ended, found.running, found.waiting, found.dead):
        for identity in settled & same_state.keys():
            del same_state[identity]
        settled = settled | same_state.keys()
    return found


def why_surplus(
    trial: FrozenTrial, trials: Sequence[FrozenTrial], grid: Collection[str] | None, most: int | None
) -> str | None:
    """Return why a trial that has just been started must stand back, or None.

    Args:
        trial: The trial.
        trials: All trials of the study.
        grid: The ids of a grid (points measured again come on top); None where points are sampled.
        most: How many points are to be sampled; None for a grid.
    """
    identity = point_id(trial)
    before = [other for other in trials if other.number < trial.number and SURPLUS not in other.user_attrs]
    if any(point_id(other) == identity and other.state != TrialState.FAIL for other in before):
        return TAKEN
    if is_again(identity):
        return None
    if grid is not None:
        return None if identity in grid else BEYOND
    sampled = {point_id(other) for other in before if not is_again(point_id(other))} - {identity}
    return BEYOND if most is not None and len(sampled) >= most else None
