"""ExcelTable: one's own table, in a workbook of Excel (.xlsx), without a detour over CSV."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mnist_lab.data.cells import first_names, short
from mnist_lab.data.heading import headed
from mnist_lab.data.missing import Missing
from mnist_lab.data.table import TableSource
from mnist_lab.data.text import clean
from mnist_lab.errors import DataError, MnistLabError, UsageError, first_line, nearest
from mnist_lab.language import say

if TYPE_CHECKING:
    from pandas import DataFrame

_ZIP = b"PK\x03\x04"
_OLD = b"\xd0\xcf\x11\xe0"  # .xls, and .xlsx behind a password
WORKBOOKS = (_ZIP, _OLD)
"""How files of Excel begin."""


class ExcelTable(TableSource):
    """A sheet of an Excel workbook with the columns' names in row 1: numbers or texts in, one column of classes out.

    Needs the package openpyxl (extra ``excel``). Numbers may be stored as text, dates are text (``2024-04-01``), and of
    a formula the value counts that Excel stored with it. Names, labels and numbers are read without regard to full or
    half width and to the kind of spaces. Rows without any value are left out. Rows are numbered as in Excel: the names
    are row 1.

    Args:
        path: The file: as given (from the working folder), else beside the configs that come along.
        label: Name of the column that holds the classes, as text or numbers.
        sheet: Name of the sheet. None: the only one that is not empty.
        inputs: Names of the columns that the network is given: numbers as they are, texts as a column of 0 or 1 for
            each text of the training split. None: all columns of numbers except the label.
        classes: All classes in their order. None: numbers by size, text by its characters.
        missing: What becomes of a row that lacks a value: ``error``; ``drop`` leaves it out; ``mean`` puts the mean of
            the training split there. Missing is an empty cell, and among the inputs NA, N/A, #N/A, NaN and null.
        test_fraction: Part of each class that becomes the test set.
        seed: Chooses the test set; part of the data set, so apart from the run's seed.

    Raises:
        UsageError: If an argument is outside what is allowed.
    """

    def __init__(
        self,
        path: str,
        label: str,
        sheet: str | None = None,
        inputs: list[str] | None = None,
        classes: list[str] | None = None,
        missing: Missing = "error",
        test_fraction: float = 0.2,
        seed: int = 0,
    ) -> None:
        self.path = path
        self.label = label
        self.sheet = sheet
        self.inputs = inputs
        self.classes = classes
        self.missing: Missing = missing
        self.test_fraction = test_fraction
        self.seed = seed
        self._check_arguments()

    def _read(self, content: bytes, path: Path) -> DataFrame:
        import pandas

        if not content.startswith(_ZIP):
            raise DataError(_no_workbook(content, path))
        sheets = _sheets(content, path, values=True)
        name = self._sheet_name(sheets, path)
        _check_formulas(content, path, name, sheets[name])
        texts = [[_text(value) for value in row] for row in sheets[name]]
        width = max(map(len, texts))
        cells = [row + [""] * (width - len(row)) for row in texts]
        table = pandas.DataFrame(cells, index=range(1, len(cells) + 1), dtype=object)
        return headed(table, path)

    def _sheet_name(self, sheets: dict[str, list[tuple[Any, ...]]], path: Path) -> str:
        """Return which sheet is read.

        Raises:
            UsageError: There is none of the name, or several and none was named.
            DataError: It is empty.
        """
        if self.sheet is not None:
            wanted = {clean(name): name for name in sheets}
            if (found := wanted.get(clean(self.sheet))) is None:
                raise UsageError(
                    say(
                        "sheet: {path} has no sheet '{sheet}'.{hint} Sheets: {sheets}.",
                        "sheet：{path} にシート '{sheet}' はありません。{hint}シート：{sheets}",
                        path=path,
                        sheet=self.sheet,
                        hint=nearest(self.sheet, sheets),
                        sheets=first_names(list(sheets)),
                    )
                )
            if not sheets[found]:
                raise DataError(
                    say(
                        "{path}: the sheet '{sheet}' is empty; it must hold a table.",
                        "{path} のシート '{sheet}' は空です。表が必要です。",
                        path=path,
                        sheet=found,
                    )
                )
            return found
        filled = [name for name, rows in sheets.items() if rows]
        if not filled:
            raise DataError(say("{path} is empty; it must hold a table.", "{path} は空です。表が必要です。", path=path))
        if len(filled) > 1:
            raise UsageError(
                say(
                    "sheet: {path} has {count} sheets ({sheets}); name one with --data.source.sheet.",
                    "sheet：{path} には {count} 枚のシート（{sheets}）があります。--data.source.sheet で 1 つを"
                    "指定してください。",
                    path=path,
                    count=len(filled),
                    sheets=first_names(filled),
                )
            )
        return filled[0]


def _sheets(content: bytes, path: Path, *, values: bool) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every sheet of cells, without those below the last that has a value.

    Args:
        content: Of the file.
        path: Its name, for messages.
        values: Of formulas, the values that are stored with them; otherwise the formulas.

    Raises:
        UsageError: openpyxl is missing.
        DataError: It is no workbook.
    """
    try:
        import openpyxl
    except ModuleNotFoundError as error:
        raise UsageError(
            say(
                'ExcelTable needs the package openpyxl: pip install "mnist-lab[excel]", or in the project\'s folder '
                'pip install -e ".[excel]"; a CSV file needs none.',
                'ExcelTable には openpyxl パッケージが必要です：pip install "mnist-lab[excel]"、プロジェクトのフォルダ'
                'では pip install -e ".[excel]" を実行してください。CSV ファイルなら不要です。',
            )
        ) from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and checks of input that it does not know
            workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=values)
            try:
                return {sheet.title: list(_rows(sheet)) for sheet in workbook.worksheets}
            finally:
                workbook.close()
    except MnistLabError:
        raise
    except Exception as error:  # whatever a damaged file makes a reader of XML in a ZIP raise
        raise DataError(
            say(
                "{path} cannot be read as an Excel workbook: {why}; open it in Excel and save it anew.",
                "{path} を Excel ブックとして読み込めません：{why}。Excel で開いて保存し直してください。",
                path=path,
                why=first_line(error).rstrip("."),
            )
        ) from error


