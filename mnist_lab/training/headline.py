"""The settings by which runs are told apart, in so few words that TensorBoard's HParams has room for the results."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from pathlib import PureWindowsPath
from typing import Any

from lightning.pytorch import Trainer

from mnist_lab.data import CSVTable, ImageFolder, Intervals, Source
from mnist_lab.data.table import TableSource
from mnist_lab.runs.trained_on import OF_OWN_NETWORKS

# As in the configs that come along.
_USUAL = {
    "batch_size": 64,
    "data_seed": 0,
    "seed": 0,
    "optimizer": "Adam",
    "lr": 0.002,
    "momentum": 0,
    "weight_decay": 0,
    "lr_scheduler": "ExponentialLR",
    "loss": "CrossEntropyLoss",
    "label_smoothing": 0,
}
_USUAL_OF_INTERVALS = {**_USUAL, "lr": 0.01, "lr_scheduler": "none"}
_USUAL_OF_OWN_DATA = {**_USUAL_OF_INTERVALS, "batch_size": 16}

_SPEAK_FOR_THEMSELVES = ("activation", "optimizer", "lr_scheduler", "loss", "format")
_MODEL_ARGUMENTS_FROM_DATA = ("input_shape", "num_classes")
# What makes a run a shorter one stands first: it passes for a whole one otherwise.
_SHORTER = ("limit_train_batches", "overfit_batches", "max_steps", "max_time")
_OF_THE_TRAINER = ("gradient_clip_val", "accumulate_grad_batches", "precision")


def headline_settings(settings: Mapping[str, Any], network: type, source: type[Source]) -> dict[str, str]:
    """Return for each setting by which runs are told apart what is shown of it, such as ``hidden 32``, by its name.

    The cell that shows them ends after some 16 letters, so that what is chosen least often comes first, and the number
    of epochs, which every run has, last. Model and data stand in the run's name already, and what is as in the configs
    that come along tells no runs apart.

    Args:
        settings: The whole configuration as plain values.
        network: The network's class, whose own defaults are left out.
        source: Likewise of the data.
    """
    usual = _usual(source)
    shown = _unusual(settings["trainer"], _SHORTER)
    shown |= _of_data(settings["data"].get("source") or {}, source)
    arguments = settings["model"].get("init_args") or {}
    defaults = _defaults(network)
    shown |= {
        name: value
        for name, value in arguments.items()
        if name not in _MODEL_ARGUMENTS_FROM_DATA and value != defaults.get(name)
    }
    also = _of_training(settings) | _unusual(settings["trainer"], _OF_THE_TRAINER)
    if also["data_seed"] == also["seed"]:  # repeats have new ones of both
        del also["data_seed"]
    shown |= {name: value for name, value in also.items() if name not in shown and value != usual.get(name)}
    shown["max_epochs"] = settings["trainer"]["max_epochs"]
    return {name: setting_text(name, value) for name, value in shown.items() if value is not None}


def setting_text(name: str, value: Any) -> str:
    """Return a setting as people write it: ``hidden 64-32``, ``100 batches``, ``Tanh``.

    Args:
        name: Its own, without that of its part.
        value: As in a config.
    """
    if name == "limit_train_batches":
        count = f"{value} batch" if value == 1 else f"{value} batches"
        return count if isinstance(value, int) else f"{value:.4g} of all batches"
    text = "-".join(map(str, value)) if isinstance(value, list) and value else str(value)
    return text if name in _SPEAK_FOR_THEMSELVES and text != "none" else f"{name} {text}"


def _usual(source: type[Source]) -> dict[str, Any]:
    if issubclass(source, (TableSource, ImageFolder)):
        return _USUAL_OF_OWN_DATA
    return _USUAL_OF_INTERVALS if issubclass(source, Intervals) else _USUAL


def _unusual(trainer: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Return what is set of the trainer's arguments; all batches are not fewer."""
    defaults = _defaults(Trainer)
    return {
        name: value
        for name in names
        if (value := trainer.get(name)) is not None
        and value != defaults[name]
        and not (isinstance(value, float) and value == 1.0)
    }


def _of_data(source: Mapping[str, Any], kind: type[Source]) -> dict[str, Any]:
    """Return how the data are read; a table's name stands in the run's, and only its ending tells other formats."""
    arguments, defaults = source.get("init_args") or {}, _defaults(kind)
    shown: dict[str, Any] = {}
    if issubclass(kind, TableSource) and kind is not CSVTable and "path" in arguments:
        shown["format"] = PureWindowsPath(arguments["path"]).suffix.removeprefix(".")
    return shown | {
        f"source.{name}" if name == "seed" else name: value
        for name, value in arguments.items()
        if name in defaults and name != "root" and value != defaults[name]
    }


def _of_training(settings: Mapping[str, Any]) -> dict[str, Any]:
    optimizer = settings.get("optimizer") or {"class_path": "Adam"}
    schedule = settings.get("lr_scheduler")
    return {
        "optimizer": _short(optimizer["class_path"]),
        **{name: (optimizer.get("init_args") or {}).get(name) for name in ("lr", "momentum", "weight_decay")},
        "lr_scheduler": _short(schedule["class_path"]) if schedule else "none",
        "batch_size": settings["data"]["batch_size"],
        **{name: settings[name] for name in OF_OWN_NETWORKS if name in settings},
        "seed": settings["seed_everything"],
        "data_seed": settings["data"]["seed"],
    }


def _defaults(kind: type) -> dict[str, Any]:
    """Return the defaults of a class's arguments, as a config writes them."""
    parameters = inspect.signature(kind).parameters.items()
    return {
        name: list(value.default) if isinstance(value.default, tuple) else value.default
        for name, value in parameters
        if value.default is not inspect.Parameter.empty
    }


def _short(class_path: str) -> str:
    return class_path.rpartition(".")[2]
