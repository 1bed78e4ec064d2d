"""JSONTable: rows picked out of nested JSON by a path expression."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mnist_lab.data.missing import Missing
from mnist_lab.data.table import TableSource
from mnist_lab.data.text import clean, decode
from mnist_lab.errors import DataError, UsageError
from mnist_lab.language import say

if TYPE_CHECKING:
    from pandas import DataFrame

_LONGEST_REASON = 150
_SPACES = re.compile(r"[ \t\r\n]*")
_JSON_LINES = (".jsonl", ".ndjson")
_EXAMPLE = "[].{weather: timeSeries[0].areas[0].weathers[0], pop: timeSeries[1].areas[0].pops[0]}"


class JSONTable(TableSource):
    """Rows from a JSON file: numbers or texts in, one column of classes out.

    ``rows`` is a path expression in JMESPath (https://jmespath.org). It gives a list of records, each a row with the
    columns' names as its keys; or one record, or several, of lists of equal length, in which place i of each list is
    row i. So ``[0].timeSeries[0].areas[0].{weather: weathers, code: weatherCodes}`` makes three rows of a forecast by
    the Japan Meteorological Agency. A name with other letters than a to z is quoted: ``{"天気": weathers}``.

    A file of several documents, as JSON lines are, is read as the list of them.

    Numbers may be given as text. Text is read without regard to full or half width and to the kind of spaces (U+3000).
    Rows are numbered from 1, in the order in which the expression gives them.

    Args:
        path: The file: as given (from the working folder), else beside the configs that come along.
        label: Name of the column that holds the classes, as text or numbers.
        rows: The path expression; ``@`` is the whole file.
        inputs: Names of the columns that the network is given: numbers as they are, texts as a column of 0 or 1 for
            each text of the training split. None: all columns of numbers except the label.
        classes: All classes in their order. None: numbers by size, text by its characters.
        missing: What becomes of a row that lacks a value: ``error``; ``drop`` leaves it out; ``mean`` puts the mean of
            the training split there. Missing is an empty cell, and among the inputs NA, N/A, #N/A, NaN and null.
        encoding: Of the file. None: UTF-8, and where it is not that, CP932.
        test_fraction: Part of each class that becomes the test set.
        seed: Chooses the test set; part of the data set, so apart from the run's seed.

    Raises:
        UsageError: If an argument is outside what is allowed.
    """

    def __init__(
        self,
        path: str,
        label: str,
        rows: str = "@",
        inputs: list[str] | None = None,
        classes: list[str] | None = None,
        missing: Missing = "error",
        encoding: str | None = None,
        test_fraction: float = 0.2,
        seed: int = 0,
    ) -> None:
        self.path = path
        self.label = label
        self.rows = rows
        self.inputs = inputs
        self.classes = classes
        self.missing: Missing = missing
        self.encoding = encoding
        self.test_fraction = test_fraction
        self.seed = seed
        self._check_arguments()
        _compiled(rows)

    def _read(self, content: bytes, path: Path) -> DataFrame:
        import pandas

        document = _document(decode(content, path, self.encoding), path)
        records = self._records(self._found(document, path), path)
        names = list(dict.fromkeys(name for record in records for name in record))
        cells = [
            [_text(record.get(name), path, row, name) for name in names] for row, record in enumerate(records, start=1)
        ]
        return pandas.DataFrame(cells, index=range(1, len(cells) + 1), columns=names, dtype=object)

    def _found(self, document: Any, path: Path) -> Any:
        """Return what the expression finds.

        Raises:
            UsageError: It finds nothing, or a function in it does not fit.
        """
        import jmespath

        try:
            found = _compiled(self.rows).search(document)
        except jmespath.exceptions.JMESPathError as error:
            raise UsageError(
                say(
                    "rows: '{rows}' does not fit {path}: {why}.",
                    "rows：'{rows}' は {path} に合いません：{why}。",
                    rows=self.rows,
                    path=path,
                    why=_first_sentence(error),
                )
            ) from error
        if found is None or found in ([], {}):
            raise UsageError(
                say(
                    "rows: '{rows}' finds nothing in {path}; its top is {top}.",
                    "rows：'{rows}' に当てはまるものが {path} にありません。最上位は{top}です。",
                    rows=self.rows,
                    path=path,
                    top=_outline(document),
                )
            )
        return found

    def _records(self, found: Any, path: Path) -> list[dict[str, Any]]:
        """Return one record a row, by cleaned column names.

        Raises:
            UsageError: There are no records, or lists of different lengths.
            DataError: Two columns have the same name.
        """
        entries = found if isinstance(found, list) else [found]
        records: list[dict[str, Any]] = []
        for place, entry in enumerate(entries, start=1):
            if not isinstance(entry, dict) or not entry:
                raise UsageError(
                    say(
                        "rows: '{rows}' gives {found} as entry {place} in {path}; each must be a record with the "
                        "columns' names as keys, as in '{example}'.",
                        "rows：'{rows}' で得られる {path} の {place} 番目の要素は{found}です。'{example}' のように、"
                        "列名をキーとするレコードにしてください。",
                        rows=self.rows,
                        found=_outline(entry),
                        place=place,
                        path=path,
                        example=_EXAMPLE,
                    )
                )
            named = {clean(name): value for name, value in entry.items()}
            if len(named) < len(entry):
                raise DataError(
                    say(
                        "{path}, entry {place}: two keys of {names} are the same name.",
                        "{path} の {place} 番目の要素：キー {names} に同じ名前のものがあります。",
                        path=path,
                        place=place,
                        names=", ".join(entry),
                    )
                )
            records += self._rows_of(named, place, path)
        return records

    def _rows_of(self, record: Mapping[str, Any], place: int, path: Path) -> list[dict[str, Any]]:
        """Return the rows that a record stands for: itself, or one for each place of its lists."""
        lengths = {name: len(value) for name, value in record.items() if isinstance(value, list)}
        if not lengths:
            return [dict(record)]
        if len(lengths) < len(record) or len(set(lengths.values())) > 1:
            kinds = ", ".join(f"{name}: {_outline(value)}" for name, value in record.items())
            raise UsageError(
                say(
                    "rows: '{rows}' gives entry {place} in {path} as {found}; either no value is a list, or all are, "
                    "of one length.",
                    "rows：'{rows}' で得られる {path} の {place} 番目の要素は {found} です。値は、すべてリスト以外か、"
                    "すべて同じ長さのリストにしてください。",
                    rows=self.rows,
                    place=place,
                    path=path,
                    found=f"{{{kinds}}}",
                )
            )
        return [dict(zip(record, values, strict=True)) for values in zip(*record.values(), strict=True)]


def _document(text: str, path: Path) -> Any:
    """Return what is in the file: one document, or the list of those that stand one behind another.

    Of JSON lines, which tell themselves by the file's name, a single one is a list as well.

    Raises:
        DataError: It is no JSON.
    """
    decoder = json.JSONDecoder()
    documents: list[Any] = []
    place = _past_spaces(text, 0)
    try:
        while not documents or place < len(text):
            document, place = decoder.raw_decode(text, place)
            documents.append(document)
            place = _past_spaces(text, place)
    except json.JSONDecodeError as error:
        raise DataError(
            say(
                "{path}, row {row}, column {column}: no JSON: {why}.",
                "{path} の {row} 行目、{column} 文字目：JSON として読めません：{why}。",
                path=path,
                row=error.lineno,
                column=error.colno,
                why=error.msg,
            )
        ) from error
    except RecursionError:
        raise DataError(
            say(
                "{path} is nested too deeply to be read.",
                "{path} は入れ子が深すぎて読み込めません。",
                path=path,
            )
        ) from None
    return documents[0] if len(documents) == 1 and path.suffix.lower() not in _JSON_LINES else documents


def _past_spaces(text: str, place: int) -> int:
    found = _SPACES.match(text, place)
    return found.end() if found else place


def _compiled(expression: str) -> Any:
    import jmespath

    try:
        return jmespath.compile(expression)
    except jmespath.exceptions.JMESPathError as error:
        raise UsageError(
            say(
                "rows: '{rows}' is no path expression (JMESPath): {why}; an example: {example}",
                "rows：'{rows}' はパス式（JMESPath）ではありません：{why}。例：{example}",
                rows=expression,
                why=_first_sentence(error),
                example=_EXAMPLE,
            )
        ) from error


def _first_sentence(error: Exception) -> str:
    """Return what is wrong, without the drawing of an arrow under the expression or the whole of the file."""
    text = " ".join(str(error).partition("\n")[0].split()).rstrip(":.")
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}…"


def _text(value: Any, path: Path, row: int, name: str) -> str:
    """Return a cell as cleaned text; a missing value is empty."""
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        raise UsageError(
            say(
                "{path}, row {row}, column '{name}': {found} is no single value; let --data.source.rows go on into it.",
                "{path} の {row} 行目、列 '{name}'：{found}であり、1 つの値ではありません。--data.source.rows "
                "をその中まで"
                "延ばしてください。",
                path=path,
                row=row,
                name=name,
                found=_outline(value),
            )
        )
    return clean(value if isinstance(value, str) else json.dumps(value))


def _outline(value: Any) -> str:
    """Say what kind of value this is, in a few words."""
    if isinstance(value, list):
        return say("a list of {count}", "要素 {count} 個のリスト", count=len(value))
    if isinstance(value, dict):
        names = ", ".join([*list(value)[:5], *(["…"] if len(value) > 5 else [])])
        return say("an object with {names}", "キー {names} のオブジェクト", names=names)
    return json.dumps(value, ensure_ascii=False)
