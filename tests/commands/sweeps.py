"""Sweeps of a fraction of a second a trial, as tests of ``lightning sweep`` begin them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.commands.program import Outcome, call

FAST = {"data.source": "Digits", "trainer.max_epochs": 1}
CALLBACK = "tests.commands.failing_callback.FailsAt"


def write(folder: Path, content: dict[str, Any]) -> Path:
    path = folder / "own.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def widths(*values: int, **more: Any) -> dict[str, Any]:
    parameters = {"model.hidden": [[value] for value in values]}
    return {"config": "fc.yaml", "settings": FAST, "parameters": parameters, "remeasure": False} | more


def sweep(folder: Path, content: dict[str, Any], *args: str) -> Outcome:
    outcome = call(folder, "sweep", str(write(folder, content)), *args)
    assert outcome.code == 0, outcome.err
    return outcome


def failing(*kinds: str) -> dict[str, Any]:
    callbacks = [[{"class_path": CALLBACK, "init_args": {"kind": kind}}] for kind in kinds]
    return widths() | {"parameters": {"trainer.callbacks": callbacks}}
