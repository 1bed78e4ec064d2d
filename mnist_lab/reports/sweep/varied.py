"""What a sweep varied: in a table with the values, and in sentences with the reason for what changed along."""

from __future__ import annotations

import json
from collections.abc import Mapping

from mnist_lab.language import listed, paragraph, say
from mnist_lab.reports.changes import layers_beside
from mnist_lab.reports.document import Block, Paragraph, TableBlock
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.setting_names import axis_name, setting_with_key, values_of_layers
from mnist_lab.reports.sweep.families import families_of, varied_keys
from mnist_lab.reports.sweep.value_steps import at_value
from mnist_lab.reports.words import word
from mnist_lab.runs.groups import Group
from mnist_lab.sweeps.axis import Axis, axis_of
from mnist_lab.sweeps.result import SweepResult
from mnist_lab.sweeps.setting_words import value_name


def varied_table(result: SweepResult) -> TableBlock:
    """Return what was varied: one row for each model and setting, the values in the order of the graphs."""
    rows: dict[str, list[str]] = {}
    for model, axes in _axes(result):
        for axis in axes:
            row = [model, setting_with_key(axis.key), say(", ", "、").join(map(value_name, axis.values))]
            rows.setdefault(json.dumps(row), row)
    texts = [text for row in rows.values() for text in row[2].split(say(", ", "、"))]
    caption = [say("What was varied, and the values it took.", "変えた設定項目とその値。"), *values_of_layers(texts)]
    headings = word("model"), word("setting"), word("values")
    return TableBlock(paragraph(caption), headings, list(rows.values()), key="varied")


def varied_sentences(result: SweepResult) -> list[str]:
    """Return what was varied in which model."""
    models: dict[str, list[str]] = {}
    for model, axes in _axes(result):
        names = [
            say("{name} ({count} values)", "{name}（{count} 通り）", name=axis_name(axis), count=len(axis.values))
            for axis in axes
        ]
        if names:
            models.setdefault(listed(names, ja="と"), []).append(model)
    found = [
        say(
            "With {model}, these were varied: {names}.",
            "{model} では、{names}を変えた。",
            model=listed(list(dict.fromkeys(own)), ja=" と "),
            names=names,
        )
        for names, own in models.items()
    ]
    found.append(
        say(
            "{table} lists the values; all else stayed the same within a model.",
            "値を {table} に示す。同じモデルの中では、ほかの設定はすべて同じである。",
            table=cite("varied"),
        )
    )
    return found


def changes_along(result: SweepResult, groups: Mapping[str, Group]) -> list[Block]:
    """Return which layers change from the first value of a setting to its last, from what to what and why.

    Each change has a paragraph and a table of its own.

    Args:
        result: Of the sweep.
        groups: Each point with its runs, by the point's key.
    """
    found: list[Block] = []
    for key in varied_keys(result):
        shown: set[str] = set()
        for family in families_of(result, key):
            axis = axis_of(key, [entry.point.values[key] for entry in family.points])
            ends = [at_value(family, axis, axis.values[place])[0] for place in (0, -1)]
            pair = [groups[entry.point.key] for entry in ends if entry.point.key in groups]
            if family.model in shown or axis.positions is None or len(pair) < 2 or family.mixed:
                continue
            shown.add(family.model)
            if ends[0].parameters != ends[1].parameters:
                found += layers_beside(*pair)
    if not found:
        return []
    intro = say(
        "The other values lie between the following ends; where the output of a layer changes, so does the input of "
        "the next.",
        "層の変更を、値の両端で示す。前の層の出力の大きさが変わるため、次の層の入力もそれに合わせて変わる。",
    )
    return [Paragraph(intro), *found]


def _axes(result: SweepResult) -> list[tuple[str, list[Axis]]]:
    """Return the axes of each base, under its model's name."""
    everything = (*result.points, *result.failed)
    found = []
    for base in dict.fromkeys(entry.point.base for entry in everything):
        own = [entry for entry in everything if entry.point.base == base]
        axes = [axis_of(key, [entry.point.values[key] for entry in own]) for key in own[0].point.values]
        found.append((own[0].model, axes))
    return found
