"""What is not public in Lightning and is used all the same."""

from __future__ import annotations

from traceback import walk_tb

from lightning.pytorch import Trainer
from lightning.pytorch.cli import LightningCLI
from lightning.pytorch.loops.optimization.automatic import _AutomaticOptimization
from lightning.pytorch.trainer.connectors import checkpoint_connector

AutomaticOptimization = _AutomaticOptimization
"""The part of the loop that takes an optimizer step; there is no public hook in its place."""


def replace_optimization(trainer: Trainer, optimization: AutomaticOptimization) -> None:
    """Let the trainer's loop take its steps with another automatic optimization; no argument of Trainer does."""
    trainer.fit_loop.epoch_loop.automatic_optimization = optimization


def batches_per_call(trainer: Trainer) -> int:
    """Return how many batches the trainer's loop takes to a call: what its optimization says, of Lightning's own 1."""
    return int(getattr(trainer.fit_loop.epoch_loop.automatic_optimization, "batches_per_call", 1))


def block_borders_every(trainer: Trainer) -> tuple[int, ...]:
    """Return after every how many batches of an epoch a call has to end, whatever else it would take."""
    return tuple(getattr(trainer.fit_loop.epoch_loop.automatic_optimization, "borders_every", ()))


def count_batch_that_stepped(trainer: Trainer) -> None:
    """Move the axis of the loggers on by a step: the loop does so once a call, not once a step."""
    trainer.fit_loop.epoch_loop._batches_that_stepped += 1


def detects_anomalies(trainer: Trainer) -> bool:
    """Say whether ``Trainer(detect_anomaly=True)`` was given; no public attribute keeps it."""
    return bool(trainer._detect_anomaly)


def add_optimizer_method(cli: LightningCLI) -> None:
    """Have the model make the optimizer that the command line asks for.

    LightningCLI does so while it builds its classes, before there is a chance to put a network into a classifier.
    """
    cli._add_configure_optimizers_method_to_model(None)


def raised_while_restoring(error: BaseException) -> bool:
    """Say whether an error came while Lightning took up a checkpoint; it has no exception of its own for that."""
    frames = (frame for frame, _ in walk_tb(error.__traceback__))
    return any(
        frame.f_code.co_filename == checkpoint_connector.__file__ and "dump" not in frame.f_code.co_name
        for frame in frames
    )
