"""Families of a sweep's points: those that differ in one parameter alone, which a line joins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mnist_lab.language import say
from mnist_lab.sweeps.result import PointResult, SweepResult
from mnist_lab.sweeps.setting_words import named_value

_MOST_LINES = 8
"""More lines than this cannot be told apart in a figure; then a model's medians are drawn."""


@dataclass(frozen=True)
class Family:
    """Points of one model whose other parameters are the same, or, of too many such, all points of the model."""

    label: str
    model: str
    points: tuple[PointResult, ...]
    mixed: bool = False
    """Whether other parameters differ, so that medians stand for them."""
    others: str = ""
    """The other parameters with their values; empty where nothing else was varied."""


def varied_keys(result: SweepResult) -> list[str]:
    """Return the options that take more than one value within a base."""
    keys: dict[str, None] = {}
    for base in dict.fromkeys(entry.point.base for entry in result.points):
        own = [entry for entry in result.points if entry.point.base == base]
        for key in own[0].point.values:
            if any(entry.point.values[key] != own[0].point.values[key] for entry in own):
                keys[key] = None
    return list(keys)


def families_of(result: SweepResult, key: str) -> list[Family]:
    """Return the families along one parameter, in the order of the sweep.

    Args:
        result: Of the sweep.
        key: Option that varies within a family.
    """
    others = [name for name in varied_keys(result) if name != key]
    members: dict[tuple[str, str, str], list[PointResult]] = {}
    for entry in result.points:
        if key in entry.point.values:
            named = _others(entry, others)
            members.setdefault((entry.model, _label(entry, named), named), []).append(entry)
    if len(members) <= _MOST_LINES:
        return [Family(label, model, tuple(own), others=named) for (model, label, named), own in members.items()]
    return [Family(model, model, tuple(own), mixed=True) for model, own in _by_model(result.points, key).items()]


def _others(entry: PointResult, others: Sequence[str]) -> str:
    values = entry.point.values
    return say(", ", "、").join(named_value(key, values[key]) for key in others if key in values)


def _label(entry: PointResult, named: str) -> str:
    if not named:
        return entry.model
    return say("{model}, {values}", "{model}（{values}）", model=entry.model, values=named)


def _by_model(points: Sequence[PointResult], key: str) -> dict[str, list[PointResult]]:
    found: dict[str, list[PointResult]] = {}
    for entry in points:
        if key in entry.point.values:
            found.setdefault(entry.model, []).append(entry)
    return found
