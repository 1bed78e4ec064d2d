"""What is known of a run before it starts: versions, device, settings in short."""

from __future__ import annotations

import importlib.metadata
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


def headline_settings(settings: Mapping[str, Any], data: str) -> dict[str, Any]:
    """Return the settings by which runs are told apart, under short names, for HParams.

    Args:
        settings: The whole configuration as plain values.
        data: Name of the data in use.
    """
    model = settings["model"]
    shown: dict[str, Any] = {"model": _short(model["class_path"]), "data": data}
    shown |= {
        name: value for name, value in (model.get("init_args") or {}).items() if name not in _MODEL_ARGUMENTS_FROM_DATA
    }
    shown["batch_size"] = settings["data"]["batch_size"]
    shown["data_seed"] = settings["data"]["seed"]
    shown |= {name: settings[name] for name in OF_OWN_NETWORKS if name in settings}
    optimizer = settings.get("optimizer") or {"class_path": "Adam"}
    shown["optimizer"] = _short(optimizer["class_path"])
    arguments = optimizer.get("init_args") or {}
    shown |= {name: arguments[name] for name in ("lr", "momentum", "weight_decay") if name in arguments}
    schedule = settings.get("lr_scheduler")
    shown["lr_scheduler"] = _short(schedule["class_path"]) if schedule else "none"
    shown["max_epochs"] = settings["trainer"]["max_epochs"]
    shown["seed"] = settings["seed_everything"]
    return {name: value for name, value in shown.items() if value is not None}


def _class_path(instance: object) -> str:
    return _path_of(type(instance))


def _path_of(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _described(instance: object, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {"class_path": _class_path(instance), "init_args": dict(arguments)}


def _short(class_path: str) -> str:
    return class_path.rpartition(".")[2]
