"""CSVTable: one's own table, as spreadsheets export it."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from mnist_lab.data.excel_table import WORKBOOKS
from mnist_lab.data.heading import headed
from mnist_lab.data.missing import Missing
from mnist_lab.data.table import TableSource
from mnist_lab.data.text import clean, decode
from mnist_lab.errors import DataError, UsageError
from mnist_lab.language import say

if TYPE_CHECKING:
    from pandas import DataFrame

Separator = Literal[",", ";", "tab"]

_CHARACTERS: dict[str, str] = {",": ",", ";": ";", "tab": "\t"}


def separators_in(text: str) -> list[Separator]:
    """Return what may separate the cells of a file's row 1; empty where it is one cell."""
    first = text.partition("\n")[0]
    return [name for name in get_args(Separator) if _CHARACTERS[name] in first]


class CSVTable(TableSource):
    """A CSV file with the columns' names in row 1: numbers or texts in, one column of classes out.

    Names, labels and numbers are read without regard to full or half width and to the kind of spaces. Rows without any
    value are left out. Rows are numbered as a spreadsheet numbers them: the names are row 1.

    Args:
        path: The file: as given (from the working folder), else beside the configs that come along.
        label: Name of the column that holds the classes, as text or numbers.
        inputs: Names of the columns that the network is given: numbers as they are, texts as a column of 0 or 1 for
            each text of the training split. None: all columns of numbers except the label.
        classes: All classes in their order. None: numbers by size, text by its characters.
        missing: What becomes of a row that lacks a value: ``error``; ``drop`` leaves it out; ``mean`` puts the mean of
            the training split there. Missing is an empty cell, and among the inputs NA, N/A, #N/A, NaN and null.
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
        missing: Missing = "error",
        encoding: str | None = None,
        separator: Separator = ",",
        test_fraction: float = 0.2,
        seed: int = 0,
    ) -> None:
        self.path = path
        self.label = label
        self.inputs = inputs
        self.classes = classes
        self.missing: Missing = missing
        self.encoding = encoding
        self.separator: Separator = separator
        self.test_fraction = test_fraction
        self.seed = seed
        if separator not in get_args(Separator):
            raise UsageError(
                say(
                    "separator: {separator!r} is unknown; give ',', ';' or 'tab'.",
                    "separator：{separator!r} は使えません。','、';'、'tab' のいずれかを指定してください。",
                    separator=separator,
                )
            )
        self._check_arguments()

    def _read(self, content: bytes, path: Path) -> DataFrame:
        if content.startswith(WORKBOOKS):
            raise DataError(
                say(
                    "{path} is an Excel workbook, not a CSV file; give --data.source ExcelTable, or in Excel, save it "
                    "as 'CSV UTF-8 (comma delimited)'.",
                    "{path} は CSV ファイルではなく Excel ブックです。--data.source ExcelTable を指定するか、Excel で"
                    "「CSV UTF-8（コンマ区切り）」として保存してください。",
                    path=path,
                )
            )
        text = decode(content, path, self.encoding)
        self._check_separator(text, path)
        return headed(self._cells(text, path), path)

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
            raise DataError(self._reason(path, str(error))) from error
        cells.index += 1
        return cells.astype(object).fillna("").map(clean)

    def _reason(self, path: Path, message: str) -> str:
        """Say in one line what pandas found wrong."""
        found = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", message)
        if found:
            return say(
                "{path}, row {row}: it has {cells} cells, the row of names has {names}; where a comma belongs to a "
                'value, put the value into "quotation marks".',
                "{path} の {row} 行目：セルが {cells} 個ありますが、列名は {names} 個です。値に含まれるコンマは、"
                "値全体を "
                '"引用符" で囲んでください。',
                path=path,
                row=found[2],
                cells=found[3],
                names=found[1],
            )
        found = re.search(r"EOF inside string starting at row (\d+)", message)
        if found:
            return say(
                "{path}, row {row}: a quotation mark is opened and never closed; close it or delete it.",
                "{path} の {row} 行目：引用符が閉じられていません。閉じるか、削除してください。",
                path=path,
                row=int(found[1]) + 1,
            )
        return say(
            "{path} is no CSV file: {why}.",
            "{path} を CSV ファイルとして読めません：{why}。",
            path=path,
            why=" ".join(message.split()),
        )

    def _check_separator(self, text: str, path: Path) -> None:
        """Look whether row 1 is separated as it is said to be.

        Raises:
            DataError: Something else separates its cells.
        """
        others = separators_in(text)
        if others and self.separator not in others:
            raise DataError(
                say(
                    "{path}, row 1: the names of the columns are separated by {found}, not by {asked!r}; give "
                    '--data.source.separator "{name}".',
                    "{path} の 1 行目：列名の区切りは {asked!r} ではなく {found} です。"
                    '--data.source.separator "{name}" を指定してください。',
                    path=path,
                    found=say("tabs", "タブ") if others[0] == "tab" else f"'{others[0]}'",
                    asked=self.separator,
                    name=others[0],
                )
            )
