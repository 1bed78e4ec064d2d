"""A training looked at before it begins; ``compare`` and ``sweep`` do so for every config before they train any."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.accelerators import CPUAccelerator
from lightning.pytorch.callbacks import Timer
from torch.optim import Optimizer, SparseAdam
from torch.optim.lr_scheduler import CosineAnnealingLR, ExponentialLR, MultiStepLR, StepLR

from mnist_lab.errors import UsageError
from mnist_lab.language import say
from mnist_lab.training.callback_checks import check_callbacks
from mnist_lab.training.first_process import starts_the_others
from mnist_lab.training.monitors import check_monitors
from mnist_lab.training.mps import check_mps
from mnist_lab.training.optimizers import optimization_of
from mnist_lab.training.threads import check_threads
from mnist_lab.training.training_cli import TrainingCLI

_LEAST = {
    "min_epochs": 0,
    "min_steps": 0,
    "check_val_every_n_epoch": 1,
    "log_every_n_steps": 0,
    "accumulate_grad_batches": 1,
    "gradient_clip_val": 0,
}
_LEAST_OF_SCHEDULES = (
    (StepLR, "step_size", 1),
    (CosineAnnealingLR, "T_max", 1),
    ((StepLR, MultiStepLR, ExponentialLR), "gamma", 0),
)
# More processes than cores are slow; so few of them do no harm.
_HARMLESS_PROCESSES = 4
_PRECISIONS = ("32-true", "16-mixed", "bf16-mixed")


def check_training(trainer: Trainer, model: LightningModule, settings: Mapping[str, Any]) -> None:
    """Refuse what Lightning would take and what cannot train, or would fail after an epoch.

    Args:
        trainer: As configured.
        model: With its optimizer.
        settings: The whole configuration as plain values.

    Raises:
        UsageError: The optimizer needs sparse gradients, the device lacks a kernel, a score that is watched is never
            logged, a callback lacks what it needs, the precision does not suit the data, or a number is too low.
    """
    optimization = optimization_of(model)
    if optimization is not None and isinstance(optimization.optimizer, SparseAdam):
        raise UsageError(
            say(
                "--optimizer SparseAdam works on sparse gradients (of embeddings made with sparse=True) only; those "
                "of {kind} are dense. Use Adam or AdamW.",
                "--optimizer：SparseAdam は疎な勾配（sparse=True の埋め込み層）専用ですが、{kind} の勾配は密です。"
                "Adam か AdamW を使ってください。",
                kind=type(model).__name__,
            )
        )
    _check_machines(trainer)
    _check_processes(trainer)
    check_mps(trainer.strategy.root_device, model, optimization.optimizer if optimization else None)
    callbacks = trainer.callbacks  # type: ignore[attr-defined]
    check_monitors(callbacks, optimization.scheduler if optimization else None)
    numbers = settings.get("trainer", {})
    check_callbacks(callbacks, model, logs=numbers.get("logger") is not False)
    if optimization is not None:
        _check_schedule(optimization.scheduler)
        _check_clipping(trainer, optimization.optimizer)
    if str(trainer.precision) not in _PRECISIONS:
        raise UsageError(
            say(
                "trainer.precision: {precision} does not suit the data, which come in 32 bit; give one of {allowed}.",
                "trainer.precision：データは 32 ビットのため、{precision} は使えません。{allowed} のいずれかを指定して"
                "ください。",
                precision=trainer.precision,
                allowed=", ".join(_PRECISIONS),
            )
        )
    _check_amount(trainer, numbers)
    _check_time(callbacks, numbers.get("max_time"))


def _check_machines(trainer: Trainer) -> None:
    """Refuse several machines where nothing tells them apart: each would wait for the others without end."""
    if trainer.num_nodes > 1 and starts_the_others(trainer) and not {"MASTER_ADDR", "NODE_RANK"} <= set(os.environ):
        raise UsageError(
            say(
                "trainer.num_nodes: {number} machines are asked for, and nothing says which one this is; start it on "
                "each with torchrun or SLURM, or set MASTER_ADDR, MASTER_PORT and NODE_RANK.",
                "trainer.num_nodes：{number} 台のコンピューターが指定されていますが、これが何台目かわかりません。"
                "各コンピューターで torchrun か SLURM から実行するか、MASTER_ADDR、MASTER_PORT、NODE_RANK を設定して"
                "ください。",
                number=trainer.num_nodes,
            )
        )


def _check_processes(trainer: Trainer) -> None:
    """Refuse processes without number on a CPU: each is a Python with torch in it, and a thousand fill the memory."""
    cores = os.cpu_count() or 1
    most = max(cores, _HARMLESS_PROCESSES)
    if isinstance(trainer.accelerator, CPUAccelerator) and trainer.num_devices > most:
        raise UsageError(
            say(
                "trainer.devices: {number} processes are too many for {cores} processor cores; give {most} or fewer.",
                "trainer.devices：プロセッサのコア数 {cores} に対して、{number} プロセスは多すぎます。{most} 以下を"
                "指定してください。",
                number=trainer.num_devices,
                cores=cores,
                most=most,
            )
        )


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
    check_threads(cli.settings_of("threads"))
    trainer = settings["trainer"]
    if trainer.get("max_epochs") == -1 and trainer.get("max_steps") == -1 and trainer.get("max_time") is None:
        raise UsageError(
            say(
                "trainer.max_epochs: -1 trains without end, so nothing would follow; give a number of epochs.",
                "trainer.max_epochs：-1 では学習が終わらず、次に進めません。エポック数を指定してください。",
            )
        )
    return cli


def _check_amount(trainer: Trainer, numbers: Mapping[str, Any]) -> None:
    """Refuse numbers of epochs, steps and batches that train nothing, or that Lightning divides by.

    Args:
        trainer: As configured.
        numbers: Its settings, as they were given.
    """
    for name in ("max_epochs", "max_steps", "limit_train_batches"):
        if getattr(trainer, name) == 0:
            raise UsageError(
                say(
                    "trainer.{name}: 0 trains nothing; give 1 or more.",
                    "trainer.{name}：0 では何も学習しません。1 以上を指定してください。",
                    name=name,
                )
            )
    if trainer.val_check_interval == 0:
        raise UsageError(
            say(
                "trainer.val_check_interval: 0 is no interval; give a share of an epoch (0.5) or a number of batches; "
                "for no validation, trainer.limit_val_batches 0.",
                "trainer.val_check_interval：0 は間隔になりません。エポックに対する割合（0.5 など）かバッチ数を指定して"
                "ください。検証を行わない場合は trainer.limit_val_batches を 0 にしてください。",
            )
        )
    for name, least in _LEAST.items():
        value = numbers.get(name)
        if isinstance(value, (int, float)) and value < least:
            raise UsageError(
                say(
                    "trainer.{name}: {value} is too low; give {least} or more.",
                    "trainer.{name}：{value} は小さすぎます。{least} 以上を指定してください。",
                    name=name,
                    value=value,
                    least=least,
                )
            )


def _check_time(callbacks: Iterable[Callback], max_time: Any) -> None:
    """Refuse a time that is over before the first step; the trainer's own is a Timer as well."""
    for timer in callbacks:
        left = timer.time_remaining() if isinstance(timer, Timer) else None
        if isinstance(timer, Timer) and left is not None and left + timer.time_elapsed() <= 0:
            raise UsageError(
                say(
                    "{name}: {value} trains nothing; give a time above 0, such as 00:00:10:00 for ten minutes.",
                    "{name}：{value} では何も学習しません。00:00:10:00（10 分）のような 0 より長い時間を指定して"
                    "ください。",
                    name="trainer.callbacks: the duration of Timer" if max_time is None else "trainer.max_time",
                    value=f"{left:g} s" if max_time is None else max_time,
                )
            )


