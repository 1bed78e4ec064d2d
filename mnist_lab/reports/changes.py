"""What was changed from the first group to the others: layers and settings, in sentences and tables."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import listed, paragraph, say
from mnist_lab.reports.differences import ABSENT, Layer, LayerChange, compare_layers, setting_rows
from mnist_lab.reports.document import Block, Paragraph, TableBlock
from mnist_lab.reports.group_names import fact_rows, first_number, told_apart
from mnist_lab.reports.model_tables import MOST_LAYER_TABLES
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.pooling_order import pooling_order
from mnist_lab.reports.setting_names import setting_with_key, values_of_layers
from mnist_lab.reports.words import word
from mnist_lab.runs.groups import Group
from mnist_lab.runs.source_code import identity_of

_MOST_COLUMNS = 5
"""Of settings, of which a page has room for a column each."""


def layers_changed(groups: Sequence[Group]) -> list[str]:
    """Return the sentences on the layers that differ from the first group's; none where there are many groups."""
    return [] if len(groups) > MOST_LAYER_TABLES else [_from_first_to(groups[0], other) for other in groups[1:]]


def changes(groups: Sequence[Group]) -> list[Block]:
    """Return the layers beside each other, and the settings that differ."""
    blocks: list[Block] = []
    if len(groups) <= MOST_LAYER_TABLES:
        for other in groups[1:]:
            blocks += layers_beside(groups[0], other)
    blocks += [Paragraph(sentence) for sentence in pooling_order(groups)]
    if (table := settings_table(groups)) is not None:
        blocks += [Paragraph(_within_a_model() if are_told_within_models(groups) else _settings_changed(groups)), table]
    return blocks


def settings_table(groups: Sequence[Group]) -> TableBlock | None:
    """Return the settings that differ, which tell what numbered names stand for; None where there are none."""
    rows = [[setting_with_key(name), *values] for name, *values in setting_rows(groups)]
    rows += fact_rows(groups) if first_number(groups) else []
    if not rows:
        return None
    layers = values_of_layers([value for row in rows for value in row[1:]])
    caption = paragraph([say("Settings that differ.", "異なる設定。"), *layers])
    headings = (word("setting"), *(group.label for group in groups))
    if are_told_within_models(groups):
        caption = say("Settings that differ within a model.", "同じモデルの中で異なる設定。")
        headings = (word("configuration"), word("settings"))
        rows = [[group.label, what or ABSENT] for group, what in zip(groups, told_apart(groups), strict=True)]
    elif len(groups) > MOST_LAYER_TABLES:  # a column each would not fit on a page
        headings = (word("configuration"), *(row[0] for row in rows))
        columns = [[row[place + 1] for row in rows] for place in range(len(groups))]
        rows = [[group.label, *column] for group, column in zip(groups, columns, strict=True)]
    return TableBlock(caption, headings, rows, key="settings")


def are_told_within_models(groups: Sequence[Group]) -> bool:
    """Return whether settings and configurations are too many for a table with a row and a column each."""
    many = len(setting_rows(groups)) > _MOST_COLUMNS or first_number(groups) is not None
    return many and len(groups) > MOST_LAYER_TABLES


def _within_a_model() -> str:
    return say(
        "{table} lists the settings in which the configurations of one model differ.",
        "同じモデルの設定どうしで異なる設定項目とその値を {table} に示す。",
        table=cite("settings"),
    )


def layers_beside(first: Group, second: Group) -> list[Block]:
    """Return which layers changed from one group to another, in sentences, and the layers of both in a table."""
    beside = _beside(first, second)
    text = say(
        "{text} {table} shows both.",
        "{text}両者の層を {table} に示す。",
        text=_from_first_to(first, second),
        table=cite(beside.key),
    )
    return [Paragraph(text), beside]


def _from_first_to(first: Group, second: Group) -> str:
    """Say which layers differ, from what to what, and what that does to the number of parameters."""
    old, new = first.parameters_text, second.parameters_text
    count = (
        say("number of parameters stays at {old}", "パラメータ数は {old} のままである", old=old)
        if old == new
        else say(
            "number of parameters went from {old} to {new}",
            "パラメータ数は {old} から {new} になった",
            old=old,
            new=new,
        )
    )
    if changed := [*_taken_and_put(first, second), *_from_to(first, second)]:
        return say(
            "From {first} to {second}, {changed}. The {count}.{unseen}",
            "{first} から {second} への変更では、{changed}。{count}。{unseen}",
            first=first.label,
            second=second.label,
            changed=say("; ", "。").join(changed),
            count=count,
            unseen=_unseen([first, second]),
        )
    return say(
        "From {first} to {second}, the layers {what}; the {count}.",
        "{first} から {second} への変更では、層の構成は{what}。{count}。",
        first=first.label,
        second=second.label,
        what=_same_layers(first, second),
        count=count,
    )


