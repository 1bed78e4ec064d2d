"""What the first of several processes of one training decides, and the others follow."""

from __future__ import annotations

import os
from collections.abc import Callable

from lightning.pytorch import Trainer

from mnist_lab.errors import MnistLabError


def starts_the_others(trainer: Trainer) -> bool:
    """Return whether Lightning will start the other processes from this one, once training begins."""
    return not trainer.strategy.cluster_environment.creates_processes_externally  # type: ignore[attr-defined]


def decided_by_the_first(trainer: Trainer, name: str, decide: Callable[[], str]) -> str:
    """Return what the first process decides: what lies on a disk or answers in the network may differ at each look.

    Args:
        trainer: Knows of the other processes.
        name: Of an environment variable, in which a process leaves it to those that Lightning starts from it, with
            the same command line.
        decide: Called in the first process alone.

    Raises:
        MnistLabError: As ``decide`` raises it in the first process, in all of them.
    """
    if trainer.world_size == 1:
        return decide()
    if starts_the_others(trainer):
        os.environ[name] = decide()
        return os.environ[name]
    if name in os.environ:
        return os.environ[name]
    return _decided_together(trainer, decide)


def _decided_together(trainer: Trainer, decide: Callable[[], str]) -> str:
    """Have the first of the processes that torchrun or a cluster has started tell the others, or why it cannot."""
    decided, failure = "", None
    trainer.strategy.setup_environment()
    if trainer.is_global_zero:
        try:
            decided = decide()
        except MnistLabError as error:
            failure = error
    decided, failure = trainer.strategy.broadcast((decided, failure))
    if failure is not None:
        raise failure
    return decided
