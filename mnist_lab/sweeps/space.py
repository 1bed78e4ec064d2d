"""What a sweep varies: its file, read and checked before anything is trained."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from mnist_lab.cli.yaml_file import read_yaml
from mnist_lab.errors import UsageError, nearest
from mnist_lab.language import say

SamplerName = Literal["grid", "random", "tpe", "nsga2"]
Goal = Literal["accuracy", "time", "parameters"]

_CONTENT_KEYS = ("config", "bases", "parameters", "settings")
_SWEEP_KEYS = (*_CONTENT_KEYS, "repeats", "sampler", "trials", "goals", "within", "seed", "remeasure")
_BASE_KEYS = ("config", "name", "parameters", "settings")
_RANGE_KEYS = ("low", "high", "step", "log")
# Keys that say where a run goes, not how it goes; the sweep sets them itself.
_NOT_SWEPT = {
    "config": "list several configs under 'bases'",
    "ckpt_path": "every trial starts afresh",
    "seed_everything": "'repeats' trains each point with several seeds",
    "trainer.default_root_dir": "all runs of a sweep lie in one log directory",
    "trainer.logger": "every trial is a run in TensorBoard",
    "trainer.fast_dev_run": "such a run leaves no record",
    "trainer.devices": "a trial trains on one device",
    "trainer.num_nodes": "a trial trains on one device",
}
# PyYAML takes 1e-3 for a string, since YAML 1.1 wants a point in it.
_EXPONENT = re.compile(r"[+-]?\d+(\.\d*)?[eE][+-]?\d+")


@dataclass(frozen=True)
class Choices:
    """A parameter that takes each of some values."""

    values: tuple[Any, ...]


@dataclass(frozen=True)
class Range:
    """A parameter that takes any number from ``low`` to ``high``, both included."""

    low: float
    high: float
    step: float | None = None
    log: bool = False

    @property
    def is_integer(self) -> bool:
        """Whether only whole numbers are meant."""
        return all(value is None or isinstance(value, int) for value in (self.low, self.high, self.step))


@dataclass(frozen=True)
class Base:
    """A config and what is varied in it."""

    name: str
    config: str
    parameters: Mapping[str, Choices | Range]
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Options that are the same in every trial."""


@dataclass(frozen=True)
class Sweep:
    """A sweep's file in full."""

    name: str
    bases: tuple[Base, ...]
    repeats: int = 1
    """Runs of each point, each with a seed of its own."""
    sampler: SamplerName = "grid"
    trials: int | None = None
    """How many points are tried; None for a grid, which tries all."""
    goals: tuple[Goal, ...] = get_args(Goal)
    """What the sampler aims at: validation accuracy (high), training time (low), number of parameters (low)."""
    within: float = 0.5
    """How far, in percentage points, a model may stay behind the best and still hold its accuracy."""
    seed: int = 0
    """Of the random and the TPE sampler."""
    remeasure: bool = True
    """Whether a point whose time does not fit its neighbours' is measured again."""

    def digest(self, more: Iterable[str] = (), *, without: Collection[str] = ("within",)) -> str:
        """Return 8 hexadecimal digits that change whenever the sweep would give other results.

        Args:
            more: Further texts that have a part in the results, such as the configs' content.
            without: Keys that have none; ``within`` only says how the report looks at the results.
        """
        content = {name: value for name, value in asdict(self).items() if name not in without}
        text = json.dumps([content, list(more)], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:8]


