"""A sweep's file: what it may hold, and the line that everything else gets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mnist_lab.errors import UsageError
from mnist_lab.sweeps.space import Choices, Range, Sweep, read_sweep

WHOLE: dict[str, Any] = {
    "bases": [
        {"config": "fc.yaml", "name": "fully", "parameters": {"model.hidden": [[16], [32]]}},
        {"config": "cnn.yaml", "settings": {"model.pooling": 2}, "parameters": {"model.channels": [[2, 2]]}},
    ],
    "parameters": {"optimizer.lr": {"low": 1e-3, "high": 0.1, "log": True}, "trainer.max_epochs": [1, 2]},
    "settings": {"data.batch_size": 32},
    "repeats": 2,
    "sampler": "tpe",
    "trials": 40,
    "goals": ["accuracy", "time"],
    "within": 1,
    "seed": 3,
    "remeasure": False,
}


def read(folder: Path, content: Any) -> Sweep:
    path = folder / "own.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return read_sweep(path)


def test_every_key_is_read(tmp_path: Path) -> None:
    sweep = read(tmp_path, WHOLE)
    fully, cnn = sweep.bases
    learning_rate = Range(0.001, 0.1, log=True)
    assert (fully.name, fully.config, fully.settings) == ("fully", "fc.yaml", {"data.batch_size": 32})
    assert fully.parameters == {
        "optimizer.lr": learning_rate,
        "trainer.max_epochs": Choices((1, 2)),
        "model.hidden": Choices(([16], [32])),
    }
    assert (cnn.name, cnn.settings) == ("cnn", {"data.batch_size": 32, "model.pooling": 2})
    assert cnn.parameters["model.channels"] == Choices(([2, 2],))
    assert (sweep.name, sweep.repeats, sweep.sampler, sweep.trials) == ("own", 2, "tpe", 40)
    assert (sweep.goals, sweep.within, sweep.seed, sweep.remeasure) == (("accuracy", "time"), 1.0, 3, False)


def test_defaults(tmp_path: Path) -> None:
    sweep = read(tmp_path, {"config": "fc.yaml", "parameters": {"model.hidden": [[16]]}})
    assert (sweep.repeats, sweep.sampler, sweep.trials, sweep.within, sweep.remeasure) == (1, "grid", None, 0.5, True)
    assert sweep.goals == ("accuracy", "time", "parameters")
    tpe = {"config": "fc.yaml", "parameters": {"model.hidden": [[16]]}, "sampler": "tpe", "trials": 1}
    assert read(tmp_path, tpe).goals == ("accuracy",)


def test_numbers_with_exponents_are_numbers(tmp_path: Path) -> None:
    text = "config: fc.yaml\nparameters: {optimizer.lr: [1e-3, 2.5E-2, '1.0', true]}\n"
    parameter = read(tmp_path, text).bases[0].parameters["optimizer.lr"]
    assert parameter == Choices((0.001, 0.025, "1.0", True))


def test_digest_follows_the_content(tmp_path: Path) -> None:
    digests = {read(tmp_path, WHOLE).digest(), read(tmp_path, WHOLE | {"repeats": 3}).digest()}
    assert len(digests) == 2
    assert read(tmp_path, WHOLE).digest() in digests
    assert read(tmp_path, WHOLE).digest(["trainer.max_epochs=1"]) not in digests


@pytest.mark.parametrize("key", list(WHOLE))
def test_misspelt_key_is_named_with_the_nearest(key: str, tmp_path: Path) -> None:
    content = {f"{name}x" if name == key else name: value for name, value in WHOLE.items()}
    with pytest.raises(
        UsageError, match=rf"own\.yaml: the file: there is no key '{key}x'\. Did you mean '{key}'\? Keys"
    ):
        read(tmp_path, content)


@pytest.mark.parametrize("key", ["config", "name", "parameters", "settings"])
def test_misspelt_key_of_a_base_is_named(key: str, tmp_path: Path) -> None:
    base = {"config": "fc.yaml", "name": "a", "parameters": {}, "settings": {}}
    base[f"{key}x"] = base.pop(key)
    with pytest.raises(UsageError, match=rf"bases\[0\]: there is no key '{key}x'"):
        read(tmp_path, WHOLE | {"bases": [base]})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"bases": []}, "bases: [] is not a list with at least one entry."),
        ({"bases": "fc.yaml"}, "bases: 'fc.yaml' is not a list"),
        ({"bases": ["fc.yaml"]}, "bases[0] holds a str; it must hold keys and values"),
        ({"bases": [{"config": 3}]}, "config: 3 is no file name"),
        ({"bases": [{"config": "fc.yaml"}, {"config": "fc.yaml"}]}, "two are called 'fc'; give one of them another"),
        ({"config": "fc.yaml"}, "both are given of 'config'"),
        ({"bases": [{"config": "fc.yaml"}], "parameters": {}}, "no 'parameters' are given"),
        ({"parameters": [1]}, "parameters holds a list"),
        ({"parameters": {"model.hidden": []}}, "parameters.model.hidden: the list is empty"),
        ({"parameters": {"model.hidden": 16}}, "parameters.model.hidden: 16 is neither a list of values"),
        ({"parameters": {"data.batch_size": [16, 16]}}, "16 is listed twice; 'repeats' trains a point several times"),
        ({"parameters": {"a": {"low": 1}}}, "parameters.a.high: None is not a number"),
        ({"parameters": {"a": {"low": 1, "high": "x"}}}, "parameters.a.high: 'x' is not a number"),
        ({"parameters": {"a": {"low": True, "high": 2}}}, "parameters.a.low: True is not a number"),
        ({"parameters": {"a": {"low": 2, "high": 2}}}, "low (2) must be less than high (2)"),
        ({"parameters": {"a": {"low": 1, "high": 2, "step": 3}}}, "step: 3 must be more than 0 and at most"),
        ({"parameters": {"a": {"low": 0, "high": 2, "log": True}}}, "a logarithmic range has no step and begins above"),
        ({"parameters": {"a": {"low": 1, "high": 2, "log": 1}}}, "parameters.a.log: 1 is neither true nor false"),
        ({"parameters": {"a": {"low": 1, "heigh": 2}}}, "there is no key 'heigh'. Did you mean 'high'?"),
        ({"parameters": {3: [1]}}, "the key 3 is no text"),
        ({"parameters": {"seed_everything": [1]}}, "cannot be varied; 'repeats' trains each point with several seeds"),
        ({"parameters": {"trainer.devices": [1, 2]}}, "cannot be varied; a trial trains on one device"),
        ({"settings": {"trainer.logger": False}}, "cannot be varied; every trial is a run in TensorBoard"),
        ({"settings": {"trainer.max_epochs": 3}}, "trainer.max_epochs: it is both fixed in 'settings' and varied"),
        ({"settings": [1]}, "settings holds a list"),
        ({"repeats": 0}, "repeats: 0 is not a whole number of at least 1"),
        ({"repeats": True}, "repeats: True is not a whole number"),
        ({"repeats": 1.5}, "repeats: 1.5 is not a whole number"),
        ({"sampler": "tpf"}, "sampler: 'tpf' is unknown. Did you mean 'tpe'? Allowed: grid, random, tpe, nsga2."),
        ({"sampler": "grid", "trials": 3}, "trials: a grid tries every point"),
        ({"sampler": "grid", "trials": None}, "parameters.optimizer.lr: a grid needs values, or a range with a step"),
        ({"trials": None}, "trials: sampler 'tpe' needs the number of points to try"),
        ({"trials": "many"}, "trials: 'many' is not a whole number of at least 1"),
        ({"goals": []}, "goals: [] is not a list with at least one entry"),
        ({"goals": ["speed"]}, "goals: 'speed' is unknown"),
        ({"goals": ["time", "time"]}, "names a goal twice"),
        ({"within": -1}, "within: -1 is not a number of percentage points"),
        ({"within": "half"}, "within: 'half' is not a number"),
        ({"seed": -1}, "seed: -1 is not a whole number of at least 0"),
        ({"remeasure": "no thanks"}, "remeasure: 'no thanks' is neither true nor false"),
    ],
)
def test_wrong_value_is_named(change: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refusal:
        read(tmp_path, WHOLE | change)
    assert said in str(refusal.value)
    assert str(refusal.value).startswith(str(tmp_path / "own.yaml"))
    assert "\n" not in str(refusal.value)


def test_config_of_a_run_is_called_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read(tmp_path, {"model": "FC", "trainer": {"max_epochs": 1}})
    assert str(caught.value) == (
        f"{tmp_path / 'own.yaml'} is a run's config and no sweep, which names a config and what varies in it (config: "
        f"fc.yaml, parameters: …); lightning fit --config {tmp_path / 'own.yaml'} trains it."
    )


def test_neither_config_nor_bases(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="neither is given of 'config'"):
        read(tmp_path, {"parameters": {"model.hidden": [[16]]}})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file holds nothing; it must hold keys and values"),
        (b"- 1\n", "the file holds a list"),
        (b"config: [fc\n", "is no YAML: expected ',' or ']', but got '<stream end>' (line 2, column 1)."),
        ("config: 数字\n".encode("cp932"), "is not in UTF-8 (byte 8); save it as UTF-8."),
    ],
)
def test_damaged_file_is_named(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_bytes(content)
    with pytest.raises(UsageError) as refusal:
        read_sweep(tmp_path / "own.yaml")
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_folder_is_no_sweep(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_sweep(tmp_path)
