"""What was changed from the first group to the others: layers and settings, in sentences and tables."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import listed, say
from mnist_lab.reports.differences import Layer, compare_layers, setting_rows
from mnist_lab.reports.document import Block, Paragraph, TableBlock
from mnist_lab.reports.model_tables import MOST_LAYER_TABLES
from mnist_lab.reports.words import word
from mnist_lab.runs.groups import Group


def layers_changed(groups: Sequence[Group]) -> list[str]:
    """Return the sentences on the layers that differ from the first group's; none where there are many groups."""
    return [] if len(groups) > MOST_LAYER_TABLES else [_from_first_to(groups[0], other) for other in groups[1:]]


def changes(groups: Sequence[Group]) -> list[Block]:
    """Return the layers beside each other, and the settings that differ."""
    blocks: list[Block] = []
    if len(groups) <= MOST_LAYER_TABLES:
        for other in groups[1:]:
            blocks += [Paragraph(_from_first_to(groups[0], other)), _beside(groups[0], other)]
    settings = setting_rows(groups)
    if settings:
        blocks.append(Paragraph(_settings_changed(len(settings))))
        headings = (word("setting"), *(group.label for group in groups))
        if len(groups) > MOST_LAYER_TABLES:  # a column each would not fit on a page
            headings = (word("configuration"), *(row[0] for row in settings))
            columns = [[row[place + 1] for row in settings] for place in range(len(groups))]
            settings = [[group.label, *column] for group, column in zip(groups, columns, strict=True)]
        blocks.append(TableBlock(say("Settings that differ.", "異なる設定。"), headings, settings))
    return blocks


def _from_first_to(first: Group, second: Group) -> str:
    """Say which layers differ, from what to what, and what that does to the number of parameters."""
    old, new = first.record.parameters, second.record.parameters
    count = (
        say("number of parameters stays at {old:,}", "パラメータ数は {old:,} のままである", old=old)
        if old == new
        else say(
            "number of parameters went from {old:,} to {new:,}",
            "パラメータ数は {old:,} から {new:,} になった",
            old=old,
            new=new,
        )
    )
    if changed := _layers_from_to(first, second):
        return say(
            "From {first} to {second}, {changed}. The {count}.",
            "{first}から{second}への変更では、{changed}。{count}。",
            first=first.label,
            second=second.label,
            changed=say("; ", "。").join(changed),
            count=count,
        )
    return say(
        "From {first} to {second}, the layers {what}; the {count}.",
        "{first}から{second}への変更では、重みをもつ層は{what}。{count}。",
        first=first.label,
        second=second.label,
        what=say("with weights stay as they are", "同じである")
        if old == new
        else say("change in size", "大きさだけが異なる"),
        count=count,
    )


def _layers_from_to(first: Group, second: Group) -> list[str]:
    found = compare_layers(first, second)
    removed = [change.first.text for change in found if change.change == "removed" and change.first]
    added = [change.second.text for change in found if change.change == "added" and change.second]
    said = []
    if len(removed) == 1:
        said.append(say("{layer} was removed", "{layer} を取り除いた", layer=removed[0]))
    elif removed:
        said.append(say("{layers} were removed", "{layers} を取り除いた", layers=listed(removed)))
    if len(added) == 1:
        said.append(say("{layer} was added", "{layer} を加えた", layer=added[0]))
    elif added:
        said.append(say("{layers} were added", "{layers} を加えた", layers=listed(added)))
    return said + [
        say("{old} became {new}", "{old} は {new} になった", old=change.first.text, new=change.second.text)
        for change in found
        if change.first and change.second and change.first.text != change.second.text
    ]


def _beside(first: Group, second: Group) -> TableBlock:
    caption = say(
        "The layers of {first} beside those of {second}; behind ⇒ the output shape, without the batch.",
        "{first}と{second}の層の対応（⇒ の後ろはバッチを除いた出力の形）。",
        first=first.label,
        second=second.label,
    )
    rows = [[_cell(change.first), _cell(change.second)] for change in compare_layers(first, second)]
    return TableBlock(caption, (first.label, second.label), rows)


def _cell(layer: Layer | None) -> str:
    return "–" if layer is None else f"{layer.text} ⇒ {layer.shape}"


def _settings_changed(count: int) -> str:
    if count == 1:
        return say(
            "One setting differs; all others are the same. A dash: the model has no such setting.",
            "異なる設定は次の1個であり、ほかの設定はすべて同じである。「–」は、そのモデルにその設定がないことを示す。",
        )
    return say(
        "{count} settings differ; all others are the same. A dash: the model has no such setting.",
        "異なる設定は次の{count}個であり、ほかの設定はすべて同じである。「–」は、そのモデルにその設定がないことを示す。",
        count=count,
    )