def read_sweep(path: Path) -> Sweep:
    """Read a sweep's file.

    Raises:
        UsageError: It cannot be read, or makes no sense; what the trainer's parser says of the values comes later.
    """
    content = read_yaml(path, f"The sweep {path}").content
    if isinstance(content, Mapping) and "model" in content and not content.keys() & {"parameters", "bases"}:
        raise UsageError(
            say(
                "{path} is a run's config and no sweep, which names a config and what varies in it (config: fc.yaml, "
                "parameters: …); lightning fit --config {path} trains it.",
                "{path} は学習の設定ファイルであり、スイープではありません。スイープには、設定ファイルと変化させる項目"
                "を書きます（config: fc.yaml, parameters: …）。学習するには：lightning fit --config {path}",
                path=path,
            )
        )
    try:
        return _sweep(path.stem, content)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def _sweep(name: str, content: Any) -> Sweep:
    content = _mapping("the file", content, _SWEEP_KEYS)
    sampler = _one_of("sampler", content.get("sampler", "grid"), get_args(SamplerName))
    goals = content.get("goals", ["accuracy"] if sampler == "tpe" else list(get_args(Goal)))
    goals = [_one_of("goals", goal, get_args(Goal)) for goal in _list("goals", goals)]
    if len(set(goals)) < len(goals):
        raise UsageError(f"goals: {goals} names a goal twice.")
    bases = _bases(content)
    trials = content.get("trials")
    if sampler == "grid":
        if trials is not None:
            raise UsageError("trials: a grid tries every point; leave the key out, or choose another sampler.")
        for base in bases:
            for key, parameter in base.parameters.items():
                if isinstance(parameter, Range) and parameter.step is None:
                    raise UsageError(
                        f"parameters.{key}: a grid needs values, or a range with a step; list them, or choose "
                        "'sampler: random', 'tpe' or 'nsga2'."
                    )
    elif trials is None:
        raise UsageError(f"trials: sampler '{sampler}' needs the number of points to try, such as 'trials: 40'.")
    return Sweep(
        name=name,
        bases=bases,
        repeats=_whole("repeats", content.get("repeats", 1), least=1),
        sampler=sampler,
        trials=None if trials is None else _whole("trials", trials, least=1),
        goals=tuple(goals),
        within=_within(content.get("within", 0.5)),
        seed=_whole("seed", content.get("seed", 0), least=0),
        remeasure=_true_or_false("remeasure", content.get("remeasure", True)),
    )


def _bases(content: Mapping[str, Any]) -> tuple[Base, ...]:
    shared = _parameters(content.get("parameters", {}))
    settings = _settings(content.get("settings", {}))
    if ("config" in content) == ("bases" in content):
        found = "both are" if "config" in content else "neither is"
        raise UsageError(f"{found} given of 'config' (one base config) and 'bases' (a list of them); give one.")
    entries = [{"config": content["config"]}] if "config" in content else _list("bases", content["bases"])
    bases: list[Base] = []
    for index, content_of_entry in enumerate(entries):
        entry = _mapping(f"bases[{index}]", content_of_entry, _BASE_KEYS)
        config = entry.get("config")
        if not isinstance(config, str) or not config:
            raise UsageError(f"config: {config!r} is no file name; give one, such as fc.yaml.")
        own = _parameters(entry.get("parameters", {}))
        name = str(entry.get("name", Path(config).stem))
        if name in [base.name for base in bases]:
            raise UsageError(f"bases: two are called '{name}'; give one of them another 'name'.")
        fixed = settings | _settings(entry.get("settings", {}))
        parameters = {**shared, **own}
        if both := fixed.keys() & parameters.keys():
            raise UsageError(f"{sorted(both)[0]}: it is both fixed in 'settings' and varied in 'parameters'.")
        bases.append(Base(name, config, parameters, fixed))
    if not any(base.parameters for base in bases):
        raise UsageError("no 'parameters' are given; name at least one with its values (model.hidden: [[16], [32]]).")
    return tuple(bases)


