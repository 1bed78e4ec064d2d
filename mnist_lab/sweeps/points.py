"""A point of a sweep: one base config with a value for each of its parameters."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from optuna.trial import Trial

from mnist_lab.runs.places import without_home
from mnist_lab.sweeps.space import Base, Choices, Range, Sweep

_BASE = "config"


@dataclass(frozen=True)
class Point:
    """What one trial trains."""

    base: str
    """Name of the base."""
    values: Mapping[str, Any]
    """Option to value, as in the sweep's file."""

    @property
    def key(self) -> str:
        """A text that two points share when they are the same."""
        return json.dumps([self.base, dict(self.values)], sort_keys=True)

    def options(self) -> list[str]:
        """Return the values as options of ``lightning fit``."""
        return [f"--{key}={as_option(value)}" for key, value in self.values.items()]


def as_option(value: Any) -> str:
    """Return a value as it is written on the command line."""
    return value if isinstance(value, str) else json.dumps(value)


def short_key(key: str) -> str:
    """Return the last part of an option's name: ``hidden`` for ``model.hidden``."""
    return key.rpartition(".")[2]


def short_value(value: Any) -> str:
    """Return a value as it is shown: ``2-2`` for ``[2, 2]``, ``SGD lr 0.1`` for a class with arguments."""
    if isinstance(value, dict):
        name = str(value.get("class_path", "")).rpartition(".")[2]
        arguments = [f"{key} {short_value(entry)}" for key, entry in value.get("init_args", {}).items()]
        return " ".join([name, *arguments]) if name else json.dumps(value)
    if isinstance(value, list):
        return "-".join(short_value(entry) for entry in value) if value else "none"
    if isinstance(value, bool):
        return str(value).lower()  # as in the YAML file
    if isinstance(value, float):
        return f"{value:.4g}"
    return "none" if value is None else without_home(str(value))


def values_of(parameter: Choices | Range) -> list[Any]:
    """Return all values of a parameter; a range must have a step.

    A range's values are exact decimals, so that 0.1, 0.2, 0.3 come out as they are written.
    """
    if isinstance(parameter, Choices):
        return list(parameter.values)
    assert parameter.step is not None, "a range without a step has no list of values"
    low, high, step = (Decimal(str(value)) for value in (parameter.low, parameter.high, parameter.step))
    count = int((high - low) / step) + 1
    number = int if parameter.is_integer else float
    return [number(low + index * step) for index in range(count)]


def grid(sweep: Sweep) -> list[Point]:
    """Return all points of a grid, base by base; the last parameter varies fastest."""
    return [point for base in sweep.bases for point in _product(base)]


def _product(base: Base) -> Iterator[Point]:
    names = list(base.parameters)
    for values in itertools.product(*(values_of(parameter) for parameter in base.parameters.values())):
        yield Point(base.name, dict(zip(names, values, strict=True)))


def suggest(trial: Trial, sweep: Sweep) -> Point:
    """Return the point that the study's sampler chooses for a trial, or that the trial was queued with."""
    name = sweep.bases[0].name
    if len(sweep.bases) > 1:
        name = trial.suggest_categorical(_BASE, [base.name for base in sweep.bases])
    base = next(base for base in sweep.bases if base.name == name)
    values: dict[str, Any] = {}
    for key, parameter in base.parameters.items():
        label = _label(sweep, base, key)
        if isinstance(parameter, Choices) or sweep.sampler == "grid":
            texts = [json.dumps(value, sort_keys=True) for value in values_of(parameter)]
            values[key] = json.loads(trial.suggest_categorical(label, texts))
        elif parameter.is_integer:
            step = 1 if parameter.step is None else int(parameter.step)
            values[key] = trial.suggest_int(
                label, int(parameter.low), int(parameter.high), step=step, log=parameter.log
            )
        else:
            values[key] = trial.suggest_float(
                label, parameter.low, parameter.high, step=parameter.step, log=parameter.log
            )
    return Point(base.name, values)


def optuna_parameters(sweep: Sweep, point: Point) -> dict[str, Any]:
    """Return a grid point as the parameters that ``suggest`` would have been given."""
    base = next(base for base in sweep.bases if base.name == point.base)
    parameters: dict[str, Any] = {_BASE: base.name} if len(sweep.bases) > 1 else {}
    for key, value in point.values.items():
        parameters[_label(sweep, base, key)] = json.dumps(value, sort_keys=True)
    return parameters


def _label(sweep: Sweep, base: Base, key: str) -> str:
    """Return a parameter's name in the study; two bases may give one key different values, which Optuna forbids."""
    return key if len(sweep.bases) == 1 else f"{base.name} {key}"
