"""The guard's arguments: checked, YAML keys, and carried to spawned processes."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

from mnist_lab.callbacks import CudaMemoryGuard


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"headroom_mib": -1}, "headroom_mib is -1; allowed"),
        ({"limit_mib": 0}, "limit_mib is 0; allowed"),
        ({"fraction": 2.0}, "fraction is 2.0; allowed"),
        ({"check_interval_s": 0.0}, "check_interval_s is 0.0; allowed"),
        ({"check_interval_s": float("inf")}, "check_interval_s is inf; allowed"),
        ({"max_shared_mib": -5}, "max_shared_mib is -5; allowed"),
    ],
)
def test_arguments_outside_what_is_allowed_are_named(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        CudaMemoryGuard(**arguments)


def test_every_argument_is_a_yaml_key(tmp_path: Path) -> None:
    from jsonargparse import ArgumentParser

    parser = ArgumentParser(exit_on_error=False)
    parser.add_subclass_arguments(CudaMemoryGuard, "guard")
    values = {
        "headroom_mib": 700,
        "limit_mib": 1024,
        "fraction": 0.5,
        "check_interval_s": 2.0,
        "require_cuda": True,
        "max_shared_mib": 10,
        "snapshot": str(tmp_path / "snap.pickle"),
    }
    parsed = parser.parse_object({"guard": {"class_path": "CudaMemoryGuard", "init_args": values}})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer releases have a shorter name for it
        guard = parser.instantiate_classes(parsed).guard
    assert {name: getattr(guard, name) for name in values} == {**values, "snapshot": tmp_path / "snap.pickle"}


def test_guard_travels_to_spawned_processes() -> None:
    guard = pickle.loads(pickle.dumps(CudaMemoryGuard(limit_mib=100)))
    assert guard.limit_mib == 100
    assert guard.cuda.index_of(torch.device("cpu")) is None
