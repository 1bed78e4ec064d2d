"""Models as tables: one layer by layer, or several in a line each."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import say
from mnist_lab.reports.differences import Layer, layers_of, leaves_of
from mnist_lab.reports.document import TableBlock
from mnist_lab.reports.words import word
from mnist_lab.runs.groups import Group

MOST_LAYER_TABLES = 4
"""Of more models than this, layer tables would bury the results: the models are listed in one line each."""


def layers_key(group: Group) -> str:
    """Return the key by which the text cites a group's layer table."""
    return f"layers of {group.label}"


def layer_table(group: Group) -> TableBlock:
    """Return a group's model layer by layer: output shape, parameters, and how their number comes about."""
    caption = say(
        "{model}{inputs}: {parameters:,} parameters.",
        "{model} の各層（{inputs}パラメータ数 {parameters:,}）。",
        model=group.label,
        inputs=_of_inputs(group),
        parameters=group.record.parameters,
    )
    rows = [
        [
            "\u2003" * (layer.depth - 1) + _numbered(layer),
            layer.shape,
            f"{layer.parameters:,}" if layer.parameters else "–",
            layer.formula or "–",
        ]
        for layer in layers_of(group)
    ]
    key = layers_key(group)
    return TableBlock(caption, (word("layer"), word("shape"), word("parameters"), word("formula")), rows, (2,), key)


def models_in_short(groups: Sequence[Group]) -> TableBlock:
    """Return the models in one line each: all their layers, and their parameters."""
    rows = [
        [
            group.label,
            say(", ", "、").join(layer.text for layer in leaves_of(group)),
            group.parameters_text,
        ]
        for group in groups
    ]
    headings = (word("configuration"), word("layers"), word("parameters"))
    return TableBlock(say("The models in short.", "モデルの概要。"), headings, rows, (2,), "models")


def _of_inputs(group: Group) -> str:
    """Say of how many inputs the run shown is, where the others have more or fewer."""
    shapes = [run.record.data.get("input_shape") for run in group.runs]
    if all(shape == shapes[0] for shape in shapes):
        return ""
    count = "×".join(map(str, shapes[0] or ()))
    return say(" of a run with {count} inputs", "入力が {count} 個の実行、", count=count)


def _numbered(layer: Layer) -> str:
    """Return the layer with its place as torchinfo counts it: ``Linear: 1-8``; with what else it was built with."""
    more = layer.text.partition(" (")[2] if "Pool" in layer.kind or "Dropout" in layer.kind else ""
    return f"{layer.name} ({more}" if more else layer.name
