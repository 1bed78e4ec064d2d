"""How many optimizer steps Lightning's loop takes to a call, and what the C library and the driver do meanwhile."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import nullcontext

from lightning.pytorch import Callback, LightningModule, Trainer
from torch.optim.lr_scheduler import ReduceLROnPlateau

from mnist_lab.callbacks import CudaMemoryGuard, ScoreCurves, TrainingTimer
from mnist_lab.data import ClassificationDataModule
from mnist_lab.language import say
from mnist_lab.loops.block_optimization import take_steps_in_blocks
from mnist_lab.loops.memory_allocator import keep_freed_memory
from mnist_lab.loops.single_steps import why_single_steps, why_single_steps_with
from mnist_lab.models import Classifier
from mnist_lab.training.optimizers import optimization_of

DEFAULT_STEPS = 50  # to a call, where the trainer's log_every_n_steps is 0


def choose_steps(
    trainer: Trainer, model: LightningModule, datamodule: ClassificationDataModule, asked: int | None, *, quiet: bool
) -> None:
    """Let the loop take several steps to a call, unless something has to look at each step; say so where it does.

    Args:
        trainer: Before it fits.
        model: To be trained.
        datamodule: Hands out the batches.
        asked: Steps to a call, as the user wants them; None: the trainer's ``log_every_n_steps``.
        quiet: Say nothing.
    """
    keep_freed_memory()
    if trainer.strategy.root_device.type == "cpu":
        # Lightning sets it, and each step of an optimizer would look for NVIDIA's library again.
        os.environ.pop("PYTORCH_NVML_BASED_CUDA_CHECK", None)
    if asked == 1 or trainer.log_every_n_steps == 1:  # type: ignore[attr-defined]
        return
    reason = _why_single_steps(trainer, model, datamodule)
    if reason is None:
        callbacks = trainer.callbacks  # type: ignore[attr-defined]
        timer = next((callback for callback in callbacks if isinstance(callback, TrainingTimer)), None)
        untimed = nullcontext if timer is None else timer.paused
        take_steps_in_blocks(trainer, _steps_of_a_call(trainer, asked), untimed, _drawn_every(callbacks))
    elif trainer.is_global_zero and not quiet:
        line = say(
            "One step at a time, which is slower: {reason}.",
            "1 ステップずつ実行するため、遅くなります：{reason}。",
            reason=reason,
        )
        print(line, file=sys.stderr)


def _drawn_every(callbacks: Iterable[Callback]) -> list[int]:
    """Return after every how many steps of an epoch somebody draws: only between blocks is that no training time."""
    drawing = (callback for callback in callbacks if isinstance(callback, ScoreCurves))
    return [callback.every_n_steps for callback in drawing if callback.every_n_steps is not None]


def steps_at_once(
    trainer: Trainer, model: LightningModule, datamodule: ClassificationDataModule, asked: int | None
) -> int:
    """Return how many steps to a call ``choose_steps`` would choose, 1 where something has to look at each step."""
    if asked == 1 or trainer.log_every_n_steps == 1:  # type: ignore[attr-defined]
        return 1
    if _why_single_steps(trainer, model, datamodule) is not None:
        return 1
    return _steps_of_a_call(trainer, asked)


def _steps_of_a_call(trainer: Trainer, asked: int | None) -> int:
    steps: int = asked or trainer.log_every_n_steps or DEFAULT_STEPS  # type: ignore[attr-defined]
    # No epoch has more than that, and it is what the samples' indices are counted in.
    return min(steps, 2**31)


def _why_single_steps(trainer: Trainer, model: LightningModule, datamodule: ClassificationDataModule) -> str | None:
    reason = why_single_steps(trainer, model, safe=(TrainingTimer, CudaMemoryGuard, ScoreCurves))
    if reason is None and type(model).training_step is not Classifier.training_step:
        reason = _own(model, "training_step")
    if reason is None and type(datamodule).train_dataloader is not ClassificationDataModule.train_dataloader:
        reason = _own(datamodule, "train_dataloader")
    optimization = optimization_of(model)
    if optimization is None:
        return reason or say(
            "{kind} has not exactly one optimizer",
            "{kind} のオプティマイザがちょうど 1 つではありません",
            kind=type(model).__name__,
        )
    if optimization.interval == "step" and isinstance(optimization.scheduler, ReduceLROnPlateau):
        reason = reason or say(
            "ReduceLROnPlateau is asked after each step", "ReduceLROnPlateau がステップごとに呼ばれます"
        )
    return reason or why_single_steps_with(optimization.optimizer)


def _own(owner: object, method: str) -> str:
    return say(
        "{kind} has a {method} of its own",
        "{kind} に独自の {method} があります",
        kind=type(owner).__name__,
        method=method,
    )
