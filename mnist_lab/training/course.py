"""The course of a training, as far as it decides how much memory is held: batches, blocks, graphs, validation."""

from __future__ import annotations

import math
from typing import Any, Literal, NamedTuple

from lightning.pytorch import Trainer

from mnist_lab.data import ClassificationDataModule


class Course(NamedTuple):
    """How a training goes."""

    batch_size: int
    batches: int
    """Of an epoch."""
    last_batch_size: int
    """Samples of an epoch's last batch."""
    epochs: int
    steps_at_once: int
    """Optimizer steps to one call of Lightning's loop."""
    captures: bool
    """Whether these steps are recorded as a CUDA graph."""
    accumulate: int
    eval_batch_size: int
    sanity_batches: int
    val_batches: int
    """Of a validation; 0: there is none."""
    test_batches: int
    """Of the test at the end; 0: there is none."""

    @property
    def block_sizes(self) -> list[int]:
        """Batches of each block of an epoch."""
        full, rest = divmod(self.batches, self.steps_at_once)
        return [self.steps_at_once] * full + ([rest] if rest else [])


def course_of(
    trainer: Trainer,
    datamodule: ClassificationDataModule,
    *,
    batch_size: int,
    steps_at_once: int,
    captures: bool,
) -> Course:
    """Return the course of a training of one process.

    Args:
        trainer: As configured.
        datamodule: After ``setup``.
        batch_size: May be another than the datamodule's.
        steps_at_once: As ``training.steps`` decides.
        captures: Whether they are recorded.
    """
    samples = len(datamodule.samples("train"))
    whole = math.ceil(samples / batch_size)
    settings: Any = trainer
    batches = _limited(whole, settings.limit_train_batches)
    if settings.max_steps not in (None, -1):
        batches = min(batches, max(settings.max_steps * settings.accumulate_grad_batches, 1))
    val_batches = _limited(_eval_batches(datamodule, "val"), settings.limit_val_batches)
    test_batches = (
        0 if settings.fast_dev_run else _limited(_eval_batches(datamodule, "test"), settings.limit_test_batches)
    )
    return Course(
        batch_size=batch_size,
        batches=batches,
        last_batch_size=samples - (whole - 1) * batch_size if batches == whole else batch_size,
        epochs=2 if settings.max_epochs in (None, -1) else settings.max_epochs,
        steps_at_once=steps_at_once,
        captures=captures,
        accumulate=settings.accumulate_grad_batches,
        eval_batch_size=datamodule.eval_batch_size,
        sanity_batches=min(val_batches, settings.num_sanity_val_steps if settings.num_sanity_val_steps >= 0 else 1),
        val_batches=val_batches,
        test_batches=test_batches,
    )


def _eval_batches(datamodule: ClassificationDataModule, split: Literal["val", "test"]) -> int:
    samples = len(datamodule.samples(split))
    return math.ceil(samples / min(datamodule.eval_batch_size, samples))


def _limited(whole: int, limit: float) -> int:
    """Return how many batches a trainer's limit leaves of an epoch: a share of them, or so many."""
    return max(int(whole * limit), 1 if limit else 0) if isinstance(limit, float) else min(whole, limit)
