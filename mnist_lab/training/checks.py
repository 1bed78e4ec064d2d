"""A training looked at before it begins; ``compare`` and ``sweep`` do so for every config before they train any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lightning.pytorch import LightningModule, Trainer
from torch.optim import SparseAdam

from mnist_lab.errors import UsageError
from mnist_lab.training.monitors import check_monitors
from mnist_lab.training.optimizers import optimization_of
from mnist_lab.training.training_cli import TrainingCLI

_LEAST = {
    "min_epochs": 0,
    "min_steps": 0,
    "check_val_every_n_epoch": 1,
    "log_every_n_steps": 0,
    "accumulate_grad_batches": 1,
    "gradient_clip_val": 0,
}


def check_training(trainer: Trainer, model: LightningModule, settings: Mapping[str, Any]) -> None:
    """Refuse what Lightning would take and what cannot train, or would fail after an epoch.

    Args:
        trainer: As configured.
        model: With its optimizer.
        settings: The whole configuration as plain values.

    Raises:
        UsageError: The optimizer needs sparse gradients, a score that is watched is never logged, or a number is too
            low.
    """
    optimization = optimization_of(model)
    if optimization is not None and isinstance(optimization.optimizer, SparseAdam):
        raise UsageError(
            "--optimizer SparseAdam works on sparse gradients (of embeddings made with sparse=True) only; those "
            f"of {type(model).__name__} are dense. Use Adam or AdamW."
        )
    check_monitors(trainer.callbacks, optimization.scheduler if optimization else None)  # type: ignore[attr-defined]
    numbers = settings.get("trainer", {})
    for name, least in _LEAST.items():
        value = numbers.get(name)
        if isinstance(value, (int, float)) and value < least:
            raise UsageError(f"trainer.{name}: {value} is too low; give {least} or more.")


def checked(args: Sequence[str]) -> TrainingCLI:
    """Return what ``lightning fit`` would train, looked at as far as that goes without its data.

    Args:
        args: What stands behind ``fit``, configs already resolved to paths.

    Raises:
        UsageError: It makes no sense, or would train nothing, or without end.
    """
    cli = TrainingCLI("fit", args, quiet=True)
    settings = cli.plain_settings()
    check_training(cli.trainer, cli.model, settings)
    trainer = settings["trainer"]
    for name in ("max_epochs", "max_steps", "limit_train_batches"):
        if trainer.get(name) == 0:
            raise UsageError(f"trainer.{name}: 0 trains nothing, so there would be nothing to compare; give 1 or more.")
    if trainer.get("max_epochs") == -1 and trainer.get("max_steps") == -1 and trainer.get("max_time") is None:
        raise UsageError("trainer.max_epochs: -1 trains without end, so nothing would follow; give a number of epochs.")
    return cli
