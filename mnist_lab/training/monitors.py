"""Which scores a callback or a schedule may watch; a wrong name is found before the training, not after an epoch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lightning.pytorch import Callback

from mnist_lab.errors import UsageError, nearest
from mnist_lab.language import say

MONITORED = (
    "train/loss",
    "train/accuracy",
    "val/loss",
    "val/accuracy",
    "time/train_s",
    "time/epoch_s",
    "time/wall_s",
    "time/samples_per_s",
)
# Lightning's own, which every ModelCheckpoint can watch.
_COUNTERS = ("epoch", "step")


def check_monitors(callbacks: Iterable[Callback], scheduler: Any | None) -> None:
    """Make sure that every monitored score exists.

    A callback of the user's may log scores of its own, so with one there nothing is refused.

    Args:
        callbacks: All of the trainer's.
        scheduler: The learning rate schedule, or None.

    Raises:
        UsageError: A score of that name is never logged.
    """
    watching = list(callbacks)
    if any(type(callback).__module__.partition(".")[0] not in ("lightning", "mnist_lab") for callback in watching):
        return
    for watcher in [*watching, scheduler]:
        name = getattr(watcher, "monitor", None)
        if name is not None and name not in (*MONITORED, *_COUNTERS):
            raise UsageError(
                say(
                    "monitor: {kind} watches '{name}', which is never logged.{hint} Allowed: {allowed}.",
                    "monitor：{kind} が監視する '{name}' は記録されません。{hint}指定できる値：{allowed}",
                    kind=type(watcher).__name__,
                    name=name,
                    hint=nearest(name, MONITORED),
                    allowed=", ".join(MONITORED),
                )
            )
