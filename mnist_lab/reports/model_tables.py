"""Models as tables: one layer by layer, or several in a line each."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import say
from mnist_lab.reports.differences import layers_of
from mnist_lab.reports.document import TableBlock
from mnist_lab.reports.words import word
from mnist_lab.runs.groups import Group

MOST_LAYER_TABLES = 4
"""Of more models than this, layer tables would bury the results: the models are listed in one line each."""


def layer_table(group: Group) -> TableBlock:
    """Return a group's model layer by layer: output shape, parameters, and how their number comes about."""
    caption = say(
        "{model}: {parameters:,} parameters.",
        "{model}（パラメータ数 {parameters:,}）。",
        model=group.label,
        parameters=group.record.parameters,
    )
    rows = [
        [
            "\u2003" * (layer.depth - 1) + layer.name,
            layer.shape,
            f"{layer.parameters:,}" if layer.parameters else "–",
            layer.formula or "–",
        ]
        for layer in layers_of(group)
    ]
    return TableBlock(caption, (word("layer"), word("shape"), word("parameters"), word("formula")), rows, (2,))


def models_in_short(groups: Sequence[Group]) -> TableBlock:
    """Return the models in one line each: their layers with weights, and their parameters."""
    rows = [
        [
            group.label,
            ", ".join(layer.text for layer in layers_of(group) if layer.parameters),
            f"{group.record.parameters:,}",
        ]
        for group in groups
    ]
    headings = (word("configuration"), word("layers"), word("parameters"))
    return TableBlock(say("The models in short.", "モデルの概要。"), headings, rows, (2,))