def _rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a sheet down to the last that has a value: Excel keeps thousands that only have a colour."""
    sheet.reset_dimensions()  # what other programs write there may be wrong
    waiting: list[tuple[Any, ...]] = []
    for row in sheet.iter_rows(values_only=True):
        waiting.append(row)
        if any(value is not None and str(value).strip() for value in row):
            yield from waiting
            waiting = []


def _check_formulas(content: bytes, path: Path, name: str, rows: list[tuple[Any, ...]]) -> None:
    """Refuse a sheet whose formulas were never computed: their cells would be taken for empty ones.

    A single formula without a value is none of these: its result may be an empty text.

    Raises:
        DataError: No formula has a stored value.
    """
    if not any(None in row for row in rows):
        return
    first: tuple[int, int, str] | None = None
    for number, cells in enumerate(_sheets(content, path, values=False)[name], start=1):
        stored = dict(enumerate(rows[number - 1])) if number <= len(rows) else {}
        for place, cell in enumerate(cells):
            if isinstance(cell, str) and cell.startswith("="):
                if stored.get(place) is not None:
                    return
                first = first or (number, place + 1, cell)
    if first is not None:
        raise DataError(
            say(
                "{path}, row {row}, column {column}: the formula {formula} has no stored value, as no program has "
                "computed it yet; open the file in Excel and save it.",
                "{path} の {row} 行目、{column} 列目：数式 {formula} の計算結果が保存されていません。Excel で開いて"
                "保存してください。",
                path=path,
                row=first[0],
                column=first[1],
                formula=short(first[2]),
            )
        )


def _no_workbook(content: bytes, path: Path) -> str:
    if content.startswith(_OLD):
        return say(
            "{path} is a workbook of Excel 97-2003 (.xls) or has a password; in Excel, save it as .xlsx without one.",
            "{path} は Excel 97-2003 形式（.xls）か、パスワード付きのブックです。Excel でパスワードなしの .xlsx として"
            "保存してください。",
            path=path,
        )
    return say(
        "{path} is no Excel workbook (.xlsx); give --data.source CSVTable for a CSV file.",
        "{path} は Excel ブック（.xlsx）ではありません。CSV ファイルには --data.source CSVTable を指定してください。",
        path=path,
    )


def _text(value: Any) -> str:
    """Return a cell as cleaned text; an empty one is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return f"{value:.15g}"  # as many digits as Excel has
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat(*([" "] if isinstance(value, datetime) else []))
    return clean(str(value))
