"""What settings, points and axes are called in a report."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mnist_lab.language import Phrase, say
from mnist_lab.reports.words import unit
from mnist_lab.sweeps.axis import Axis, axis_of, unit_of
from mnist_lab.sweeps.points import short_key
from mnist_lab.sweeps.result import PointResult
from mnist_lab.sweeps.setting_words import named_values, setting_name, value_name

_OF_LAYERS = re.compile(r"\d+(?:-\d+)+")
_LAYER_COUNTS: Mapping[str, Phrase] = {
    "channels": Phrase("number of convolutional layers", "畳み込み層の数"),
    "hidden": Phrase("number of hidden layers", "隠れ層の数"),
}


def setting_with_key(key: str) -> str:
    """Return a setting's name in a table, with its unit and the key under which it stands in the YAML file."""
    name, counted = setting_name(key), unit_of(key)
    counts = "" if counted is None else f" [{unit(counted)}]"
    if name == short_key(key):
        return f"{key}{counts}"
    return say("{name}{counts} ({key})", "{name}{counts}（{key}）", key=key, name=name, counts=counts)


def point_name(entry: PointResult) -> str:
    """Return a point's values in short, or the name of its base where nothing is varied."""
    return named_values(entry.point.values) or entry.point.base


def point_names(entries: Sequence[PointResult]) -> list[str]:
    """Return the points' values in short, and what is varied but once: ``activation ReLU``, then ``GELU``."""
    keys = {key for entry in entries for key in entry.point.values}
    if len(keys) != 1:
        return [point_name(entry) for entry in entries]
    (key,) = keys
    first, *rest = entries
    return [point_name(first), *(value_name(entry.point.values[key]) for entry in rest)]


def point_label(entry: PointResult) -> str:
    """Return a point's model with its values in short: ``CNN, channels 2-2``."""
    return say("{model}, {name}", "{model}（{name}）", model=entry.model, name=point_name(entry))


def axis_name(axis: Axis) -> str:
    """Return what an axis shows, without its unit."""
    if axis.counts_layers:
        return str(_LAYER_COUNTS.get(short_key(axis.key), setting_name(axis.key)))
    return setting_name(axis.key)


def varied_name(key: str, points: Sequence[PointResult]) -> str:
    """Return what the axis of a setting's values shows: text and captions call it so, too."""
    return axis_name(axis_of(key, [entry.point.values[key] for entry in points if key in entry.point.values]))


def axis_label(axis: Axis) -> str:
    """Return an axis's label with its unit in brackets."""
    name = axis_name(axis)
    if axis.counts_layers or axis.counted is None:
        return name
    return f"{name} [{unit(axis.counted)}]"


def axis_label_on_scale(axis: Axis) -> str:
    """Return an axis's label with its unit, and that it is logarithmic where it is."""
    label = axis_label(axis)
    return say("{label}, logarithmic", "{label}（対数目盛）", label=label) if axis.is_logarithmic else label


def axis_texts(axis: Axis) -> list[str]:
    """Return an axis's values as they are shown."""
    return [value_name(value) if text == "none" else text for text, value in zip(axis.texts, axis.values, strict=True)]


def values_of_layers(texts: Sequence[str]) -> list[str]:
    """Return what a value such as ``2-2`` means, where one of the texts is such a value.

    Args:
        texts: Values of settings as they are shown.
    """
    found = next((text for text in texts if _OF_LAYERS.fullmatch(text)), None)
    if found is None:
        return []
    return [
        say(
            "A value such as {text} gives those of the layers in turn.",
            "「{text}」のような値は、各層の値を順に並べたものである。",
            text=found,
        )
    ]
