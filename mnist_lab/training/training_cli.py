"""LightningCLI as this package uses it: which classes, which defaults, which callbacks come along."""

from __future__ import annotations

import sys
from argparse import SUPPRESS
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import yaml
from jsonargparse.typing import PositiveInt
from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint, ProgressBar
from lightning.pytorch.cli import LightningArgumentParser, LightningCLI, SaveConfigCallback
from lightning.pytorch.utilities.exceptions import MisconfigurationException  # type: ignore[attr-defined]
from torch.optim import Optimizer

from mnist_lab.callbacks import CudaMemoryGuard, PredictionWriter, StepProgressBar, TrainingTimer
from mnist_lab.cli.configs import read_configs
from mnist_lab.cli.parse_errors import one_line, parse_or_explain
from mnist_lab.data import ClassificationDataModule
from mnist_lab.errors import UsageError
from mnist_lab.models import Classifier
from mnist_lab.training.checkpoints import NEWEST, check_fits, find_checkpoint

LOG_DIR = "tb_logs"
PREDICTIONS = "predictions.csv"
PICTURE = "class_samples.png"
_TRAINERS_OWN: dict[str, type] = {"ckpt_path": str, "weights_only": bool}

TRAINER_DEFAULTS: dict[str, Any] = {
    "max_epochs": 5,
    "devices": 1,
    "default_root_dir": LOG_DIR,
    # The layer table with its formulas takes the place of Lightning's.
    "enable_model_summary": False,
}


class SaveRunConfig(SaveConfigCallback):
    """Leaves ``config.yaml`` in the run's folder; without a logger there is no such folder."""

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Save, where there is a place to save to."""
        folder = trainer.log_dir  # asks all processes, so all of them have to ask
        if stage == "fit" and folder and trainer.loggers:
            self._folder = Path(folder)
            super().setup(trainer, pl_module, stage)

    def save_config(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Write the file in UTF-8; jsonargparse would write it in the locale's encoding."""
        self._folder.mkdir(parents=True, exist_ok=True)
        text = self.parser.dump(self.config, skip_none=False, format="yaml")
        (self._folder / self.config_filename).write_text(text, encoding="utf-8")


