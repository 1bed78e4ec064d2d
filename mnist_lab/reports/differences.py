"""What differs between two groups: settings, and layers one by one, from what to what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from mnist_lab.language import say
from mnist_lab.runs.groups import Group, differing_settings
from mnist_lab.runs.record import RunRecord
from mnist_lab.runs.run import compared_settings, value_text
from mnist_lab.sweeps.axis import unit_of
from mnist_lab.sweeps.points import short_key
from mnist_lab.sweeps.setting_words import value_name

ABSENT = "–"
NO_NEWS = ("lr_scheduler.last_epoch",)
"""Settings that are told only where they have several values: a new schedule begins before its first epoch."""


@dataclass(frozen=True)
class Layer:
    """One layer as a report shows it."""

    name: str
    """torchinfo's: class, depth and index, such as ``Conv2d: 1-1``."""
    depth: int
    kind: str
    """Its class."""
    shape: str
    """Of its output, without the batch: ``4×26×26``."""
    parameters: int
    formula: str
    """How the count comes about, such as ``784×128 + 128 = 100,480``."""
    arguments: str = ""
    """What it was built with, as PyTorch writes it; empty in records that do not hold it."""

    @property
    def text(self) -> str:
        """The layer in a few characters: ``Conv2d 1→4 (3×3)``, ``MaxPool2d (2×2)``, ``Linear 784→128``, ``ReLU``."""
        weights = self.formula.partition(" + ")[0].partition(" = ")[0].split("×")
        if self.kind == "Linear" and len(weights) == 2:
            return f"Linear {weights[0]}→{weights[1]}"
        if self.kind == "Conv2d" and len(weights) == 4:
            more = [f"{weights[1]}×{weights[2]}", *self._unusual("stride", "1", "1×1"), *self._unusual("padding", "0")]
            return f"Conv2d {weights[0]}→{weights[3]} ({', '.join(more)})"
        if "Pool" in self.kind and (side := self._argument("kernel_size")):
            return f"{self.kind} ({side if '×' in side else f'{side}×{side}'})"
        if "Dropout" in self.kind and (share := self._argument("p")):
            return f"{self.kind} (p = {share})"
        return self.kind

    def _argument(self, name: str) -> str:
        """Return an argument's value, ``(3, 3)`` as ``3×3``; empty where it is not known."""
        found = re.search(rf"\b{name}=(\([^)]*\)|[^,\s]+)", self.arguments)
        return found[1].strip("()").replace(", ", "×") if found else ""

    def _unusual(self, name: str, *usual: str) -> list[str]:
        value = self._argument(name)
        return [f"{name} {value}"] if value and value not in usual else []


@dataclass(frozen=True)
class LayerChange:
    """A layer of the first model beside its counterpart in the second; None where one has none."""

    change: Literal["same", "changed", "removed", "added"]
    first: Layer | None
    second: Layer | None


def layers_of(group: Group) -> list[Layer]:
    """Return the layers of a group's model."""
    return _layers(group.record)


def leaves_of(group: Group) -> list[Layer]:
    """Return the layers that hold no others, in the order in which they are called."""
    layers = layers_of(group)
    depths = [layer.depth for layer in layers[1:]] + [0]
    return [layer for layer, next_depth in zip(layers, depths, strict=True) if next_depth <= layer.depth]


def compare_layers(first: Group, second: Group) -> list[LayerChange]:
    """Return the layers of both models beside each other, matched by their classes from the output backwards.

    The last layers are matched first: the output layer of one network is that of the other, whatever came before.
    """
    one, other = (_layers(record)[::-1] for record in _on_like_inputs(first, second))
    matcher = SequenceMatcher(None, [layer.kind for layer in one], [layer.kind for layer in other], autojunk=False)
    changes: list[LayerChange] = []
    for operation, from_one, to_one, from_other, to_other in matcher.get_opcodes():
        if operation == "equal":
            for old, new in zip(one[from_one:to_one], other[from_other:to_other], strict=True):
                same = (old.shape, old.text, old.formula) == (new.shape, new.text, new.formula)
                changes.append(LayerChange("same" if same else "changed", old, new))
        else:
            changes += _replaced(one[from_one:to_one], other[from_other:to_other])
    return changes[::-1]


def _layers(record: RunRecord) -> list[Layer]:
    return [_layer(entry) for entry in record.layers]


def _on_like_inputs(first: Group, second: Group) -> tuple[RunRecord, RunRecord]:
    """Return a run of each with as many inputs, where there are such: what follows from the seeds is no change."""
    pairs = [(one.record, other.record) for one in first.runs for other in second.runs]
    shape = "input_shape"
    return next((pair for pair in pairs if pair[0].data.get(shape) == pair[1].data.get(shape)), pairs[0])


def _replaced(old: Sequence[Layer], new: Sequence[Layer]) -> list[LayerChange]:
    """Pair layers that take each other's place, such as two activations; the others were removed or added."""
    if len(old) == len(new) and all(
        a.shape == b.shape and not a.parameters + b.parameters for a, b in zip(old, new, strict=True)
    ):
        return [LayerChange("changed", *pair) for pair in zip(old, new, strict=True)]
    removed = [LayerChange("removed", layer, None) for layer in old]
    return [*removed, *(LayerChange("added", None, layer) for layer in new)]


def setting_rows(groups: Sequence[Group]) -> list[list[str]]:
    """Return the settings that differ, one row each: name, then the value of each group; ``–``: it has none."""
    records = [group.record for group in groups]
    settings = [compared_settings(record) for record in records]
    return [
        [name, *(value_shown(name, each[name]) if name in each else ABSENT for each in settings)]
        for name in differing_settings(records)
        if name not in NO_NEWS or len({str(each[name]) for each in settings if name in each}) > 1
    ]


def value_shown(name: str, value: Any) -> str:
    """Return a value as a sweep's report names it: ``none``, and where it counts something ``4-4`` for channels."""
    if short_key(name) == "pooling" and value == 1:
        return say("1 (none)", "1（なし）")
    if value is None or (isinstance(value, list) and unit_of(name)):
        return value_name(value)
    return value_text(value)


def _layer(entry: dict[str, Any]) -> Layer:
    name = str(entry.get("name", ""))
    shape = entry.get("output_shape") or []
    return Layer(
        name=name,
        depth=int(entry.get("depth", 1)),
        kind=name.partition(":")[0],
        shape="×".join(str(side) for side in shape[1:]),
        parameters=int(entry.get("parameters", 0)),
        formula=str(entry.get("formula", "")),
        arguments=str(entry.get("arguments", "")),
    )
