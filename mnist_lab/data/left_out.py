"""The columns of a table that are no inputs although nobody said so, each with the reason, in one line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mnist_lab.language import listed, say

if TYPE_CHECKING:
    from pandas import DataFrame, Series

_THOUSANDS = re.compile(r"[-+\N{MINUS SIGN}]?\d{1,3}(,\d{3})+(\.\d*)?")
_DATE = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T].*)?")
_LISTED = 10
_SHOWN_CHARACTERS = 30


def left_out_columns(table: DataFrame, label: str, is_numeric: Callable[[Series[str]], bool]) -> list[str]:
    """Return each column that is not taken for an input, with the reason, as ``note (text)``.

    A column without name and values, as spreadsheets export it, is none that anybody misses.

    Args:
        table: Of cleaned text; an empty text is a missing value.
        label: Name of the label's column.
        is_numeric: Says whether a column holds numbers.
    """
    found = []
    for place, name in enumerate(table.columns):
        column = table.iloc[:, place]
        if name == label or (name and is_numeric(column)):
            continue
        if name:
            found.append(_because(_short(name), _why_no_numbers(column)))
        elif (column != "").any():
            number = say("column {number}", "{number} 列目", number=place + 1)
            found.append(_because(number, say("no name", "列名なし")))
    return found


def left_out_note(left_out: Sequence[str]) -> str | None:
    """Return the line that tells the user of these columns; None where there are none."""
    if not left_out:
        return None
    return say(
        "data: columns not used as inputs: {columns}; --data.source.inputs names those that are",
        "data：入力に使わない列：{columns}。使う列は --data.source.inputs で指定できます",
        columns=first_of(left_out),
    )


def first_of(left_out: Sequence[str]) -> str:
    """Return the first of these columns, and how many there are."""
    shown = listed(list(left_out[:_LISTED]), en=", ")
    if len(left_out) <= _LISTED:
        return shown
    return say("{shown}, … ({count} in all)", "{shown}、…（全部で {count} 列）", shown=shown, count=len(left_out))


def _why_no_numbers(column: Series[str]) -> str:
    present = column[column != ""]
    if present.empty:
        return say("empty", "空")
    if present.map(lambda text: _THOUSANDS.fullmatch(text) is not None).mean() > 0.5:
        return say("numbers such as {text} are text", "{text} のような数は文字とみなされます", text=_first(present))
    if present.map(lambda text: _DATE.fullmatch(text) is not None).mean() > 0.5:
        return say("dates", "日付")
    return say("text", "文字")


def _first(present: Series[str]) -> str:
    return _short(next(text for text in present if _THOUSANDS.fullmatch(text)))


def _because(column: str, reason: str) -> str:
    return say("{column} ({reason})", "{column}（{reason}）", column=column, reason=reason)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
