"""How a table of new rows is read: as its own file is written, whatever the training's table was."""

from __future__ import annotations

from pathlib import Path

from mnist_lab.data.csv_table import CSVTable, separators_in
from mnist_lab.data.excel_table import WORKBOOKS, ExcelTable
from mnist_lab.data.files import unreadable
from mnist_lab.data.json_table import JSONTable
from mnist_lab.data.source import Source
from mnist_lab.data.table import TableSource
from mnist_lab.data.text import decode

NO_LABEL = "label"
_JSON = (".json", ".jsonl", ".ndjson")
_CSV = (".csv", ".tsv", ".txt")


def reader_of(source: Source, path: Path) -> TableSource:
    """Return what reads a file of new rows: with the training's settings where the file is of the same kind.

    Args:
        source: The data set of the training.
        path: The file.

    Raises:
        DataError: The file cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    if content.startswith(WORKBOOKS):
        return source if isinstance(source, ExcelTable) else ExcelTable(str(path), NO_LABEL)
    ending = path.suffix.lower()
    if ending in _JSON:
        return source if isinstance(source, JSONTable) else JSONTable(str(path), NO_LABEL)
    if isinstance(source, TableSource) and not isinstance(source, CSVTable) and ending not in _CSV:
        return source
    # Data without a file of their own, such as numbers that are made, come in the plainest table.
    known = source if isinstance(source, CSVTable) else CSVTable(str(path), NO_LABEL)
    found = separators_in(decode(content, path, known.encoding))
    if not found or known.separator in found:
        return known
    return CSVTable(str(path), NO_LABEL, encoding=known.encoding, separator=found[0])
