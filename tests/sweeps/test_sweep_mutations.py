"""Every key of a config, misspelt or with values that make no sense: one clear line before anything is trained."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mnist_lab.cli.configs import find_config
from mnist_lab.cli.quiet import quieten_lightning
from mnist_lab.errors import UsageError
from mnist_lab.sweeps.space import read_sweep
from mnist_lab.sweeps.sweep_check import check_sweep
from mnist_lab.training.checks import checked

pytestmark = pytest.mark.slow

VALUES: tuple[object, ...] = ("nonsense", -1, ["nonsense"], {"nonsense": 1}, [], math.inf)
# What may be given all the same: any text is a folder, -1 is "no limit" or "all" in Lightning, an empty list no layer.
ALLOWED = {
    "nonsense": {"data.source.root", "trainer.model_registry"},
    "-1": {
        "data.source.root",
        "lr_scheduler.last_epoch",
        "trainer.max_steps",
        "trainer.model_registry",
        "trainer.num_sanity_val_steps",
    },
    '["nonsense"]': {"data.source.mirrors", "trainer.model_registry"},
    '{"nonsense": 1}': {"trainer.model_registry"},
    "[]": {
        "data.source.mirrors",
        "model.channels",
        "model.hidden",
        "trainer.callbacks",
        "trainer.model_registry",
        "trainer.plugins",
    },
    "Infinity": {"data.source.root", "trainer.model_registry"},
}


@pytest.fixture(autouse=True)
def _quiet() -> None:
    quieten_lightning()


def keys_of(config: str) -> list[str]:
    """Every option of a config, such as ``model.hidden``."""
    return list(dict.fromkeys(_keys(checked([f"--config={find_config(config)}"]).plain_settings())))


def _keys(settings: Mapping[str, Any], before: str = "") -> Iterator[str]:
    for key, value in settings.items():
        if isinstance(value, Mapping) and value:
            yield from _keys(value, f"{before}{key}.")
        else:
            yield f"{before}{key}".replace(".init_args", "").removesuffix(".class_path")


def answer(folder: Path, config: str, key: str, value: object) -> str | None:
    """What a sweep over a key with one value is answered; None where it is taken."""
    path = folder / "own.yaml"
    path.write_text(json.dumps({"config": config, "parameters": {key: [value]}}), encoding="utf-8")
    try:
        check_sweep(read_sweep(path), [])
    except UsageError as error:
        return str(error)
    return None


@pytest.mark.parametrize("config", ["fc.yaml", "cnn.yaml"])
def test_misspelt_key_is_named(config: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    keys = keys_of(config)
    assert len(keys) > 70
    for key in keys:
        said = answer(tmp_path, config, f"{key}x", 1)
        assert said is not None, key
        assert "\n" not in said
        assert f"{key.rpartition('.')[2]}x" in said
        assert f"'{key.rpartition('.')[2]}'" in said or "There is no option" in said, said
    assert [path.name for path in tmp_path.iterdir()] == ["own.yaml"]


@pytest.mark.parametrize("value", VALUES, ids=json.dumps)
def test_senseless_value_is_one_line(value: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = "cnn.yaml"
    monkeypatch.chdir(tmp_path)
    keys, taken = keys_of(config), set()
    for key in keys:
        said = answer(tmp_path, config, key, value)
        if said is None:
            taken.add(key)
            continue
        assert "\n" not in said
        assert key.rpartition(".")[2] in said, f"{key}: {said}"
    assert taken == ALLOWED[value if isinstance(value, str) else json.dumps(value)] & set(keys)
    assert [path.name for path in tmp_path.rglob("*") if path.name != "tb_logs"] == ["own.yaml"]
