"""What is known of a run before it starts: versions, device, settings."""

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
from mnist_lab.training.optimizers import optimization_of

_PACKAGES = ("torch", "torchvision", "lightning", "torchmetrics")
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


def _class_path(instance: object) -> str:
    return _path_of(type(instance))


def _path_of(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _described(instance: object, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {"class_path": _class_path(instance), "init_args": dict(arguments)}
