"""What stands in a checkpoint, held against what Lightning writes there, before anything is restored from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypedDict

import torch
from lightning.pytorch import LightningModule, Trainer
from packaging.version import InvalidVersion, Version

from mnist_lab.runs.kinds import misfit
from mnist_lab.training.optimizers import optimization_of

_VERSION = "pytorch-lightning_version"
_Count = Annotated[int, (0, 2.0**63)]
_Number = Annotated[float, (-1e39, 1e39)]  # beyond what 32 bits hold


class _TrainedOn(TypedDict, total=False):
    mean: list[_Number]
    std: list[_Number]
    class_names: list[str]
    feature_names: list[str] | None
    categories: dict[str, list[str]]


_Content = TypedDict(
    "_Content",
    {
        "epoch": _Count,
        "global_step": _Count,
        "pytorch-lightning_version": str,
        "state_dict": dict[str, Any],
        "loops": dict[str, dict[str, Any]],
        "callbacks": dict[str, Any],
        "optimizer_states": list[dict[str, Any]],
        "lr_schedulers": list[dict[str, Any]],
        "hyper_parameters": dict[str, Any] | None,
        "mnist_lab_trained_on": _TrainedOn,
    },
    total=False,
)


def strange_content(content: Mapping[str, Any]) -> str | None:
    """Return what in a checkpoint is not as Lightning writes it, such as ``epoch is 'three'``; None: nothing.

    Args:
        content: Of the checkpoint.
    """
    missing = [name for name in ("epoch", "global_step", _VERSION) if name not in content]
    if missing:
        return f"{missing[0]} is missing"
    if found := misfit(content, _Content):
        return found
    try:
        Version(content[_VERSION])
    except InvalidVersion:
        return f"{_VERSION} is {content[_VERSION]!r}"
    return None


def strange_progress(content: Mapping[str, Any], trainer: Trainer, model: LightningModule) -> str | None:
    """Return what in a checkpoint a training cannot go on with, as ``strange_content`` does.

    Args:
        content: Of the checkpoint, which is of this model and this kind of optimizer.
        trainer: Its loop has the progress that the checkpoint is to set.
        model: With optimizer and schedule.
    """
    found = _unlike(content.get("loops", {}).get("fit_loop"), trainer.fit_loop.state_dict(), "loops.fit_loop")
    optimization = optimization_of(model)
    if found or optimization is None:
        return found
    state, own = content["optimizer_states"][0], optimization.optimizer
    if not state.get("param_groups"):
        return "optimizer_states has no param_groups"
    found = _unlike(state["param_groups"], own.state_dict()["param_groups"], "param_groups")
    if found or optimization.scheduler is None:
        return found
    return _unlike(content.get("lr_schedulers"), [optimization.scheduler.state_dict()], "lr_schedulers")


def _unlike(there: Any, here: Any, name: str) -> str | None:
    """Return where plain values are of another kind than their counterparts; what one of the two lacks is passed over.

    Lightning itself has a say on what is missing, as it still reads what its former versions wrote.
    """
    if isinstance(here, dict) and isinstance(there, dict):
        parts = [(there[key], here[key], f"{name}.{key}") for key in here if key in there]
    elif isinstance(here, (list, tuple)) and isinstance(there, (list, tuple)):
        parts = [(one, other, f"{name}[{place}]") for place, (one, other) in enumerate(zip(there, here, strict=False))]
    else:
        kinds: tuple[type, ...] = (int, float, torch.Tensor) if _is_number(here) else (type(here),)
        same = isinstance(there, kinds) and isinstance(there, bool) == isinstance(here, bool)
        return None if here is None or same else f"{name} is {there!r}"
    return next((found for part in parts if (found := _unlike(*part))), None)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