def _unseen(groups: Sequence[Group]) -> str:
    """Say what a comparison of layers does not see of networks of one's own; nothing where there are none."""
    own = [group.label for group in groups if group.record.code]
    if not own:
        return ""
    return say(
        " Of {names}, the layers kept as attributes are compared; what forward makes or calls by itself (nn.ReLU()(x), "
        "F.relu(x)) is not seen, so that a layer added or removed may be a difference in writing alone.",
        "{names} については、属性として持つ層だけを比べている。forward の中で作る層や呼び出す関数（nn.ReLU()(x)、"
        "F.relu(x) など）は含まれないため、加えた層や取り除いた層は、書き方だけの違いの可能性がある。",
        names=listed(own),
    )


def _same_layers(first: Group, second: Group) -> str:
    """Say what differs where the layers do not."""
    if first.parameters_text != second.parameters_text:
        return say("change in size", "同じであり、大きさだけが異なる")
    if identity_of(first.record.code) != identity_of(second.record.code):
        return say(
            "stay as they are, but the code differs, and so what forward does with them may",
            "同じであるが、コードが異なるため、forward での使い方が異なる可能性がある",
        )
    return say("stay as they are", "同じである")


def _taken_and_put(first: Group, second: Group) -> list[str]:
    """Say which layers were removed and which were added."""
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
    return said


def _from_to(first: Group, second: Group) -> list[str]:
    """Say which layers became others, equal changes once, each with its reason where the layers before it give one."""
    said: dict[str, int] = {}
    before: LayerChange | None = None
    for change in compare_layers(first, second):
        if change.first and change.second and change.first.text != change.second.text:
            text = _became(change.first, change.second, before)
            said[text] = said.get(text, 0) + 1
        if change.first and change.second:
            before = change
    return [
        text if count == 1 else say("{text} ({count} places)", "{text}（{count} か所）", text=text, count=count)
        for text, count in said.items()
    ]


def _became(old: Layer, new: Layer, before: LayerChange | None) -> str:
    """Say what a layer became, and of its inputs alone why they changed: the output before it has another shape."""
    said = say("{old} became {new}", "{old} を {new} に変更した", old=old.text, new=new.text)
    if not old.parameters or before is None or not before.first or not before.second:
        return said
    shapes = before.first.shape, before.second.shape
    if shapes[0] == shapes[1]:
        return said
    if old.text.partition("→")[2] != new.text.partition("→")[2]:
        return say(
            "{said} (its inputs follow the output of {kind}, which goes from {first} to {second})",
            "{said}（入力側は、{kind} の出力が {first} から {second} に変わることに合わせた）",
            said=said,
            kind=before.first.kind,
            first=shapes[0],
            second=shapes[1],
        )
    return say(
        "since the output of {kind} goes from {first} to {second}, {said}",
        "{kind} の出力が {first} から {second} に変わるため、{said}",
        said=said,
        kind=before.first.kind,
        first=shapes[0],
        second=shapes[1],
    )


def _beside(first: Group, second: Group) -> TableBlock:
    caption = say(
        "The layers of {first} beside those of {second}; behind ⇒ the output shape, without the batch.",
        "{first} と {second} の層の対応（⇒ の後ろはバッチを除いた出力の形）。",
        first=first.label,
        second=second.label,
    )
    rows = [[_cell(change.first), _cell(change.second)] for change in compare_layers(first, second)]
    return TableBlock(caption, (first.label, second.label), rows, key=f"{first.label} beside {second.label}")


def _cell(layer: Layer | None) -> str:
    return "–" if layer is None else f"{layer.text} ⇒ {layer.shape}"


def _settings_changed(groups: Sequence[Group]) -> str:
    count = len(setting_rows(groups))
    if count == 1:
        return say(
            "One setting differs, which {table} shows; all others are the same. A dash: the model has no such setting.",
            "設定で異なるのは {table} に示す 1 個だけであり、ほかはすべて同じである。「–」は、"
            "そのモデルにその設定がないことを示す。",
            table=cite("settings"),
        )
    return say(
        "{count} settings differ, which {table} shows; all others are the same. A dash: the model has no such setting.",
        "設定で異なるのは {table} に示す {count} 個だけであり、ほかはすべて同じである。「–」は、"
        "そのモデルにその設定がないことを示す。",
        count=count,
        table=cite("settings"),
    )