def _check_schedule(scheduler: Any | None) -> None:
    """Refuse schedules that torch takes and that divide by zero, or turn the learning rate's sign."""
    for kind, name, least in _LEAST_OF_SCHEDULES:
        value = getattr(scheduler, name, None) if isinstance(scheduler, kind) else None
        if value is not None and not value >= least:
            raise UsageError(
                say(
                    "lr_scheduler.{name}: {value} is too low for {kind}; give {least} or more.",
                    "lr_scheduler.{name}：{kind} に対して {value} は小さすぎます。{least} 以上を指定してください。",
                    name=name,
                    value=value,
                    kind=type(scheduler).__name__,
                    least=least,
                )
            )


def _check_clipping(trainer: Trainer, optimizer: Optimizer) -> None:
    fused = any(group.get("fused") for group in optimizer.param_groups)
    if fused and trainer.gradient_clip_val and str(trainer.precision).endswith("-mixed"):
        raise UsageError(
            say(
                "trainer.gradient_clip_val: with precision {precision} the gradients of a fused optimizer cannot be "
                "clipped; set optimizer.fused to false.",
                "trainer.gradient_clip_val：精度 {precision} では、fused オプティマイザの勾配をクリップできません。"
                "optimizer.fused を false にしてください。",
                precision=trainer.precision,
            )
        )
