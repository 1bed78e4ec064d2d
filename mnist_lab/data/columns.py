"""The columns of a table: text in, numbers and classes out, and the cell named where that cannot be.

A table is a pandas DataFrame of cleaned text; its index holds the row numbers that the user sees, and an empty text is
a missing value.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from mnist_lab.data.left_out import first_of, left_out_columns
from mnist_lab.data.text import clean
from mnist_lab.errors import DataError, UsageError, nearest
from mnist_lab.language import say

if TYPE_CHECKING:
    from pandas import DataFrame, Series

LEAST_PER_CLASS = 5
"""So that training, validation and test can each have a sample of every class."""
_MINUS = "\N{MINUS SIGN}"  # typesetting's, which NFKC leaves alone
_SHOWN_CHARACTERS = 30
_LISTED = 10


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
        raise UsageError(f"inputs: '{label}' is the label; the network would be told the answer. Leave it out.")
    if len(set(found)) < len(found):
        twice = next(name for name in found if found.count(name) > 1)
        raise UsageError(f"inputs: '{twice}' is named twice; name each column once.")
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
            f"{option}: {path} has no column '{wanted}'.{nearest(wanted, names)} Columns: {listed(names)}."
        )
    return wanted


def numbers(table: DataFrame, names: Sequence[str], path: Path) -> Tensor:
    """Return columns as float32 ``(rows, columns)``.

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
                f"inputs: {cell(path, table[name], texts)}: '{_short(table[name].to_numpy()[texts][0])}', and no cell "
                "of the column is a number; only numbers can be inputs, so write a number for each text, or leave it "
                "out."
            )
        if bad.any():
            raise _bad_number(table[name], bad, path)
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
            f"{cell(path, column, missing)}: the label is missing{_count(missing)}; fill it in, or delete the row."
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
            f"{cell(path, column, unknown)}: the label '{_short(value)}' is not among the classes {listed(names)}"
            f"{_count(unknown)}.{nearest(value, names)} Correct it, or add it to --data.source.classes."
        )
    labels = torch.tensor([codes[name] for name in column], dtype=torch.int64)
    counts = torch.bincount(labels, minlength=len(names)).tolist()
    where = f"{path}, column '{column.name}'"
    if len(column) >= 2 * LEAST_PER_CLASS and len(names) > len(column) / 2:
        raise DataError(
            f"{where}: {len(names)} different labels in {len(column)} rows; mnist_lab tells classes apart and predicts "
            "no quantities, so name a column of classes with --data.source.label."
        )
    first = [f" from row {column.index[int((column == name).to_numpy().argmax())]} on" for name in names]
    check_counts(names, counts, "rows", where, first)
    return names, labels


def check_counts(names: Sequence[str], counts: Sequence[int], unit: str, where: str, first: Sequence[str] = ()) -> None:
    """Look whether there is something to tell apart, and enough to learn it from.

    Args:
        names: Of the classes.
        counts: Samples of each.
        unit: What samples are called.
        where: Names the file and the column, or the folder.
        first: Where each class begins, for messages.

    Raises:
        DataError: There are fewer than two classes, or a class has too few samples.
    """
    total = sum(counts)
    needed = f"each class needs at least {LEAST_PER_CLASS}, so that training, validation and test all get some"
    if total < 2 * LEAST_PER_CLASS:
        raise DataError(f"{where}: too few {unit}: {total} in all, of {len(names)} classes; {needed}.")
    if len(names) < 2:
        raise DataError(f"{where}: there is one class only ('{names[0]}'); telling apart takes two or more.")
    fewest = min(range(len(names)), key=counts.__getitem__)
    if counts[fewest] < LEAST_PER_CLASS:
        begins = first[fewest] if first and counts[fewest] else ""
        raise DataError(
            f"{where}: too few {unit}: class '{names[fewest]}' has {counts[fewest]}{begins} ({total} {unit} and "
            f"{len(names)} classes in all); {needed}."
        )


def is_numeric(column: Series[str]) -> bool:
    """Say whether more than half of a column's values are numbers."""
    present = column[column != ""]
    return len(present) > 0 and bool(np.isfinite(_numeric(present)).mean() > 0.5)


def cell(path: Path, column: Series[str], where: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> str:
    """Name the first marked cell of a column: file, row, column."""
    return f"{path}, row {column.index[int(where.argmax())]}, column '{column.name}'"


def listed(names: Sequence[str]) -> str:
    """Return the first names of a list, and how many more there are."""
    more = f", … ({len(names)} in all)" if len(names) > _LISTED else ""
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


def _bad_number(column: Series[str], bad: np.ndarray[tuple[int], np.dtype[np.bool_]], path: Path) -> DataError:
    value = column.to_numpy()[bad][0]
    where = cell(path, column, bad)
    if value == "":
        return DataError(
            f"{where}: the value is missing{_count(bad)}; fill it in, delete the row, or leave the column out "
            "(--data.source.inputs)."
        )
    return DataError(
        f"{where}: '{_short(value)}' is not a number that can be computed with{_count(bad)}; correct it, delete the "
        "row, or leave the column out (--data.source.inputs)."
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
    return f" (the first of {count} such cells)" if count > 1 else ""
