"""JSONTable: rows picked out of nested JSON by a path expression."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mnist_lab.data.table import TableSource
from mnist_lab.data.text import clean, decode
from mnist_lab.errors import DataError, UsageError

if TYPE_CHECKING:
    from pandas import DataFrame

_LONGEST_REASON = 150
_EXAMPLE = "[].{weather: timeSeries[0].areas[0].weathers[0], pop: timeSeries[1].areas[0].pops[0]}"


class JSONTable(TableSource):
    """Rows from a JSON file: numbers in, one column of classes out.

    ``rows`` is a path expression in JMESPath (https://jmespath.org). It gives a list of records, each a row with the
    columns' names as its keys; or one record, or several, of lists of equal length, in which place i of each list is
    row i. So ``[0].timeSeries[0].areas[0].{weather: weathers, code: weatherCodes}`` makes three rows of a forecast by
    the Japan Meteorological Agency. A name with other letters than a to z is quoted: ``{"天気": weathers}``.

    Numbers may be given as text. Text is read without regard to full or half width and to the kind of spaces (U+3000).
    Rows are numbered from 1, in the order in which the expression gives them.

    Args:
        path: The file: as given (from the working folder), else beside the configs that come along.
        label: Name of the column that holds the classes, as text or numbers.
        rows: The path expression; ``@`` is the whole file.
        inputs: Names of the columns that the network is given. None: all columns of numbers except the label.
        classes: All classes in their order. None: numbers by size, text by its characters.
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
        encoding: str | None = None,
        test_fraction: float = 0.2,
        seed: int = 0,
    ) -> None:
        self.path = path
        self.label = label
        self.rows = rows
        self.inputs = inputs
        self.classes = classes
        self.encoding = encoding
        self.test_fraction = test_fraction
        self.seed = seed
        self._check_arguments()
        _compiled(rows)

    def _read(self, content: bytes, path: Path) -> DataFrame:
        import pandas

        try:
            document = json.loads(decode(content, path, self.encoding))
        except json.JSONDecodeError as error:
            raise DataError(f"{path}, row {error.lineno}, column {error.colno}: no JSON: {error.msg}.") from error
        except RecursionError:
            raise DataError(f"{path} is nested too deeply to be read.") from None
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
            raise UsageError(f"rows: '{self.rows}' does not fit {path}: {_first_sentence(error)}.") from error
        if found is None or found in ([], {}):
            raise UsageError(f"rows: '{self.rows}' finds nothing in {path}; its top is {_outline(document)}.")
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
                    f"rows: '{self.rows}' gives {_outline(entry)} as entry {place} in {path}; each must be a record "
                    f"with the columns' names as keys, as in '{_EXAMPLE}'."
                )
            named = {clean(name): value for name, value in entry.items()}
            if len(named) < len(entry):
                raise DataError(f"{path}, entry {place}: two keys of {', '.join(entry)} are the same name.")
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
                f"rows: '{self.rows}' gives entry {place} in {path} as {{{kinds}}}; either no value is a list, or all "
                "are, of one length."
            )
        return [dict(zip(record, values, strict=True)) for values in zip(*record.values(), strict=True)]


def _compiled(expression: str) -> Any:
    import jmespath

    try:
        return jmespath.compile(expression)
    except jmespath.exceptions.JMESPathError as error:
        raise UsageError(
            f"rows: '{expression}' is no path expression (JMESPath): {_first_sentence(error)}; an example: {_EXAMPLE}"
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
            f"{path}, row {row}, column '{name}': {_outline(value)} is no single value; let --data.source.rows go on "
            "into it."
        )
    return clean(value if isinstance(value, str) else json.dumps(value))


def _outline(value: Any) -> str:
    """Say what kind of value this is, in a few words."""
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        names = ", ".join(list(value)[:5])
        return f"an object with {names}{', …' if len(value) > 5 else ''}"
    return json.dumps(value, ensure_ascii=False)
