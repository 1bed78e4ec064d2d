"""What differs between two groups: settings, and layers one by one, from what to what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from mnist_lab.runs.groups import Group, differing_settings
from mnist_lab.runs.run import compared_settings, value_text

ABSENT = "–"


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

    @property
    def text(self) -> str:
        """The layer in a few characters: ``Conv2d 1→4 (3×3)``, ``Linear 784→128``, ``ReLU``."""
        weights = self.formula.partition(" + ")[0].partition(" = ")[0].split("×")
        if self.kind == "Linear" and len(weights) == 2:
            return f"Linear {weights[0]}→{weights[1]}"
        if self.kind == "Conv2d" and len(weights) == 4:
            return f"Conv2d {weights[0]}→{weights[3]} ({weights[1]}×{weights[2]})"
        return self.kind


@dataclass(frozen=True)
class LayerChange:
    """A layer of the first model beside its counterpart in the second; None where one has none."""

    change: Literal["same", "changed", "removed", "added"]
    first: Layer | None
    second: Layer | None


def layers_of(group: Group) -> list[Layer]:
    """Return the layers of a group's model."""
    return [_layer(entry) for entry in group.record.layers]


def compare_layers(first: Group, second: Group) -> list[LayerChange]:
    """Return the layers of both models beside each other, matched by their classes from the output backwards.

    The last layers are matched first: the output layer of one network is that of the other, whatever came before.
    """
    one, other = layers_of(first)[::-1], layers_of(second)[::-1]
    matcher = SequenceMatcher(None, [layer.kind for layer in one], [layer.kind for layer in other], autojunk=False)
    changes: list[LayerChange] = []
    for operation, from_one, to_one, from_other, to_other in matcher.get_opcodes():
        if operation == "equal":
            for old, new in zip(one[from_one:to_one], other[from_other:to_other], strict=True):
                same = (old.shape, old.parameters, old.formula) == (new.shape, new.parameters, new.formula)
                changes.append(LayerChange("same" if same else "changed", old, new))
        else:
            changes += [LayerChange("removed", layer, None) for layer in one[from_one:to_one]]
            changes += [LayerChange("added", None, layer) for layer in other[from_other:to_other]]
    return changes[::-1]


def setting_rows(groups: Sequence[Group]) -> list[list[str]]:
    """Return the settings that differ, one row each: name, then the value of each group; ``–``: it has none."""
    records = [group.record for group in groups]
    settings = [compared_settings(record) for record in records]
    return [
        [name, *(value_text(each[name]) if name in each else ABSENT for each in settings)]
        for name in differing_settings(records)
    ]


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
    )
