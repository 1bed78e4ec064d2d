"""``lightning fit``: trains, validates each epoch, tests the best checkpoint, and says what came out."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import torch
from lightning.pytorch import Callback
from lightning.pytorch.loggers import TensorBoardLogger
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mnist_lab.callbacks import CudaMemoryGuard, RunRecorder, TensorBoardPages, TrainingTimer
from mnist_lab.errors import UsageError
from mnist_lab.loops.memory_allocator import keep_freed_memory
from mnist_lab.loops.single_steps import group_steps, why_not_grouped, why_not_with
from mnist_lab.models import Classifier
from mnist_lab.models.summary import render, summarize
from mnist_lab.runs.record import RunRecord
from mnist_lab.runs.run_folder import run_name, run_version
from mnist_lab.training.checkpoints import check_resumes, optimizer_of
from mnist_lab.training.monitors import check_monitors
from mnist_lab.training.run_facts import device_facts, headline_settings, versions
from mnist_lab.training.training_cli import TrainingCLI

_LEAST = {
    "min_epochs": 0,
    "min_steps": 0,
    "check_val_every_n_epoch": 1,
    "log_every_n_steps": 0,
    "accumulate_grad_batches": 1,
    "gradient_clip_val": 0,
}
DEFAULT_STEPS = 50  # to a call, where the trainer's log_every_n_steps is 0


class FitCLI(TrainingCLI):
    """The command ``fit``; the run's folder is made only when everything that can be wrong has been looked at."""

    def __init__(self, args: Sequence[str], *, callbacks: Sequence[Callback] = (), quiet: bool = False) -> None:
        """Run the command.

        Args:
            args: What stands behind ``fit``.
            callbacks: More callbacks, for a command that trains several times.
            quiet: Print no tables and no progress bar.

        Raises:
            MnistLabError: Something the user can mend.
        """
        self._more_callbacks = list(callbacks)
        self._quiet = quiet
        super().__init__("fit", [*args, "--trainer.enable_progress_bar", "false"] if quiet else args)

    def before_instantiate_classes(self) -> None:
        """Choose the optimizer's fused implementation where there is one and the user has not chosen."""
        optimizer = self.config[self._command].get("optimizer")
        settings = optimizer.get("init_args") if optimizer else None
        if settings is not None and settings.get("fused", False) is None and not settings.get("foreach"):
            settings["fused"] = not settings.get("differentiable")

    def before_fit(self) -> None:
        """Get everything ready: data, optimizer, checkpoint to go on from, then the folder and what is kept in it."""
        self.check_optimizer()
        self.check_schedule()
        self.check_numbers()
        self.prepare()
        checkpoint = self.settings_of("ckpt_path")
        if checkpoint is not None:
            check_resumes(Path(checkpoint), self.model, self.trainer.max_epochs)
        data = self.datamodule.dataset_name
        name = type(self.model).__name__
        root = Path(self.trainer.default_root_dir)
        if self.settings_of("trainer").get("logger") in (None, True) and not self.trainer.fast_dev_run:  # type: ignore[attr-defined]
            check_writable(root)
            folder = run_name(name, data)
            version = run_version(root, folder, datetime.now())
            self.trainer.logger = TensorBoardLogger(root, name=folder, version=version, default_hp_metric=False)
        self.group_steps()
        keep_freed_memory()
        if self.trainer.strategy.root_device.type == "cpu":
            # Lightning sets it, and each step of an optimizer would look for NVIDIA's library again.
            os.environ.pop("PYTORCH_NVML_BASED_CUDA_CHECK", None)
        layers = summarize(self.model.network, name, self.datamodule.input_shape, self.datamodule.batch_size)
        if self.trainer.is_global_zero and not self._quiet:
            Console(highlight=False).print(render(layers))
        settings = self.plain_settings()
        self.recorder = RunRecorder(
            RunRecord(
                model=name,
                data=self.datamodule.describe().to_dict(),
                settings=settings,
                parameters=layers.parameters,
                layers=[asdict(row) for row in layers.rows],
                versions=versions(),
                device=device_facts(self.trainer.strategy.root_device, str(self.trainer.precision)),
                started=datetime.now().astimezone().isoformat(timespec="seconds"),
                resumed_from=checkpoint,
            )
        )
        self.pages = TensorBoardPages(headline_settings(settings, data))
        self.trainer.callbacks += [self.pages, self.recorder, *self._more_callbacks]  # type: ignore[attr-defined]
        if self.settings_of("trainer").get("deterministic") is None:
            torch.backends.cudnn.deterministic = True

    def check_optimizer(self) -> None:
        """Refuse what cannot train these models.

        Raises:
            UsageError: The optimizer is SparseAdam.
        """
        optimizer = self.settings_of("optimizer")
        if optimizer and optimizer["class_path"].endswith(".SparseAdam"):
            raise UsageError(
                "--optimizer SparseAdam works on sparse gradients (of embeddings made with sparse=True) only; those "
                f"of {type(self.model).__name__} are dense. Use Adam or AdamW."
            )

    def check_numbers(self) -> None:
        """Refuse numbers that Lightning takes without a word and that make no sense.

        Raises:
            UsageError: One of them is too low.
        """
        trainer = self.plain_settings()["trainer"]
        for name, least in _LEAST.items():
            value = trainer.get(name)
            if isinstance(value, (int, float)) and value < least:
                raise UsageError(f"trainer.{name}: {value} is too low; give {least} or more.")

    def group_steps(self) -> None:
        """Let Lightning's loop take several steps to a call, unless something has to look at each step."""
        asked = self.settings_of("steps_per_execution")
        if asked == 1 or self.trainer.log_every_n_steps == 1:  # type: ignore[attr-defined]
            return
        reason = why_not_grouped(self.trainer, self.model, safe=(TrainingTimer, CudaMemoryGuard))
        if reason is None and type(self.model).training_step is not Classifier.training_step:
            reason = f"{type(self.model).__name__} has a training_step of its own"
        schedule = self.settings_of("lr_scheduler")
        if self.settings_of("lr_interval") == "step" and schedule and "ReduceLROnPlateau" in schedule["class_path"]:
            reason = reason or "ReduceLROnPlateau is asked after each step"
        reason = reason or why_not_with(optimizer_of(self.model))
        if reason is not None:
            if self.trainer.is_global_zero and not self._quiet:
                print(f"One step at a time, which is slower: {reason}.", file=sys.stderr)
            return
        self.datamodule.batches_per_block = asked or self.trainer.log_every_n_steps or DEFAULT_STEPS  # type: ignore[attr-defined]
        group_steps(self.trainer)

    def check_schedule(self) -> None:
        """Refuse scores to watch that are never logged.

        Raises:
            UsageError: The schedule or a callback watches one.
        """
        optimizers = self.model.configure_optimizers()
        schedule = optimizers["lr_scheduler"]["scheduler"] if isinstance(optimizers, dict) else None
        check_monitors(self.trainer.callbacks, schedule)  # type: ignore[attr-defined]

    def after_fit(self) -> None:
        """Test the best checkpoint and print what came out."""
        if self.trainer.fast_dev_run:  # type: ignore[attr-defined]
            return
        best = getattr(self.trainer.checkpoint_callback, "best_model_path", "") or None
        self.trainer.test(self.model, datamodule=self.datamodule, ckpt_path=best, weights_only=True, verbose=False)
        self.pages.close(self.trainer, succeeded=True)
        self.recorder.finish(self.trainer, "completed")
        if self.trainer.is_global_zero and not self._quiet:
            Console(highlight=False).print(self.result_table())

    def result_table(self) -> Table:
        """Return what the run came to."""
        record = self.recorder.record
        table = Table(title="Result", title_justify="left", show_header=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        epochs = len(record.epochs)
        rows = {
            "model": record.model,
            "parameters": f"{record.parameters:,}",
            "data": record.data["name"],
            "epochs": str(epochs),
            "training time [s]": _number(record.train_s, ".2f"),
            "time per epoch [s]": _number(self.epoch_s(), ".3f"),
            "test accuracy [%]": _number(record.test_accuracy and record.test_accuracy * 100, ".2f"),
        }
        if record.data["fell_back"]:
            rows["data"] += f" (stands in for {record.data['requested_name']}, which is missing)"
        if self.recorder.folder is not None:
            rows["logs"] = str(self.recorder.folder)
        if any(isinstance(logger, TensorBoardLogger) for logger in self.trainer.loggers):
            rows["look at them with"] = f"tensorboard --logdir {self.trainer.default_root_dir}"
        for heading, value in rows.items():
            table.add_row(Text(heading), Text(value))
        return table

    def epoch_s(self) -> float | None:
        """Return the mean training time of this run's epochs in seconds."""
        times = [epoch.epoch_s for epoch in self.recorder.record.epochs if epoch.epoch_s is not None]
        return sum(times) / len(times) if times else None


def check_writable(root: Path) -> None:
    """Make the log directory.

    Raises:
        UsageError: It cannot be made.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"trainer.default_root_dir: {root} cannot be a folder for logs: {error.strerror or error}; name another."
        ) from error


def _number(value: float | None, spec: str) -> str:
    return "not known" if value is None else format(value, spec)
