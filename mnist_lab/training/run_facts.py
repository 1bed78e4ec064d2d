"""What is known of a run before it starts: versions, device, settings in short."""

from __future__ import annotations

import importlib.metadata
import inspect
import platform
from collections.abc import Mapping
from typing import Any

import torch
from lightning.pytorch import Trainer

from mnist_lab import __version__
from mnist_lab.data import ClassificationDataModule
from mnist_lab.models import Classifier
from mnist_lab.runs.processor_name import cpu_name
from mnist_lab.runs.trained_on import OF_OWN_NETWORKS
from mnist_lab.training.optimizers import optimization_of

_PACKAGES = ("torch", "torchvision", "lightning", "torchmetrics")
_MODEL_ARGUMENTS_FROM_DATA = ("input_shape", "num_classes")
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
_DATA_SETTINGS = ("batch_size", "eval_batch_size", "val_fraction", "seed", "memory")


def versions() -> dict[str, str]:
    """Return the versions that can have a part in a run's figures."""
    found = {"mnist_lab": __version__, "python": platform.python_version()}
    found |= {name: importlib.metadata.version(name) for name in _PACKAGES}
    if torch.version.cuda:
        found["cuda"] = torch.version.cuda
    return found


def device_facts(device: torch.device, precision: str) -> dict[str, Any]:
    """Return what the run is computed on; memory in bytes."""
    facts: dict[str, Any] = {
        "type": device.type,
        "name": cpu_name(),
        "threads": torch.get_num_threads(),
        "precision": precision,
        "platform": platform.platform(),
    }
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        facts |= {"name": properties.name, "memory_bytes": properties.total_memory}
    return facts


def settings_of(trainer: Trainer, model: Classifier, datamodule: ClassificationDataModule) -> dict[str, Any]:
    """Return the configuration of a run that was built without a config, in the shape that the parser gives it."""
    optimization = optimization_of(model)
    return {
        "seed_everything": None,
        "trainer": {"max_epochs": trainer.max_epochs, "default_root_dir": str(trainer.default_root_dir)},
        "model": {"class_path": _path_of(model.network_class()), "init_args": dict(model.hparams)},
        "data": {
            "source": {"class_path": _class_path(datamodule.source), "init_args": datamodule.source.settings()},
            **{name: getattr(datamodule, name) for name in _DATA_SETTINGS},
        },
        "optimizer": optimization and _described(optimization.optimizer, optimization.optimizer.defaults),
        "lr_scheduler": optimization and optimization.scheduler and _described(optimization.scheduler, {}),
    }


def headline_settings(settings: Mapping[str, Any], kind: type) -> dict[str, str]:
    """Return the settings by which runs are told apart in one text, for HParams: ``hidden [32], max_epochs 5``.

    Model and data stand in the run's name already, and what is as it usually is tells no runs apart. One text, because
    each column more pushes accuracy and time out of sight, and TensorBoard shows the columns of the first run alone.

    Args:
        settings: The whole configuration as plain values.
        kind: The network's class, whose own defaults are left out.
    """
    defaults = {name: value.default for name, value in inspect.signature(kind).parameters.items()}
    arguments = settings["model"].get("init_args") or {}
    shown: dict[str, Any] = {
        name: value
        for name, value in arguments.items()
        if name not in _MODEL_ARGUMENTS_FROM_DATA and value != _plain(defaults.get(name))
    }
    shown["max_epochs"] = settings["trainer"]["max_epochs"]
    optimizer = settings.get("optimizer") or {"class_path": "Adam"}
    schedule = settings.get("lr_scheduler")
    also = {
        "batch_size": settings["data"]["batch_size"],
        "data_seed": settings["data"]["seed"],
        "seed": settings["seed_everything"],
        "optimizer": _short(optimizer["class_path"]),
        "lr_scheduler": _short(schedule["class_path"]) if schedule else "none",
        **{name: settings[name] for name in OF_OWN_NETWORKS if name in settings},
        **{name: (optimizer.get("init_args") or {}).get(name) for name in ("lr", "momentum", "weight_decay")},
    }
    shown |= {name: value for name, value in also.items() if name not in shown and value != _USUAL.get(name)}
    return {"settings": ", ".join(f"{name} {value}" for name, value in shown.items() if value is not None)}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _class_path(instance: object) -> str:
    return _path_of(type(instance))


def _path_of(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _described(instance: object, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {"class_path": _class_path(instance), "init_args": dict(arguments)}


def _short(class_path: str) -> str:
    return class_path.rpartition(".")[2]
