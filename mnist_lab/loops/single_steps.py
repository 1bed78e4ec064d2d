"""Whether steps can be taken in blocks: whoever has to look at single steps gets them one by one."""

from __future__ import annotations

from collections.abc import Iterable

from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint, ProgressBar, Timer
from lightning.pytorch.profilers import PassThroughProfiler
from lightning.pytorch.strategies import SingleDeviceStrategy
from lightning.pytorch.utilities.model_helpers import is_overridden
from torch.optim import LBFGS, Optimizer

from mnist_lab.models.classifier import Classifier
from mnist_lab.seams.lightning_seam import detects_anomalies

# Hooks that are called around each batch or inside a step.
_CALLBACK_HOOKS = (
    "on_train_batch_start",
    "on_train_batch_end",
    "on_before_backward",
    "on_after_backward",
    "on_before_optimizer_step",
    "on_before_zero_grad",
)
_MODEL_HOOKS = (
    "backward",
    "configure_gradient_clipping",
    "on_after_backward",
    "on_after_batch_transfer",
    "on_before_backward",
    "on_before_batch_transfer",
    "on_before_optimizer_step",
    "on_before_zero_grad",
    "on_train_batch_start",
    "optimizer_step",
    "optimizer_zero_grad",
    "transfer_batch_to_device",
)


def why_single_steps(trainer: Trainer, model: LightningModule, safe: tuple[type[Callback], ...] = ()) -> str | None:
    """Return the reason for which steps have to be taken one by one, None when they can be taken in blocks.

    Args:
        trainer: As configured, before it fits.
        model: The model.
        safe: Callbacks whose batch hooks are content with a block.
    """
    reasons = {
        "several processes train together": trainer.world_size > 1
        or not isinstance(trainer.strategy, SingleDeviceStrategy),
        f"precision is {trainer.precision}": trainer.precision != "32-true",
        "gradients are accumulated": trainer.accumulate_grad_batches != 1,
        "validation comes within an epoch": trainer.val_check_interval != 1.0,
        "a share of the training batches is asked for": isinstance(trainer.limit_train_batches, float)
        and trainer.limit_train_batches != 1.0,
        "overfit_batches is set": trainer.overfit_batches > 0,  # type: ignore[attr-defined]
        "this is a fast_dev_run": bool(trainer.fast_dev_run),  # type: ignore[attr-defined]
        "anomalies are to be detected": detects_anomalies(trainer),
        "a profiler looks at each step": not isinstance(trainer.profiler, PassThroughProfiler),  # type: ignore[attr-defined]
    }
    reason = next((reason for reason, applies in reasons.items() if applies), None)
    return reason or _model_reason(model) or _callback_reason(trainer.callbacks, safe)  # type: ignore[attr-defined]


def why_single_steps_with(optimizer: Optimizer) -> str | None:
    """Return the reason for which this optimizer's steps cannot be taken in blocks."""
    if isinstance(optimizer, LBFGS):
        return f"{type(optimizer).__name__} evaluates the loss several times a step"
    return None


def _model_reason(model: LightningModule) -> str | None:
    if not model.automatic_optimization:
        return f"{type(model).__name__} optimizes by hand"
    found = [hook for hook in _MODEL_HOOKS if is_overridden(hook, model, parent=LightningModule)]
    # Classifier's own is content with a block.
    parent = Classifier if isinstance(model, Classifier) else LightningModule
    found += ["on_train_batch_end"] * is_overridden("on_train_batch_end", model, parent=parent)
    return f"{type(model).__name__} has {found[0]}" if found else None


def _callback_reason(callbacks: Iterable[Callback], safe: tuple[type[Callback], ...]) -> str | None:
    for callback in callbacks:
        if isinstance(callback, (*safe, ProgressBar, Timer)):
            continue
        if isinstance(callback, ModelCheckpoint) and callback.every_n_epochs:  # not within epochs
            continue
        hooks = [hook for hook in _CALLBACK_HOOKS if is_overridden(hook, callback, parent=Callback)]
        if hooks:
            return f"{type(callback).__name__} has {hooks[0]}"
    return None