class TrainingCLI(LightningCLI):
    """Parses one command and builds model, data and trainer; subclasses say what happens around the run."""

    def __init__(self, command: str, args: Sequence[str]) -> None:
        """Parse and build; run as well where the command is one of the trainer's.

        Args:
            command: fit, validate, test or predict; for any other command nothing is run.
            args: What stands behind it on the command line.

        Raises:
            UsageError: The arguments or the configs make no sense.
        """
        self._command = command
        runs = command in LightningCLI.subcommands()
        given = [arg.partition("=")[0].removeprefix("--") for arg in args]
        if not runs and (name := next((name for name in given if name in _TRAINERS_OWN), None)):
            raise UsageError(f"There is no option '{name}'. --help lists all.")
        strict = {"exit_on_error": False, "allow_abbrev": False}
        self._args = [*([command] if runs else []), *read_configs(args)]
        super().__init__(
            Classifier,
            ClassificationDataModule,
            subclass_mode_model=True,
            save_config_callback=SaveRunConfig,
            save_config_kwargs={"save_to_log_dir": False},
            trainer_defaults=TRAINER_DEFAULTS,
            seed_everything_default=0,
            parser_kwargs={**strict, **({command: dict(strict)} if runs else {})},
            run=runs,
        )

    def subcommands(self) -> dict[str, set[str]]:  # type: ignore[override]
        """Return the one command at hand: building the parsers of all four takes seconds."""
        return {name: skip for name, skip in LightningCLI.subcommands().items() if name == self._command}

    def add_arguments_to_parser(self, parser: LightningArgumentParser) -> None:
        """Link the model's shape to the data's, and set this package's defaults."""
        for name in ("input_shape", "num_classes"):
            parser.link_arguments(f"data.{name}", f"model.init_args.{name}", apply_on="instantiate")
        parser.add_argument(
            "--lr_interval",
            type=Literal["epoch", "step"],
            default="epoch",
            help="When the learning rate schedule moves on: after each epoch, or after each optimizer step.",
        )
        # What only other commands look at: each has to take the config that fit leaves in a run's folder.
        if not self.subcommands():
            for name, kind in _TRAINERS_OWN.items():
                parser.add_argument(f"--{name}", type=kind | None, default=None, help=SUPPRESS)
        parser.add_argument(
            "--steps_per_execution",
            type=PositiveInt | None,
            default=None,
            help="fit: optimizer steps to one call of Lightning's loop; the results are the same. null: as many as "
            "trainer.log_every_n_steps; 1: one by one.",
        )
        if self._command == "data":
            parser.add_argument("--picture", type=str, default=PICTURE, help="The picture to write (.png, .svg, .pdf).")
        if self._command == "predict":
            parser.add_argument("--predictions", type=str, default=PREDICTIONS, help="The CSV file to write.")
        parser.set_defaults({"data.source": {"class_path": "MNIST"}, "data.fallback": {"class_path": "Digits"}})

    def parse_arguments(self, parser: LightningArgumentParser, args: Any) -> None:
        """Parse the arguments given to the constructor.

        Raises:
            UsageError: They make no sense.
        """
        self.config = parse_or_explain(parser, self.option_names, self._args)

    def _set_seed(self) -> None:
        try:
            super()._set_seed()
        except ValueError as error:
            raise UsageError(f"seed_everything: {error}.") from error

    def option_names(self) -> list[str]:
        """Return all options of the command, without dashes."""
        parser = self._subcommand_parsers[self._command] if self.subcommands() else self.parser
        options = [option for action in parser._actions for option in action.option_strings]
        return [
            option.removeprefix("--") for option in options if option.startswith("--") and not option.endswith(".help")
        ]

    def instantiate_classes(self) -> None:
        """Build data, model, optimizer and trainer.

        Raises:
            UsageError: One of them refuses its arguments.
        """
        try:
            super().instantiate_classes()
        except (ValueError, TypeError, MisconfigurationException) as error:
            raise UsageError(one_line(str(error))) from error

    def instantiate_trainer(self, **kwargs: Any) -> Trainer:
        """Build the trainer with this package's callbacks, except where the user brought one of the kind."""
        config = self.settings_of("trainer")
        given = config.get("callbacks") or []
        given = given if isinstance(given, list) else [given]
        if config.get("enable_progress_bar") is None:
            kwargs["enable_progress_bar"] = any(isinstance(callback, ProgressBar) for callback in given) or (
                sys.stdout.isatty()
            )
        else:
            kwargs["enable_progress_bar"] = config["enable_progress_bar"]
        ours = [
            callback
            for callback in self.default_callbacks(kwargs["enable_progress_bar"], config.get("enable_checkpointing"))
            if not any(isinstance(other, _kind(callback)) for other in given)
        ]
        kwargs["callbacks"] = [*ours, *given]
        if config.get("logger") in (None, True):
            # The run's folder carries the name of the data, which is known only once they are there.
            kwargs["logger"] = False
        return super().instantiate_trainer(**kwargs)

    def default_callbacks(self, progress_bar: bool, checkpointing: bool | None) -> list[Callback]:
        """Return what comes along; the timer is first, so that others' work is not counted."""
        callbacks: list[Callback] = []
        if self._command in LightningCLI.subcommands():
            callbacks.append(CudaMemoryGuard())
        if self._command == "fit":
            callbacks.insert(0, TrainingTimer())
            if checkpointing is not False:
                callbacks += checkpoints()
        if self._command == "predict":
            callbacks.append(PredictionWriter(Path(self.settings_of("predictions")), self.datamodule.class_names))
        if progress_bar:
            callbacks.append(StepProgressBar())
        return callbacks

    def before_validate(self) -> None:
        """Get everything ready."""
        self.prepare()

    before_test = before_predict = before_validate

    def prepare(self) -> None:
        """Look at all that can be wrong before the trainer starts: the GPU, the data, the checkpoint.

        Raises:
            MnistLabError: Something is wrong.
        """
        for callback in self.trainer.callbacks:  # type: ignore[attr-defined]
            if isinstance(callback, CudaMemoryGuard):
                callback.check_requirements()
        asked = self.settings_of("ckpt_path")
        if asked is None and self._command != "fit":
            raise UsageError(
                f"--ckpt_path is missing: {self._command} needs trained weights; give a .ckpt file, or 'last' or "
                "'best' of the newest run."
            )
        if asked is not None and asked not in NEWEST:
            self._use_checkpoint(str(asked))
        self.datamodule.prepare_data()
        self.datamodule.setup(self._command)
        if asked in NEWEST:
            self._use_checkpoint(asked)

    def _use_checkpoint(self, asked: str) -> None:
        path = find_checkpoint(
            asked, Path(self.trainer.default_root_dir), type(self.model).__name__, self.datamodule.dataset_name
        )
        check_fits(path, self.model)
        self.config_init[self._command]["ckpt_path"] = str(path)

    def _parse_ckpt_path(self) -> None:
        """Leave the config as it is: Lightning would put the checkpoint's model in the place of the config's."""

    def settings_of(self, key: str) -> Any:
        """Return one entry of the parsed and instantiated configuration."""
        return self._get(self.config_init, key)

    def plain_settings(self) -> dict[str, Any]:
        """Return the whole configuration, defaults included, as plain values."""
        text = self._parser(self.subcommand).dump(
            self.config.get(self._command, self.config), skip_none=False, format="yaml"
        )
        settings: dict[str, Any] = yaml.safe_load(text)
        settings.pop("config", None)
        return settings

    def configure_optimizers(  # type: ignore[override]
        self, lightning_module: LightningModule, optimizer: Optimizer, lr_scheduler: Any = None
    ) -> Any:
        """Return optimizer and schedule, moved on as often as ``--lr_interval`` says."""
        if lr_scheduler is None:
            return optimizer
        schedule: dict[str, Any] = {"scheduler": lr_scheduler, "interval": self.settings_of("lr_interval")}
        if hasattr(lr_scheduler, "monitor"):
            schedule["monitor"] = lr_scheduler.monitor
        return {"optimizer": optimizer, "lr_scheduler": schedule}


def checkpoints() -> list[Callback]:
    """Return what keeps the epoch with the best validation accuracy, and the last epoch.

    ``ModelCheckpoint(save_last=True)`` would renew ``last.ckpt`` only in epochs that are the best so far.
    """
    best = ModelCheckpoint(
        filename="epoch={epoch}-val_accuracy={val/accuracy:.4f}",
        auto_insert_metric_name=False,
        monitor="val/accuracy",
        mode="max",
    )
    return [best, ModelCheckpoint(filename="last", enable_version_counter=False)]


def _kind(callback: Callback) -> type[Callback]:
    """Return the class that a user's callback must have to take this one's place."""
    return ProgressBar if isinstance(callback, ProgressBar) else type(callback)
