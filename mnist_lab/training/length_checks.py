"""What can be said of a training's length once its data are there: shares of it, and schedules made for another."""

from __future__ import annotations

import math
import sys
from typing import Any, Literal

from lightning.pytorch import LightningModule, Trainer
from torch.optim.lr_scheduler import OneCycleLR

from mnist_lab.data import ClassificationDataModule
from mnist_lab.errors import UsageError
from mnist_lab.language import say
from mnist_lab.training.optimizers import optimization_of


def check_length(
    trainer: Trainer, model: LightningModule, datamodule: ClassificationDataModule, *, quiet: bool
) -> None:
    """Refuse shares of an epoch that are not there; say where nothing is validated, or a schedule is cut short.

    Args:
        trainer: As configured.
        model: With its schedule.
        datamodule: After ``setup``.
        quiet: Say nothing.

    Raises:
        UsageError: Less than one batch would be trained on, or validation would come after more than an epoch has.
    """
    _check_scored_share(trainer, datamodule, "val")
    _check_scored_share(trainer, datamodule, "test")
    if trainer.is_global_zero and not quiet:
        _say_unvalidated(trainer)
    overfits = trainer.overfit_batches > 0  # type: ignore[attr-defined]
    if overfits or type(datamodule).train_dataloader is not ClassificationDataModule.train_dataloader:
        return
    batches = math.ceil(len(datamodule.samples("train")) / trainer.world_size / datamodule.batch_size)
    limit: Any = trainer.limit_train_batches
    if isinstance(limit, float):
        _check_share("limit_train_batches", limit, batches)
        batches = int(limit * batches)
    else:
        batches = min(limit, batches)
    _check_validation(trainer, batches)
    if trainer.is_global_zero and not quiet:
        _say_unfinished(trainer, model, batches)


def _say_unvalidated(trainer: Trainer) -> None:
    every, epochs = trainer.check_val_every_n_epoch, trainer.max_epochs
    if trainer.limit_val_batches == 0:
        why = "trainer.limit_val_batches 0"
    elif every is not None and epochs not in (None, -1) and every > epochs:
        why = f"trainer.check_val_every_n_epoch {every}, trainer.max_epochs {epochs}"
    else:
        return
    print(
        say(
            "No epoch is validated ({why}), so none is the best: the weights of the last one are tested.",
            "検証は行われません（{why}）。最良のエポックは選ばれず、最後のエポックの重みでテストします。",
            why=why,
        ),
        file=sys.stderr,
    )


def _check_scored_share(trainer: Trainer, datamodule: ClassificationDataModule, split: Literal["val", "test"]) -> None:
    """Look at the share of validation or test batches; 0 is none of them, on purpose."""
    overfits = trainer.overfit_batches > 0  # type: ignore[attr-defined]
    name = "overfit_batches" if overfits and split == "val" else f"limit_{split}_batches"
    limit: Any = getattr(trainer, name)
    if isinstance(limit, float) and limit > 0:
        samples = len(datamodule.samples(split)) / trainer.world_size
        _check_share(name, limit, math.ceil(samples / datamodule.eval_batch_size))


def _check_share(name: str, limit: float, batches: int) -> None:
    if int(limit * batches) < 1:
        raise UsageError(
            say(
                "trainer.{name}: {limit} of an epoch's {batches} batches is less than one; give at least {least}, or a "
                "whole number.",
                "trainer.{name}：{limit} は 1 エポック（{batches} バッチ）の 1 バッチにもなりません。"
                "{least} 以上か、整数を指定してください。",
                name=name,
                limit=limit,
                batches=batches,
                least=math.ceil(10_000 / batches) / 10_000,
            )
        )


def _check_validation(trainer: Trainer, batches: int) -> None:
    interval: Any = trainer.val_check_interval
    within_epoch = trainer.check_val_every_n_epoch is not None and trainer.limit_val_batches != 0
    if within_epoch and type(interval) is int and interval > batches:
        raise UsageError(
            say(
                "trainer.val_check_interval: {interval} is more than an epoch's {batches} batches; give at most "
                "{batches}, or set trainer.check_val_every_n_epoch to null.",
                "trainer.val_check_interval：{interval} は 1 エポックの {batches} バッチを超えています。"
                "{batches} 以下にするか、trainer.check_val_every_n_epoch を null にしてください。",
                interval=interval,
                batches=batches,
            )
        )


def _say_unfinished(trainer: Trainer, model: LightningModule, batches: int) -> None:
    """Say where OneCycleLR, the one schedule that is made for a length, would stop on its way."""
    optimization = optimization_of(model)
    if optimization is None or not isinstance(optimization.scheduler, OneCycleLR):
        return
    moves: Any = math.inf if trainer.max_epochs in (None, -1) else trainer.max_epochs
    if optimization.interval == "step":
        moves *= math.ceil(batches / trainer.accumulate_grad_batches)
        moves = moves if trainer.max_steps == -1 else min(moves, trainer.max_steps)
    total = optimization.scheduler.total_steps
    if moves < total:
        print(
            say(
                "lr_scheduler: OneCycleLR is made for {total} steps and makes {moves} in this training, so the rate "
                "does not come to its end; set lr_scheduler.total_steps to {moves}.",
                "lr_scheduler：OneCycleLR は {total} ステップ用ですが、この学習では {moves} ステップしか進みません。"
                "学習率は最後まで変化しません。lr_scheduler.total_steps を {moves} にしてください。",
                total=total,
                moves=moves,
            ),
            file=sys.stderr,
        )
