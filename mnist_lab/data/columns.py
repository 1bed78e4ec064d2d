"""The columns of a table: text in, numbers and classes out, and the cell named where that cannot be.

A table is a pandas DataFrame of cleaned text; its index holds the row numbers that the user sees, and an empty text is
a missing value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch
from torch import Tensor

from mnist_lab.data.left_out import first_of, left_out_columns
from mnist_lab.data.text import clean
from mnist_lab.errors import DataError, UsageError, nearest
from mnist_lab.language import Phrase, say

if TYPE_CHECKING:
    from pandas import DataFrame, Series

LEAST_PER_CLASS = 5
"""So that training, validation and test can each have a sample of every class."""
_MINUS = "\N{MINUS SIGN}"  # typesetting's, which NFKC leaves alone
_SHOWN_CHARACTERS = 30
_LISTED = 10

Unit = Literal["rows", "pictures"]
_UNITS: Mapping[Unit, Phrase] = {"rows": Phrase("rows", "行"), "pictures": Phrase("pictures", "画像")}
"""What samples are called."""


def choose_inputs(table: DataFrame, inputs: Sequence[str] | None, label: str, path: Path) -> list[str]:
    """Return the names of the input columns.

    Args:
        table: The table.
        inputs: As the user named them; None: every column with a name, except the label, of whose values more than half
            are numbers, so that one typing error does not drop a column.
        label: Name of the label's column.
        path: The table's file, for messages.

    Raises:
        UsageError: A name is not a column's.
        DataError: No column holds numbers.
    """
    label = find_column(table, label, "label", path)
    if inputs is None:
        found = [name for name in table.columns if name and name != label and is_numeric(table[name])]
        if not found:
            raise _no_inputs(table, label, path)
        return found
    found = [find_column(table, name, "inputs", path) for name in inputs]
    if label in found:
        raise UsageError(
            say(
                "inputs: '{label}' is the label; the network would be told the answer. Leave it out.",
                "inputs：'{label}' はラベルです。入力に含めると答えを教えることになります。外してください。",
                label=label,
            )
        )
    if len(set(found)) < len(found):
        twice = next(name for name in found if found.count(name) > 1)
        raise UsageError(
            say(
                "inputs: '{name}' is named twice; name each column once.",
                "inputs：'{name}' が 2 回指定されています。列は 1 回ずつ指定してください。",
                name=twice,
            )
        )
    return found


def find_column(table: DataFrame, name: str, option: str, path: Path) -> str:
    """Return the table's name of a column.

    Raises:
        UsageError: There is no such column.
    """
    wanted = clean(name)
    if not wanted or wanted not in table.columns:
        names = [column for column in table.columns if column]
        raise UsageError(
            say(
                "{option}: {path} has no column '{name}'.{hint} Columns: {columns}.",
                "{option}：{path} に列 '{name}' はありません。{hint}列：{columns}",
                option=option,
                path=path,
                name=wanted,
                hint=nearest(wanted, names),
                columns=listed(names),
            )
        )
    return wanted


def numbers(table: DataFrame, names: Sequence[str], path: Path, *, option: str = "inputs") -> Tensor:
    """Return columns as float32 ``(rows, columns)``.

    Args:
        table: The table.
        names: Of the columns.
        path: The table's file, for messages.
        option: What names the columns, or the table of which each is needed.

    Raises:
        UsageError: A column holds no numbers at all.
        DataError: A value is missing, no number, or not finite; the message names file, row and column.
    """
    empty = np.all([(table[name] == "").to_numpy() for name in names], axis=0)
    if empty.any() and not empty.all():
        raise DataError(
            say(
                "{path}, row {row}: none of the inputs has a value{count}; fill the row in, or delete it.",
                "{path} の {row} 行目：入力の値が 1 つもありません{count}。値を入力するか、その行を削除してください。",
                path=path,
                row=table.index[int(empty.argmax())],
                count=say(" (the first of {rows} such rows)", "（同様の行が {rows} 行あります）", rows=int(empty.sum()))
                if empty.sum() > 1
                else "",
            )
        )
    columns = []
    for name in names:
        with np.errstate(over="ignore"):
            values = _numeric(table[name]).astype(np.float32)
        bad = ~np.isfinite(values)
        texts = table[name].to_numpy() != ""
        if texts.any() and (bad | ~texts).all():
            raise UsageError(
                say(
                    "{option}: {where}: '{value}', and no cell of the column is a number; only numbers can be inputs, "
                    "so write a number for each text{leave_out}.",
                    "{option}：{where}：'{value}'。この列には数値がありません。入力にできるのは数値だけです。文字を数値に"
                    "置き換え{leave_out}てください。",
                    option=option,
                    leave_out=say(", or leave it out", "るか、この列を外し") if option == "inputs" else "",
                    where=cell(path, table[name], texts),
                    value=_short(table[name].to_numpy()[texts][0]),
                )
            )
        if bad.any():
            raise _bad_number(table[name], bad, path, option)
        columns.append(values)
    return torch.from_numpy(np.stack(columns, axis=1))


def classes_and_labels(column: Series[str], classes: Sequence[str] | None, path: Path) -> tuple[list[str], Tensor]:
    """Return the classes' names, and each row's class as int64 ``(rows,)``.

    Args:
        column: The label's column.
        classes: All names in their order, as the user gave them; None: numbers by size, text by its characters.
        path: The table's file, for messages.

    Raises:
        DataError: A label is missing or unknown, there is one class only, or a class has too few rows.
    """
    missing = (column == "").to_numpy()
    if missing.any():
        raise DataError(
            say(
                "{where}: the label is missing{count}; fill it in, or delete the row.",
                "{where}：ラベルがありません{count}。値を入力するか、その行を削除してください。",
                where=cell(path, column, missing),
                count=_count(missing),
            )
        )
    are_numbers = bool(np.isfinite(_numeric(column)).all())
    if are_numbers:
        column = column.map(_one_spelling)
    if classes is None:
        # Not in the file's order: another file of the same classes, given to a trained network, must number them alike.
        names = sorted(column.unique(), key=float if are_numbers else None)
    else:
        names = [_one_spelling(clean(name)) if are_numbers else clean(name) for name in classes]
    codes = {name: place for place, name in enumerate(names)}
    unknown = (~column.isin(names)).to_numpy()
    if unknown.any():
        value = column.to_numpy()[unknown][0]
        raise DataError(
            say(
                "{where}: the label '{value}' is not among the classes {classes}{count}.{hint} Correct it, or add it "
                "to --data.source.classes.",
                "{where}：ラベル '{value}' はクラス {classes} に含まれません{count}。{hint}修正するか、"
                "--data.source.classes に追加してください。",
                where=cell(path, column, unknown),
                value=_short(value),
                classes=listed(names),
                count=_count(unknown),
                hint=nearest(value, names),
            )
        )
    labels = torch.tensor([codes[name] for name in column], dtype=torch.int64)
    counts = torch.bincount(labels, minlength=len(names)).tolist()
    where = say("{path}, column '{name}'", "{path} の列 '{name}'", path=path, name=column.name)
    if len(column) >= 2 * LEAST_PER_CLASS and len(names) > len(column) / 2:
        raise DataError(
            say(
                "{where}: {labels} different labels in {rows} rows; mnist_lab tells classes apart and predicts no "
                "quantities, so name a column of classes with --data.source.label.",
                "{where}：{rows} 行に {labels} 種類のラベルがあります。mnist_lab はクラスを分類するもので、数量は"
                "予測しません。--data.source.label でクラスの列を指定してください。",
                where=where,
                labels=len(names),
                rows=len(column),
            )
        )
    rows = [column.index[int((column == name).to_numpy().argmax())] for name in names]
    first = [say(" from row {row} on", "（{row} 行目から）", row=row) for row in rows]
    check_counts(names, counts, "rows", where, first)
    return names, labels


def check_counts(
    names: Sequence[str], counts: Sequence[int], unit: Unit, where: str, first: Sequence[str] = ()
) -> None:
    """Look whether there is something to tell apart, and enough to learn it from.

    Args:
        names: Of the classes.
        counts: Samples of each.
        unit: What a sample is.
        where: Names the file and the column, or the folder.
        first: Where each class begins, for messages.

    Raises:
        DataError: There are fewer than two classes, or a class has too few samples.
    """
    total = sum(counts)
    needed = say(
        "each class needs at least {least}, so that training, validation and test all get some",
        "学習用、検証用、テスト用のすべてに割り当てるため、クラスごとに {least} 以上必要です",
        least=LEAST_PER_CLASS,
    )
    if total < 2 * LEAST_PER_CLASS:
        raise DataError(
            say(
                "{where}: too few {unit}: {total} in all, of {classes} classes; {needed}.",
                "{where}：{unit}が少なすぎます。{classes} クラスで合計 {total} です。{needed}。",
                where=where,
                unit=_UNITS[unit],
                total=total,
                classes=len(names),
                needed=needed,
            )
        )
    if len(names) < 2:
        raise DataError(
            say(
                "{where}: there is one class only ('{name}'); telling apart takes two or more.",
                "{where}：クラスが 1 つ（'{name}'）しかありません。分類には 2 つ以上必要です。",
                where=where,
                name=names[0],
            )
        )
    fewest = min(range(len(names)), key=counts.__getitem__)
    if counts[fewest] < LEAST_PER_CLASS:
        begins = first[fewest] if first and counts[fewest] else ""
        raise DataError(
            say(
                "{where}: too few {unit}: class '{name}' has {count}{begins} ({total} {unit} and {classes} classes in "
                "all); {needed}.",
                "{where}：{unit}が少なすぎます。クラス '{name}' は {count} です{begins}。全体では {classes} クラス、"
                "{total} です。{needed}。",
                where=where,
                unit=_UNITS[unit],
                name=names[fewest],
                count=counts[fewest],
                begins=begins,
                total=total,
                classes=len(names),
                needed=needed,
            )
        )


def is_numeric(column: Series[str]) -> bool:
    """Say whether more than half of a column's values are numbers."""
    present = column[column != ""]
    return len(present) > 0 and bool(np.isfinite(_numeric(present)).mean() > 0.5)


