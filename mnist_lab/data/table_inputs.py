"""The input columns of a table as tensors, before anything is learned from them: numbers, and texts as codes."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from mnist_lab.data.cells import Marks, as_numbers, cell, is_missing, is_numeric, short, such_cells
from mnist_lab.data.missing import Missing
from mnist_lab.data.text_encoding import TableInputs
from mnist_lab.errors import DataError, UsageError
from mnist_lab.language import say

if TYPE_CHECKING:
    from pandas import DataFrame, Series

_Numbers = np.ndarray[tuple[int], np.dtype[np.float32]]
_ROWS_TO_JUDGE = 10


def text_columns(table: DataFrame, names: Sequence[str]) -> list[str]:
    """Return which of the columns hold texts: those with values of which no more than half are numbers."""
    return [name for name in names if not is_missing(table[name]).all() and not is_numeric(table[name])]


def read_inputs(
    table: DataFrame, names: Sequence[str], texts: Collection[str], missing: Missing, path: Path, *, new: bool = False
) -> TableInputs:
    """Return the input columns.

    Args:
        table: The table, without the rows that are left out.
        names: Of the input columns.
        texts: Which of them hold texts.
        missing: Whether a missing value is an error here; ``mean``: it becomes NaN.
        path: The table's file, for messages.
        new: They are samples for a network that has learned these columns: none can be left out, and a text need not
            come again.

    Raises:
        UsageError: A column's texts do not come again.
        DataError: A value is missing, no number, or not finite; the message names file, row and column.
    """
    if missing == "error":
        _check_rows(table, names, path, new=new)
    columns: list[_Numbers] = []
    known: dict[str, list[str]] = {}
    for name in names:
        column = table[name]
        gaps = is_missing(column)
        if missing == "error" and gaps.any():
            raise _missing_value(column, gaps, path, new=new)
        if name in texts:
            known[name] = sorted(column[~gaps].unique())
            if not new:
                _check_texts(column, known[name], path)
            codes = {text: float(place) for place, text in enumerate(known[name])}
            columns.append(np.array([codes.get(text, math.nan) for text in column.where(~gaps, "")], dtype=np.float32))
        else:
            columns.append(_numbers(column, gaps, path, new=new))
    return TableInputs(tuple(names), known, torch.from_numpy(np.stack(columns, axis=1)))


def _numbers(column: Series[str], gaps: Marks, path: Path, *, new: bool) -> _Numbers:
    with np.errstate(over="ignore"):
        values = as_numbers(column).astype(np.float32)
    bad = ~np.isfinite(values) & ~gaps
    if bad.any():
        raise DataError(
            say(
                "{where}: '{value}' is not a number that can be computed with{count}; correct it, {ways_out}.",
                "{where}：'{value}' は計算できる数値ではありません{count}。修正するか、{ways_out}。",
                where=cell(path, column, bad),
                value=short(column.to_numpy()[bad][0]),
                count=such_cells(bad),
                ways_out=say("or delete the row", "その行を削除してください")
                if new
                else say(
                    "delete the row, or leave the column out (--data.source.inputs)",
                    "その行を削除するか、列を外してください（--data.source.inputs）",
                ),
            )
        )
    values[gaps] = math.nan
    return values


def _check_rows(table: DataFrame, names: Sequence[str], path: Path, *, new: bool) -> None:
    """Look for rows that lack all inputs, which one line says better than one of each cell.

    Raises:
        DataError: There are some.
    """
    empty = np.all([is_missing(table[name]) for name in names], axis=0)
    if empty.any() and not empty.all():
        raise DataError(
            say(
                "{path}, row {row}: none of the inputs has a value{count}; fill the row in, or {way_out}.",
                "{path} の {row} 行目：入力の値が 1 つもありません{count}。値を入力するか、{way_out}。",
                path=path,
                row=table.index[int(empty.argmax())],
                way_out=say("delete it", "その行を削除してください")
                if new
                else say(
                    "leave such rows out (--data.source.missing drop)",
                    "--data.source.missing drop でその行を除外してください",
                ),
                count=say(" (the first of {rows} such rows)", "（同様の行が {rows} 行あります）", rows=int(empty.sum()))
                if empty.sum() > 1
                else "",
            )
        )


def _check_texts(column: Series[str], texts: Sequence[str], path: Path) -> None:
    """Refuse names and remarks: of a text that does not come again nothing can be learned.

    Raises:
        UsageError: More than half of the rows have a text of their own.
    """
    if len(column) >= _ROWS_TO_JUDGE and len(texts) > len(column) / 2:
        raise UsageError(
            say(
                "inputs: {path}, column '{name}' has {texts} different texts in {rows} rows ('{first}', …), so that "
                "hardly one comes again; leave it out.",
                "inputs：{path} の列 '{name}' には {rows} 行に {texts} 種類の文字列（'{first}' など）があり、ほとんど"
                "繰り返しがありません。入力から外してください。",
                path=path,
                name=column.name,
                texts=len(texts),
                rows=len(column),
                first=short(texts[0]),
            )
        )


def _missing_value(column: Series[str], gaps: Marks, path: Path, *, new: bool) -> DataError:
    value = column.to_numpy()[gaps][0]
    return DataError(
        say(
            "{where}: the value is missing{value}{count}; fill it in, leave out such rows (--data.source.missing drop)"
            "{column}, or take the mean (--data.source.missing mean).",
            "{where}：値がありません{value}{count}。値を入力するか、その行を除外するか（--data.source.missing drop）、"
            "{column}平均で補ってください（--data.source.missing mean）。",
            where=cell(path, column, gaps),
            value=f" ('{value}')" if value else "",
            column="" if new else say(" or the column (--data.source.inputs)", "列を外すか（--data.source.inputs）、"),
            count=such_cells(gaps),
        )
    )
