"""LightningCLI as this package uses it: a command's arguments parsed, and built into data, model and trainer."""

from __future__ import annotations

import sys
from argparse import SUPPRESS
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import yaml
from jsonargparse import Namespace
from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.accelerators import CUDAAccelerator
from lightning.pytorch.callbacks import ModelCheckpoint, ProgressBar
from lightning.pytorch.callbacks.timer import Interval
from lightning.pytorch.cli import LightningArgumentParser, LightningCLI, SaveConfigCallback
from torch.optim import Optimizer

from mnist_lab.atomic_write import write_atomically
from mnist_lab.callbacks import CudaMemoryGuard, ScoreCurves, StepProgressBar, TrainingTimer
from mnist_lab.cli.configs import read_configs
from mnist_lab.cli.parse_errors import no_group, no_option, parse_or_explain
from mnist_lab.cli.parser_mode import parser_mode
from mnist_lab.data import ClassificationDataModule
from mnist_lab.errors import MnistLabError, UsageError
from mnist_lab.language import say
from mnist_lab.models import Classifier, OwnNetwork
from mnist_lab.models.forward_check import check_forward
from mnist_lab.runs.trained_on import OF_OWN_NETWORKS
from mnist_lab.seams.jsonargparse_seam import option_names
from mnist_lab.seams.lightning_seam import add_optimizer_method
from mnist_lab.training.checkpoints import best_and_last
from mnist_lab.training.command_options import add_loss_options, add_options_of, add_shared_options
from mnist_lab.training.data_as_trained import made_as_named
from mnist_lab.training.model_class import (
    FROM_DATA,
    check_needed,
    folders_of,
    is_ones_own,
    plain_networks,
)
from mnist_lab.training.mps import may_train_on_mps
from mnist_lab.training.network_parser import NetworkParser
from mnist_lab.training.numbers import check_numbers
from mnist_lab.training.refusals import refusal_of
from mnist_lab.training.replaced_models import with_one_model

LOG_DIR = "tb_logs"
_TRAINERS_OWN: dict[str, type] = {"ckpt_path": str, "weights_only": bool}
# What of it other commands have as well.
_ALSO_OF = {"layers": ("ckpt_path",), "page": ("ckpt_path",)}
_LARGEST_SEED = 2**32 - 1
_SCORING = ("validate", "test", "predict", *_ALSO_OF)
# What has no part in a run.
_NO_SETTINGS = ("config", "language")

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
        write_atomically(self._folder / self.config_filename, text.encode())


