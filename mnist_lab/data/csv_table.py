"""CSVTable: one's own table, as spreadsheets export it."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from mnist_lab.data.columns import listed
from mnist_lab.data.table import TableSource
from mnist_lab.data.text import clean, decode
from mnist_lab.errors import DataError, UsageError

if TYPE_CHECKING:
    from pandas import DataFrame

Separator = Literal[",", ";", "tab"]

_CHARACTERS: dict[str, str] = {",": ",", ";": ";", "tab": "\t"}
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .xls


class CSVTable(TableSource):
    """A CSV file with the columns' names in row 1: numbers in, one column of classes out.

    Names, labels and numbers are read without regard to full or half width and to the kind of spaces. Rows without any
    value are left out. Rows are numbered as a spreadsheet numbers them: the names are row 1.

    Args:
        path: The file: as given (from the working folder), else beside the configs that come along.
        label: Name of the column that holds the classes, as text or numbers.
        inputs: Names of the columns that the network is given. None: all columns of numbers except the label.
        classes: All classes in their order. None: numbers by size, text by its characters.
        encoding: Of the file, such as cp932. None: UTF-8, and where it is not that, CP932 (Excel in Japanese).
        separator: What stands between two cells.
        test_fraction: Part of each class that becomes the test set.
        seed: Chooses the test set; part of the data set, so apart from the run's seed.

    Raises:
        UsageError: If an argument is outside what is allowed.
    """

    def __init__(
        self,
        path: str,
        label: str,
        inputs: list[str] | None = None,
        classes: list[str] | None = None,
        encoding: str | None = None,
        separator: Separator = ",",
        test_fraction: float = 0.2,
        seed: int = 0,
    ) -> None:
        self.path = path
        self.label = label
        self.inputs = inputs
        self.classes = classes
        self.encoding = encoding
        self.separator: Separator = separator
        self.test_fraction = test_fraction
        self.seed = seed
        if separator not in get_args(Separator):
            raise UsageError(f"separator: {separator!r} is unknown; give ',', ';' or 'tab'.")
        self._check_arguments()

    def _read(self, content: bytes, path: Path) -> DataFrame:
        if content.startswith(_WORKBOOKS):
            raise DataError(
                f"{path} is an Excel workbook, not a CSV file; in Excel, save it as 'CSV UTF-8 (comma delimited)'."
            )
        text = decode(content, path, self.encoding)
        self._check_separator(text, path)
        cells = self._cells(text, path)
        names = cells.iloc[0].tolist()
        _check_names(names, path)
        rows = cells.iloc[1:]
        rows.columns = names
        # Spreadsheets export rows that were once filled; the others keep their numbers.
        rows = rows[(rows != "").any(axis=1)]
        if rows.empty:
            raise DataError(f"{path} has names of columns in row 1, and no rows below; add some.")
        return rows

    def _cells(self, text: str, path: Path) -> DataFrame:
        """Return every cell as text, indexed by the row's number, from 1."""
        import pandas

        try:
            cells = pandas.read_csv(
                io.StringIO(text),
                sep=_CHARACTERS[self.separator],
                header=None,
                dtype=str,
                keep_default_na=False,
                skip_blank_lines=False,
                index_col=False,
            )
        except (pandas.errors.ParserError, pandas.errors.EmptyDataError) as error:
            raise DataError(f"{path}{self._reason(str(error))}") from error
        cells.index += 1
        return cells.astype(object).fillna("").map(clean)

    def _reason(self, message: str) -> str:
        """Say in one line what pandas found wrong."""
        found = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", message)
        if found:
            return (
                f", row {found[2]}: it has {found[3]} cells, the row of names has {found[1]}; where a comma belongs to "
                'a value, put the value into "quotation marks".'
            )
        found = re.search(r"EOF inside string starting at row (\d+)", message)
        if found:
            return f", row {int(found[1]) + 1}: a quotation mark is opened and never closed; close it or delete it."
        return f" is no CSV file: {' '.join(message.split())}."

    def _check_separator(self, text: str, path: Path) -> None:
        """Look whether row 1 is separated as it is said to be.

        Raises:
            DataError: Something else separates its cells.
        """
        first = text.partition("\n")[0]
        others = [name for name, character in _CHARACTERS.items() if character in first]
        if others and self.separator not in others:
            shown = "tabs" if others[0] == "tab" else f"'{others[0]}'"
            raise DataError(
                f"{path}, row 1: the names of the columns are separated by {shown}, not by {self.separator!r}; give "
                f'--data.source.separator "{others[0]}".'
            )


def _check_names(names: list[str], path: Path) -> None:
    """Look at row 1.

    Raises:
        DataError: A name occurs twice.
    """
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"{path}, row 1: two columns have the name '{twice}' ({listed(names)}); rename one of them.")
