"""Points whose time does not fit their neighbours' are measured again, once."""

from __future__ import annotations

from optuna import Study

from mnist_lab.sweeps.outliers import strange_points
from mnist_lab.sweeps.point_ids import again_id
from mnist_lab.sweeps.result import collect
from mnist_lab.sweeps.trial_attributes import point_id
from mnist_lab.sweeps.trial_queue import queue_point


def queue_strange_points(study: Study) -> bool:
    """Queue the points of a study whose time does not fit; return whether there were any not queued before."""
    trials = study.get_trials(deepcopy=False)
    there, result = {point_id(trial) for trial in trials}, collect(trials)
    new = [entry.point for entry in strange_points(result.points) if again_id(entry.point) not in there]
    for point in new:
        queue_point(study, again_id(point), result.first_trials[point.key].params)
    return bool(new)
