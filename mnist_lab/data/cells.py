"""The cells of a table: which are missing, which are numbers, and how a message names one.

A table is a pandas DataFrame of cleaned text; its index holds the row numbers that the user sees.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mnist_lab.language import say

if TYPE_CHECKING:
    from pandas import Series

Marks = np.ndarray[tuple[int], np.dtype[np.bool_]]
"""One of each row."""

MISSING = ("", "na", "n/a", "#n/a", "nan", "null")
"""How a missing value is written, in any case: not at all, or as R, pandas, Excel and SQL write one."""
_MINUS = "\N{MINUS SIGN}"  # typesetting's, which NFKC leaves alone
_SHOWN_CHARACTERS = 30
_LISTED = 10


def is_missing(column: Series[str]) -> Marks:
    """Mark the cells of an input column that hold no value."""
    found: Marks = column.str.lower().isin(MISSING).to_numpy(dtype=bool)
    return found


def as_numbers(column: Series[str]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return float64 numbers; NaN where the text is none."""
    import pandas

    text = column.str.replace(_MINUS, "-", regex=False)
    found: np.ndarray[tuple[int], np.dtype[np.float64]] = pandas.to_numeric(text, errors="coerce").to_numpy(
        dtype=np.float64, na_value=math.nan
    )
    return found


def is_numeric(column: Series[str]) -> bool:
    """Say whether more than half of a column's values are numbers."""
    present = column[~is_missing(column)]
    return len(present) > 0 and bool(np.isfinite(as_numbers(present)).mean() > 0.5)


def one_spelling(text: str) -> str:
    """Return a number as it is usually written: ``1``, ``01`` and ``1.0`` are one class; other text as it is."""
    try:
        return f"{float(text.replace(_MINUS, '-')):.15g}"
    except ValueError:
        return text


def cell(path: Path, column: Series[str], where: Marks) -> str:
    """Name the first marked cell of a column: file, row, column."""
    return say(
        "{path}, row {row}, column '{name}'",
        "{path} の {row} 行目、列 '{name}'",
        path=path,
        row=column.index[int(where.argmax())],
        name=column.name,
    )


def such_cells(marked: Marks) -> str:
    """Say how many cells there are like the first; nothing where it is the only one."""
    count = int(marked.sum())
    return (
        say(" (the first of {count} such cells)", "（同様のセルが {count} 個あります）", count=count)
        if count > 1
        else ""
    )


def short(value: str) -> str:
    """Return the beginning of a value that is too long for a line."""
    return value if len(value) <= _SHOWN_CHARACTERS else f"{value[:_SHOWN_CHARACTERS]}…"


def first_names(names: list[str]) -> str:
    """Return the first names of a list, and how many more there are."""
    more = say(", … ({count} in all)", ", …（全部で {count}）", count=len(names)) if len(names) > _LISTED else ""
    return ", ".join(short(name) for name in names[:_LISTED]) + more
