"""Row 1 of a sheet of cells: the names of its columns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mnist_lab.data.cells import first_names
from mnist_lab.errors import DataError
from mnist_lab.language import say

if TYPE_CHECKING:
    from pandas import DataFrame


def headed(cells: DataFrame, path: Path) -> DataFrame:
    """Return the rows below row 1, under its names; rows without any value are left out, the others keep their numbers.

    Args:
        cells: Cleaned text, indexed by the row's number, from 1.
        path: The table's file, for messages.

    Raises:
        DataError: Row 1 names nothing, or the same name twice, or there are no rows below.
    """
    names = cells.iloc[0].tolist()
    if not any(names):
        raise DataError(
            say(
                "{path}, row 1: it is empty; the names of the columns must stand there.",
                "{path} の 1 行目が空です。1 行目には列名が必要です。",
                path=path,
            )
        )
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise DataError(
            say(
                "{path}, row 1: two columns have the name '{name}' ({names}); rename one of them.",
                "{path} の 1 行目：列名 '{name}' が重複しています（{names}）。一方の名前を変えてください。",
                path=path,
                name=twice,
                names=first_names(names),
            )
        )
    rows = cells.iloc[1:]
    rows.columns = names
    # Spreadsheets export rows that were once filled.
    rows = rows[(rows != "").any(axis=1)]
    if rows.empty:
        raise DataError(
            say(
                "{path} has names of columns in row 1, and no rows below; add some.",
                "{path} には 1 行目の列名だけがあり、データの行がありません。行を追加してください。",
                path=path,
            )
        )
    return rows