def _parameters(content: Any) -> dict[str, Choices | Range]:
    parameters: dict[str, Choices | Range] = {}
    for key, values in _mapping("parameters", content).items():
        _check_key(key)
        if isinstance(values, Mapping):
            parameters[key] = _range(key, values)
            continue
        if not isinstance(values, list):
            raise UsageError(
                f"parameters.{key}: {values!r} is neither a list of values ([16, 32, 64]) nor a range "
                "({low: 16, high: 512, log: true})."
            )
        chosen = [plain(value) for value in values]
        if not chosen:
            raise UsageError(f"parameters.{key}: the list is empty; give at least one value.")
        texts = [json.dumps(value, sort_keys=True) for value in chosen]
        if len(set(texts)) < len(texts):
            twice = next(text for text in texts if texts.count(text) > 1)
            raise UsageError(f"parameters.{key}: {twice} is listed twice; 'repeats' trains a point several times.")
        parameters[key] = Choices(tuple(chosen))
    return parameters


def _settings(content: Any) -> dict[str, Any]:
    settings = {key: plain(value) for key, value in _mapping("settings", content).items()}
    for key in settings:
        if key == "config" or key in ("trainer.fast_dev_run", "trainer.logger"):
            _check_key(key)
    return settings


def _check_key(key: str) -> None:
    if key in _NOT_SWEPT:
        raise UsageError(f"parameters.{key}: this cannot be varied; {_NOT_SWEPT[key]}.")


def _range(key: str, content: Mapping[str, Any]) -> Range:
    content = _mapping(f"parameters.{key}", content, _RANGE_KEYS)
    numbers: dict[str, Any] = {}
    for name in ("low", "high", "step"):
        value = plain(content.get(name))
        if value is None and name == "step":
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise UsageError(f"parameters.{key}.{name}: {value!r} is not a number; a range is {{low: 16, high: 512}}.")
        numbers[name] = value
    log = _true_or_false(f"parameters.{key}.log", content.get("log", False))
    low, high, step = numbers["low"], numbers["high"], numbers.get("step")
    if low >= high:
        raise UsageError(f"parameters.{key}: low ({low}) must be less than high ({high}).")
    if step is not None and not 0 < step <= high - low:
        raise UsageError(f"parameters.{key}.step: {step} must be more than 0 and at most high - low ({high - low}).")
    if log and (step is not None or low <= 0):
        raise UsageError(f"parameters.{key}.log: a logarithmic range has no step and begins above 0.")
    return Range(low, high, step, log)


def plain(value: Any) -> Any:
    """Return ``value`` with numbers such as 1e-3, which PyYAML reads as strings, as numbers."""
    if isinstance(value, str) and _EXPONENT.fullmatch(value):
        return float(value)
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    return value


def _mapping(name: str, content: Any, allowed: Sequence[str] | None = None) -> dict[str, Any]:
    if not isinstance(content, Mapping):
        found = "nothing" if content is None else f"a {type(content).__name__}"
        raise UsageError(f"{name} holds {found}; it must hold keys and values (config: fc.yaml, parameters: …).")
    for key in content:
        if not isinstance(key, str):
            raise UsageError(f"{name}: the key {key!r} is no text.")
        if allowed is not None and key not in allowed:
            raise UsageError(f"{name}: there is no key '{key}'.{nearest(key, allowed)} Keys: {', '.join(allowed)}.")
    return dict(content)


def _list(name: str, content: Any) -> list[Any]:
    if not isinstance(content, list) or not content:
        raise UsageError(f"{name}: {content!r} is not a list with at least one entry.")
    return content


def _one_of(name: str, value: Any, allowed: Sequence[Any]) -> Any:
    if value not in allowed:
        raise UsageError(
            f"{name}: {value!r} is unknown.{nearest(str(value), allowed)} Allowed: {', '.join(map(str, allowed))}."
        )
    return value


def _whole(name: str, value: Any, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise UsageError(f"{name}: {value!r} is not a whole number of at least {least}.")
    return value


def _within(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 100:
        raise UsageError(f"within: {value!r} is not a number of percentage points from 0 to 100.")
    return float(value)


def _true_or_false(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise UsageError(f"{name}: {value!r} is neither true nor false.")
    return value
