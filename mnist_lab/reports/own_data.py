"""One's own data among the conditions: label, inputs and classes, which nobody else can know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mnist_lab.language import listed, say
from mnist_lab.reports.preprocessing import SIDES_OF_A_PICTURE
from mnist_lab.runs.data_names import file_of
from mnist_lab.runs.groups import Group, learns_inputs
from mnist_lab.runs.record import RunRecord
from mnist_lab.runs.spread import counts_text

_MOST_NAMED = 10


def own_data(records: Sequence[RunRecord]) -> dict[str, str]:
    """Return the rows on data of the user's own by their heading; those of a data set with a name say nothing.

    Args:
        records: At least one.
    """
    own = [record for record in records if file_of(record.data)]
    rows = {
        "label": [str((record.data.get("settings") or {}).get("label") or "") for record in own],
        "inputs": [_inputs(record.data, own) for record in own],
        "classes": [_classes(record.data.get("class_names") or []) for record in own],
    }
    return {name: say("; ", "；").join(filter(None, dict.fromkeys(values))) for name, values in rows.items()}


def inputs_of_repeats(groups: Sequence[Group]) -> list[str]:
    """Return why repeats of one setting have other numbers of inputs; nothing where they have not."""
    runs = [run for group in groups for run in group.runs if learns_inputs(run.record)]
    if all(len({_width(run.record.data) for run in group.runs}) == 1 for group in groups):
        return []
    return [
        say(
            "The number of inputs differs between the repeats ({widths}), since the categories of a column of texts "
            "are learned on each run's training split; so does the number of parameters, which is given as a range.",
            "文字列の列のカテゴリは実行ごとの学習用データから決めるため、入力の数は繰り返しによって異なる"
            "（{widths} 個）。それに伴って異なるパラメータ数は、範囲で示す。",
            widths=counts_text([_width(run.record.data) for run in runs]),
        )
    ]


def _inputs(data: Mapping[str, Any], own: Sequence[RunRecord]) -> str:
    """Return the columns that the network is given, and how many numbers they become; of pictures their size."""
    shape = data.get("input_shape") or []
    if len(shape) == SIDES_OF_A_PICTURE:
        channels, height, width = shape
        return say(
            "pictures of {height}×{width} pixels, {colours}",
            "{height}×{width} 画素の画像（{colours}）",
            height=height,
            width=width,
            colours=say("grey levels", "グレースケール") if channels == 1 else say("colours (RGB)", "カラー（RGB）"),
        )
    columns = _columns(data)
    count = say("{count} columns", "{count} 列", count=len(columns))
    named = _named(columns, count) if len(columns) > 1 else "".join(columns)
    widths = [_width(record.data) for record in own if _columns(record.data) == columns]
    if not data.get("categories") or not widths:
        return named
    return say(
        "{named}; with its texts as 0 and 1: {count} inputs",
        "{named}、文字列を 0 と 1 にした後の入力は {count} 個",
        named=named,
        count=counts_text(widths),
    )


def _columns(data: Mapping[str, Any]) -> list[str]:
    """Return the columns of the features, of which texts are several: ``island`` of ``island=Biscoe``."""
    column = {f"{name}={text}": name for name, texts in (data.get("categories") or {}).items() for text in texts}
    return list(dict.fromkeys(column.get(name, name) for name in data.get("feature_names") or []))


def _classes(names: Sequence[str]) -> str:
    return _named(names, say("{count} classes", "{count} 個", count=len(names))) if names else ""


def _named(names: Sequence[str], count: str) -> str:
    """Return how many there are, and which, where they are few."""
    if len(names) > _MOST_NAMED:
        return count
    return say("{count} ({names})", "{count}（{names}）", count=count, names=listed(list(names)))


def _width(data: Mapping[str, Any]) -> int:
    shape = data.get("input_shape") or []
    return int(shape[0]) if len(shape) == 1 else 0
