"""A sweep's study: made once, filled with its grid once, found again by the same command."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Literal

import optuna
from optuna import Study
from optuna.exceptions import DuplicatedStudyError
from optuna.samplers import BaseSampler, NSGAIISampler, RandomSampler, TPESampler
from optuna.storages import RDBStorage

from mnist_lab.errors import UsageError
from mnist_lab.language import say
from mnist_lab.sweeps.point_ids import grid_ids
from mnist_lab.sweeps.points import Point, optuna_parameters
from mnist_lab.sweeps.space import Goal, Sweep
from mnist_lab.sweeps.trial_queue import queue_point
from mnist_lab.sweeps.trial_states import trial_states

DIRECTIONS: dict[Goal, Literal["minimize", "maximize"]] = {
    "accuracy": "maximize",
    "time": "minimize",
    "parameters": "minimize",
}
_QUEUED = "queued"
_DIGEST = "digest"
_LOOK_EVERY_S = 0.2


def sampler_of(sweep: Sweep, number: int | None = None) -> BaseSampler:
    """Return the sampler of a sweep.

    Args:
        sweep: The sweep.
        number: Of the trial that it samples for. Random and TPE draw by it, so that two workers, or one that is
            started again, do not draw the same points; NSGA-II draws before the number is known, from the system's
            own source of chance.
    """
    seed = None if number is None else (sweep.seed * 100_003 + number) % 2**32
    if sweep.sampler == "tpe":
        return TPESampler(seed=seed)
    if sweep.sampler == "nsga2":
        return NSGAIISampler(population_size=max(4, min(50, (sweep.trials or 50) // 4)))
    return RandomSampler(seed=seed)


def study_name(storage: RDBStorage, sweep_name: str, digests: Sequence[str]) -> str:
    """Return the name of a sweep's study where the user gave none: that of the study that there is, else a new one.

    Args:
        storage: Where it lies.
        sweep_name: Of the sweep.
        digests: Of the sweep: the one that a new study gets, then those of earlier versions.
    """
    names = [f"{sweep_name}-{digest}" for digest in digests]
    there = optuna.get_all_study_names(storage)
    return next((name for name in names if name in there), names[0])


def open_study(
    storage: RDBStorage, name: str, sweep: Sweep, points: Sequence[Point] | None, digests: Sequence[str], grace_s: float
) -> Study:
    """Return the study of that name; if there is none, make it and queue its grid.

    Of several workers that start at the same moment the database lets one make the study; that one queues the grid.
    Should it die over that, another fills in what is missing once the grace period has passed.

    Args:
        storage: Where it lies.
        name: Its name.
        sweep: What is varied.
        points: The grid; None where points are sampled.
        digests: Of the sweep and its configs, as in ``study_name``; the same command has the same.
        grace_s: Seconds that another worker may take to queue the grid.

    Raises:
        UsageError: The study of that name is another sweep's.
    """
    sampler = sampler_of(sweep)
    try:
        study = optuna.create_study(
            storage=storage,
            study_name=name,
            sampler=sampler,
            directions=[DIRECTIONS[goal] for goal in sweep.goals],
        )
        study.set_user_attr(_DIGEST, digests[0])
    except DuplicatedStudyError:
        study = optuna.load_study(storage=storage, study_name=name, sampler=sampler)
        end_s = time.monotonic() + grace_s
        while points is not None and _QUEUED not in study.user_attrs and time.monotonic() < end_s:
            time.sleep(_LOOK_EVERY_S)
    if study.user_attrs.get(_DIGEST, digests[0]) not in digests:
        raise UsageError(
            say(
                "--study: the study '{name}' was begun with other parameters, configs or options; give another name, "
                "or leave --study out.",
                "--study：'{name}' は、別のパラメータ、設定ファイルまたはオプションで始められています。別の名前を指定"
                "するか、--study を外してください。",
                name=name,
            )
        )
    if points is not None and _QUEUED not in study.user_attrs:
        _queue_missing(study, sweep, points)
        study.set_user_attr(_QUEUED, len(points))
    return study


def _queue_missing(study: Study, sweep: Sweep, points: Sequence[Point]) -> None:
    there = trial_states(study.get_trials(deepcopy=False)).ids
    for identity, point in zip(grid_ids(len(points)), points, strict=True):
        if identity not in there:
            queue_point(study, identity, optuna_parameters(sweep, point))