class TrainingCLI(LightningCLI):
    """One command's arguments, and what they build: ``model``, ``datamodule``, ``trainer``. It runs nothing.

    Of Lightning's own subcommands only the arguments are taken: building the parsers of all four takes seconds.
    """

    def __init__(self, command: str, args: Sequence[str], *, quiet: bool = False) -> None:
        """Parse and build.

        Args:
            command: What they are the arguments of: ``fit``, ``summary``, ``page`` and so on.
            args: What stands behind it on the command line.
            quiet: Have no progress bar, whatever the arguments say.

        Raises:
            UsageError: The arguments or the configs make no sense.
        """
        self.command = command
        self._trains = command in LightningCLI.subcommands()
        self._quiet = quiet
        given = [arg.partition("=")[0].removeprefix("--") for arg in args]
        foreign = [] if self._trains else [name for name in _TRAINERS_OWN if name not in _ALSO_OF.get(command, ())]
        if name := next((name for name in given if name in foreign), None):
            raise UsageError(no_option(name))
        read = read_configs([*args, *(["--trainer.enable_progress_bar", "false"] if quiet else [])])
        self._args, self._notes = with_one_model(read)
        self._plain_networks = plain_networks(self._args, folders_of(args))
        # Timer's own interval is one, which PyYAML cannot write.
        yaml.SafeDumper.add_representer(Interval, lambda dumper, value: dumper.represent_str(str(value.value)))
        super().__init__(
            Classifier,
            ClassificationDataModule,
            subclass_mode_model=True,
            save_config_callback=SaveRunConfig,
            save_config_kwargs={"save_to_log_dir": False},
            trainer_defaults=TRAINER_DEFAULTS,
            seed_everything_default=0,
            parser_class=NetworkParser,
            parser_kwargs={
                "exit_on_error": False,
                "allow_abbrev": False,
                "prog": f"lightning {command}",
                "parser_mode": parser_mode(),
            },
            run=False,
        )

    def init_parser(self, **kwargs: Any) -> LightningArgumentParser:
        """Return a parser that knows the plain networks."""
        parser = cast("NetworkParser", super().init_parser(**kwargs))
        parser.plain_networks = self._plain_networks
        return parser

    def add_arguments_to_parser(self, parser: LightningArgumentParser) -> None:
        """Link the model's shape to the data's, and set this package's defaults."""
        for name in FROM_DATA:
            if name == "input_shape" and self.command in _SCORING:
                parser.link_arguments("data", f"model.init_args.{name}", self._input_shape, apply_on="instantiate")
            else:
                parser.link_arguments(f"data.{name}", f"model.init_args.{name}", apply_on="instantiate")
        add_shared_options(parser)
        if self._plain_networks:
            add_loss_options(parser)
        if self._trains:
            parser.add_method_arguments(Trainer, self.command, skip=set(LightningCLI.subcommands()[self.command]))
        else:
            # What only other commands look at: each has to take the config that fit leaves in a run's folder.
            for name, kind in _TRAINERS_OWN.items():
                parser.add_argument(f"--{name}", type=kind | None, default=None, help=SUPPRESS)
        add_options_of(self.command, parser)
        parser.set_defaults({"data.source": {"class_path": "MNIST"}, "data.fallback": {"class_path": "Digits"}})

    def _input_shape(self, datamodule: ClassificationDataModule) -> tuple[int, ...]:
        """Return the shape of a sample; where a checkpoint is to be scored, as its network learned to see it."""
        if self.command in _SCORING:
            made_as_named(datamodule, self.config.get("ckpt_path"))
        return datamodule.input_shape

    def parse_arguments(self, parser: LightningArgumentParser, args: Any) -> None:
        """Parse the arguments given to the constructor.

        Raises:
            UsageError: They make no sense.
        """
        self.config = parse_or_explain(parser, lambda: list(option_names(parser)), self._args)
        for group in ("trainer", "data"):
            if not isinstance(self.config[group], Namespace):
                raise UsageError(no_group(group, self.config[group]))
        seed = self.config["seed_everything"]
        if seed is None or (not isinstance(seed, bool) and not 0 <= seed <= _LARGEST_SEED):
            raise UsageError(
                say(
                    "seed_everything: {seed} is no seed; give 0 to {most}.",
                    "seed_everything：{seed} はシードにできません。0 から {most} を指定してください。",
                    seed="null" if seed is None else seed,
                    most=_LARGEST_SEED,
                )
            )

    def before_instantiate_classes(self) -> None:
        """Look at the numbers, and choose the optimizer's fused implementation where the user has not chosen.

        Not where gradients are clipped in mixed precision: a fused optimizer unscales them itself, after the clipping.
        Not Adagrad's on a GPU: on a Mac's there is none, and CUDA's wants the number of steps on the GPU, which Adagrad
        makes at once, on the CPU, and Lightning leaves there.

        Raises:
            UsageError: A number is none that could be trained with.
        """
        check_numbers(self.config)
        check_needed(self.config["model"], self._plain_networks)
        optimizer = self.config["optimizer"]
        settings = optimizer.get("init_args") if optimizer else None
        if settings is not None and settings.get("fused", False) is None and not settings.get("foreach"):
            trainer = self.config["trainer"]
            clips_scaled = trainer.get("gradient_clip_val") and str(trainer.get("precision")).endswith("-mixed")
            on_gpu = may_train_on_mps(trainer.get("accelerator")) or may_train_on_cuda(trainer.get("accelerator"))
            lacks = optimizer["class_path"].endswith("Adagrad") and on_gpu
            settings["fused"] = not (settings.get("differentiable") or clips_scaled or lacks)

    def instantiate_classes(self) -> None:
        """Build data, model, optimizer and trainer.

        Raises:
            UsageError: One of them refuses its arguments, or one's own network fails to be built.
        """
        try:
            self.config_init = self.parser.instantiate_classes(self.config)
            self.datamodule, self.model = self.settings_of("data"), self._classifier()
            if self.command != "data" and is_ones_own(self.model.network_class()):
                check_forward(self.model.shown_network(), self.datamodule.input_shape, self.model.num_classes)
            add_optimizer_method(self)
            self.trainer = self.instantiate_trainer()
        except Exception as error:
            if isinstance(error.__cause__, MnistLabError):
                raise error.__cause__ from error  # jsonargparse puts words of its own before what a link says
            refusal = None if isinstance(error, MnistLabError) else refusal_of(error)
            if refusal is None:
                raise
            raise UsageError(refusal) from error
        self._check_linked()

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
            for callback in self._callbacks(kwargs["enable_progress_bar"], config.get("enable_checkpointing"))
            if not any(isinstance(other, _kind(callback)) for other in given)
        ]
        kwargs["callbacks"] = [*ours, *given]
        if self.makes_run_folder:
            # The run's folder carries the name of the data, which is known only once they are there.
            kwargs["logger"] = False
        return super().instantiate_trainer(**kwargs)

    def _classifier(self) -> Classifier:
        """Return the model; a plain network with what trains it around it.

        Raises:
            UsageError: A loss is given in the wrong place.
        """
        model = self.settings_of("model")
        if isinstance(model, Classifier):
            self._check_no_loss_beside()
            return model
        return OwnNetwork(
            model,
            self._input_shape(self.settings_of("data")),
            self.settings_of("data").num_classes,
            self.settings_of("loss"),
            self.settings_of("label_smoothing"),
        )

    def _check_no_loss_beside(self) -> None:
        """Refuse the loss of one's own network where the model that is left in the end has one of its own.

        Raises:
            UsageError: It was set.
        """
        for name in OF_OWN_NETWORKS if self._plain_networks else ():
            if self.settings_of(name) not in (None, self.parser.get_default(name)):
                raise UsageError(
                    say(
                        "{name}: {model} has this among its own arguments; give --model.{name}.",
                        "{name}：{model} では、モデル自身の引数です。--model.{name} で指定してください。",
                        name=name,
                        model=type(self.settings_of("model")).__name__,
                    )
                )

    def _check_linked(self) -> None:
        """Refuse a shape of the model's that is not the data's: the data's is what it was built with.

        Raises:
            UsageError: They differ.
        """
        given = self.config["model"].get("init_args") or {}
        for name in FROM_DATA:
            asked, here = given.get(name), getattr(self.datamodule, name)
            if asked is not None and (list(asked) != list(here) if name == "input_shape" else asked != here):
                raise UsageError(
                    say(
                        "model.{name}: {asked} is not what the data have ({here}); the model "
                        "takes it from the data, so take this out.",
                        "model.{name}：{asked} はデータの値 {here} と一致しません。モデルはデータから値を受け取るため、"
                        "この指定を外してください。",
                        name=name,
                        asked=asked,
                        here=here,
                    )
                )

    @property
    def makes_run_folder(self) -> bool:
        """Whether the user has chosen no logger, so that a run gets a folder and TensorBoard's files of ours."""
        return self.settings_of("trainer").get("logger") in (None, True)

    def settings_of(self, key: str) -> Any:
        """Return one entry of the parsed and instantiated configuration."""
        return self.config_init.get(key)

    def say_notes(self) -> None:
        """Print what became of arguments that are not used."""
        if self.trainer.is_global_zero:
            for note in self._notes:
                print(note)

    def plain_settings(self) -> dict[str, Any]:
        """Return the whole configuration, defaults included, as plain values."""
        settings: dict[str, Any] = yaml.safe_load(self.parser.dump(self.config, skip_none=False, format="yaml"))
        for name in _NO_SETTINGS:
            settings.pop(name, None)
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

    def _callbacks(self, progress_bar: bool, checkpointing: bool | None) -> list[Callback]:
        """Return what comes along; the timer is first, so that others' work is not counted."""
        callbacks: list[Callback] = []
        if self._trains:
            callbacks.append(CudaMemoryGuard())
        if self.command == "fit":
            callbacks.insert(0, TrainingTimer())
            if checkpointing is not False:
                callbacks += best_and_last()
            callbacks += self._score_curves()
        if progress_bar:
            callbacks.append(StepProgressBar())
        return callbacks

    def _score_curves(self) -> list[Callback]:
        """Return what ``--scores`` asks for; among the runs of a comparison or a sweep, nobody watches."""
        asked: bool | int = self.settings_of("scores")
        if asked is False or self._quiet:
            return []
        return [ScoreCurves(every_n_steps=None if asked is True else asked)]


def may_train_on_cuda(accelerator: Any) -> bool:
    """Return whether a trainer with this accelerator, as the config names it, would train on CUDA."""
    return accelerator in ("auto", "gpu", "cuda") and CUDAAccelerator.is_available()


def _kind(callback: Callback) -> type[Callback]:
    """Return the class that a user's callback must have to take this one's place."""
    return next((kind for kind in (ProgressBar, ModelCheckpoint) if isinstance(callback, kind)), type(callback))