def cell(path: Path, column: Series[str], where: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> str:
    """Name the first marked cell of a column: file, row, column."""
    return say(
        "{path}, row {row}, column '{name}'",
        "{path} の {row} 行目、列 '{name}'",
        path=path,
        row=column.index[int(where.argmax())],
        name=column.name,
    )


def listed(names: Sequence[str]) -> str:
    """Return the first names of a list, and how many more there are."""
    more = say(", … ({count} in all)", ", …（全部で {count}）", count=len(names)) if len(names) > _LISTED else ""
    return ", ".join(_short(name) for name in names[:_LISTED]) + more


def _no_inputs(table: DataFrame, label: str, path: Path) -> DataError:
    others = left_out_columns(table, label, is_numeric)
    return DataError(
        say(
            "{path} has no named column of numbers beside the label '{label}' (beside it: {others}); only numbers "
            "can be inputs: write a number for each text, and a name above each column.",
            "{path} には、ラベル '{label}' のほかに列名のある数値の列がありません（ほかの列：{others}）。入力にできる"
            "のは数値だけです。文字は数値に置き換え、それぞれの列に列名を付けてください。",
            path=path,
            label=label,
            others=first_of(others) if others else say("none", "なし"),
        )
    )


def _bad_number(
    column: Series[str], bad: np.ndarray[tuple[int], np.dtype[np.bool_]], path: Path, option: str
) -> DataError:
    value = column.to_numpy()[bad][0]
    where = cell(path, column, bad)
    # Of a network's new samples no column may be missing.
    ways_out = (
        say(
            "delete the row, or leave the column out (--data.source.inputs)",
            "その行を削除するか、列を外してください（--data.source.inputs）",
        )
        if option == "inputs"
        else say("or delete the row", "その行を削除してください")
    )
    if value == "":
        return DataError(
            say(
                "{where}: the value is missing{count}; fill it in, {ways_out}.",
                "{where}：値がありません{count}。値を入力するか、{ways_out}。",
                where=where,
                count=_count(bad),
                ways_out=ways_out,
            )
        )
    return DataError(
        say(
            "{where}: '{value}' is not a number that can be computed with{count}; correct it, {ways_out}.",
            "{where}：'{value}' は計算できる数値ではありません{count}。修正するか、{ways_out}。",
            where=where,
            value=_short(value),
            count=_count(bad),
            ways_out=ways_out,
        )
    )


def _numeric(column: Series[str]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return float64 numbers; NaN where the text is none."""
    import pandas

    text = column.str.replace(_MINUS, "-", regex=False)
    found: np.ndarray[tuple[int], np.dtype[np.float64]] = pandas.to_numeric(text, errors="coerce").to_numpy(
        dtype=np.float64, na_value=math.nan
    )
    return found


def _one_spelling(text: str) -> str:
    """Return a number as it is usually written: ``1``, ``01`` and ``1.0`` are one class; other text as it is."""
    try:
        return f"{float(text.replace(_MINUS, '-')):.15g}"
    except ValueError:
        return text


def _short(value: str) -> str:
    return value if len(value) <= _SHOWN_CHARACTERS else f"{value[:_SHOWN_CHARACTERS]}…"


def _count(marked: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> str:
    count = int(marked.sum())
    return (
        say(" (the first of {count} such cells)", "（同様のセルが {count} 個あります）", count=count)
        if count > 1
        else ""
    )
