"""The columns of a table: which are inputs, which classes the label's has, and whether there are rows enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch
from torch import Tensor

from mnist_lab.data.cells import as_numbers, cell, first_names, is_numeric, one_spelling, short, such_cells
from mnist_lab.data.left_out import first_of, left_out_columns
from mnist_lab.data.text import clean
from mnist_lab.errors import DataError, UsageError, nearest
from mnist_lab.language import Phrase, say

if TYPE_CHECKING:
    from pandas import DataFrame, Series

LEAST_PER_CLASS = 5
"""So that training, validation and test can each have a sample of every class."""

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
                columns=first_names(names),
            )
        )
    return wanted


def classes_and_labels(
    column: Series[str], classes: Sequence[str] | None, path: Path, dropped: int = 0
) -> tuple[list[str], Tensor]:
    """Return the classes' names, and each row's class as int64 ``(rows,)``.

    Args:
        column: The label's column.
        classes: All names in their order, as the user gave them; None: numbers by size, text by its characters.
        path: The table's file, for messages.
        dropped: Rows that were left out before, for messages.

    Raises:
        DataError: A label is missing or unknown, there is one class only, or a class has too few rows.
    """
    _check_no_label_missing(column, path)
    are_numbers = bool(np.isfinite(as_numbers(column)).all())
    if are_numbers:
        column = column.map(one_spelling)
    if classes is None:
        # Not in the file's order: another file of the same classes, given to a trained network, must number them alike.
        names = sorted(column.unique(), key=float if are_numbers else None)
    else:
        names = [one_spelling(clean(name)) if are_numbers else clean(name) for name in classes]
    _check_all_known(column, names, path)
    codes = {name: place for place, name in enumerate(names)}
    labels = torch.tensor([codes[name] for name in column], dtype=torch.int64)
    counts = torch.bincount(labels, minlength=len(names)).tolist()
    where = say("{path}, column '{name}'", "{path} の列 '{name}'", path=path, name=column.name)
    if dropped:
        where += say(" (without {rows} rows that lack a value)", "（値の欠けた {rows} 行を除く）", rows=dropped)
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
    if total < 2 * LEAST_PER_CLASS:
        raise DataError(
            say(
                "{where}: too few {unit}: {total} in all, of {classes} classes; {needed}.",
                "{where}：{unit}が少なすぎます。{classes} クラスで合計 {total} です。{needed}。",
                where=where,
                unit=_UNITS[unit],
                total=total,
                classes=len(names),
                needed=_least_said(),
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
                needed=_least_said(),
            )
        )


def _least_said() -> str:
    return say(
        "each class needs at least {least}, so that training, validation and test all get some",
        "学習用、検証用、テスト用のすべてに割り当てるため、クラスごとに {least} 以上必要です",
        least=LEAST_PER_CLASS,
    )


def _check_no_label_missing(column: Series[str], path: Path) -> None:
    missing = (column == "").to_numpy()
    if missing.any():
        raise DataError(
            say(
                "{where}: the label is missing{count}; fill it in, or leave such rows out (--data.source.missing "
                "drop).",
                "{where}：ラベルがありません{count}。値を入力するか、--data.source.missing drop でその行を除外して"
                "ください。",
                where=cell(path, column, missing),
                count=such_cells(missing),
            )
        )


def _check_all_known(column: Series[str], names: list[str], path: Path) -> None:
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
                value=short(value),
                classes=first_names(names),
                count=such_cells(unknown),
                hint=nearest(value, names),
            )
        )


def _no_inputs(table: DataFrame, label: str, path: Path) -> DataError:
    others = left_out_columns(table, label, is_numeric)
    return DataError(
        say(
            "{path} has no named column of numbers beside the label '{label}' (beside it: {others}); only numbers "
            "are taken by themselves: name columns of text with --data.source.inputs, and put a name above each "
            "column.",
            "{path} には、ラベル '{label}' のほかに列名のある数値の列がありません（ほかの列：{others}）。自動的に入力に"
            "なるのは数値の列だけです。文字の列は --data.source.inputs で指定し、それぞれの列に列名を付けてください。",
            path=path,
            label=label,
            others=first_of(others) if others else say("none", "なし"),
        )
    )
