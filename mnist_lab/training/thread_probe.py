"""A probe of a few real steps: with which number of threads a model trains fastest on this machine as it is now."""

from __future__ import annotations

import copy
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psutil
import torch
from lightning.pytorch import Trainer

from mnist_lab.data import ClassificationDataModule
from mnist_lab.data.batches import IndexedBatch
from mnist_lab.loops.memory_allocator import keep_freed_memory
from mnist_lab.models import Classifier
from mnist_lab.training.optimizers import optimization_of

_PROBE_S = 0.7
LONGEST_S = 1.0
"""A probe that has not timed every number by then ends without a finding."""
# Longer than a scheduler's turn, so that a turn of another program is in it as it would be in training.
_SLICE_S = 0.02


def candidates() -> list[int]:
    """Return the numbers of threads that are tried: PyTorch's own, one for each core, and the powers of two below."""
    most = max(torch.get_num_threads(), psutil.cpu_count(logical=False) or 1)
    powers = [2**exponent for exponent in range(most.bit_length()) if 2**exponent <= most]
    return sorted({*powers, most, torch.get_num_threads()})


class TooSlowError(Exception):
    """A step was still going on, or about to begin, when the probe's time was over."""


def step_times(trainer: Trainer, model: Classifier, datamodule: ClassificationDataModule) -> dict[int, float]:
    """Return the seconds that a training step takes, by number of threads; none where that cannot be known.

    Others decide over the time where a GPU trains, and where several processes share the cores; and a step may take too
    long to do some with each number within a second. Weights, optimizer, random numbers and the number of threads are
    afterwards as they were.

    Args:
        trainer: As configured.
        model: With its optimizer.
        datamodule: After ``setup``.
    """
    if trainer.strategy.root_device.type != "cpu" or trainer.world_size > 1:
        return {}
    keep_freed_memory()  # as in training
    with _as_it_was(model), trainer.precision_plugin.train_step_context():
        return timed(_step(model, datamodule, time.perf_counter() + LONGEST_S), candidates())


def timed(
    step: Callable[[], object], numbers: Sequence[int], clock: Callable[[], float] = time.perf_counter
) -> dict[int, float]:
    """Return the mean time of a step in seconds with each number of threads.

    They take turns, so that a load that comes and goes meets all of them.

    Args:
        step: Does one, or raises ``TooSlowError``, which ends the probe; what all numbers have done by then counts.
        numbers: Of threads.
        clock: Returns seconds.
    """
    spent_s, steps = dict.fromkeys(numbers, 0.0), dict.fromkeys(numbers, 0)
    end_s = clock() + _PROBE_S
    with suppress(TooSlowError):
        step()
        for number in itertools.cycle(numbers):
            if clock() >= end_s and all(steps.values()):
                break
            torch.set_num_threads(number)
            step()  # in which the threads are started
            slice_end_s = clock() + _SLICE_S
            while (began_s := clock()) < slice_end_s:
                step()
                steps[number] += 1
                spent_s[number] += clock() - began_s
    return {number: spent_s[number] / steps[number] for number in numbers} if all(steps.values()) else {}


def fastest(times: dict[int, float]) -> int:
    """Return the number of threads with the shortest time."""
    return min(times, key=times.__getitem__)


@contextmanager
def _as_it_was(model: Classifier) -> Iterator[None]:
    """Put back, behind the ``with`` block, what training steps change."""
    threads, trains, weights = torch.get_num_threads(), model.training, copy.deepcopy(model.state_dict())
    optimization = optimization_of(model)
    moments = optimization and copy.deepcopy(optimization.optimizer.state_dict())
    try:
        with torch.random.fork_rng(devices=[]):
            model.train()
            yield
    finally:
        torch.set_num_threads(threads)
        model.load_state_dict(weights)
        model.zero_grad()
        model.train(trains)
        if optimization and moments:
            optimization.optimizer.load_state_dict(moments)


def _step(model: Classifier, datamodule: ClassificationDataModule, end_s: float) -> Callable[[], object]:
    """Return a training step on the first samples; of the optimizers that a model may have, one alone is in it.

    It raises ``TooSlowError`` once ``time.perf_counter`` has come to ``end_s``, amid a step as well: LBFGS asks for
    gradients up to 25 times in one.
    """
    samples, standardisation = datamodule.samples("train"), datamodule.standardisation
    batch = IndexedBatch(samples, standardisation, torch.arange(datamodule.batch_size), torch.device("cpu"))
    optimization = optimization_of(model)

    def gradients() -> Any:
        """Compute the gradients anew and return the loss, as optimizers ask of a closure."""
        if time.perf_counter() >= end_s:
            raise TooSlowError
        model.zero_grad()
        loss = model.step_output(batch).loss
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    return gradients if optimization is None else lambda: optimization.optimizer.step(gradients)
