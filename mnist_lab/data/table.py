"""TableSource: what tables have in common, whatever the format of their file."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mnist_lab.data.cells import is_numeric
from mnist_lab.data.columns import choose_inputs, classes_and_labels, find_column
from mnist_lab.data.files import unreadable
from mnist_lab.data.left_out import left_out_columns, left_out_note
from mnist_lab.data.missing import Missing, MissingValues, check_missing, without_gaps
from mnist_lab.data.samples import Samples
from mnist_lab.data.source import Source
from mnist_lab.data.stratified import check_cut, cut_test_set
from mnist_lab.data.table_inputs import read_inputs, text_columns
from mnist_lab.data.text import check_encoding, clean
from mnist_lab.data.text_encoding import TableInputs
from mnist_lab.errors import DataError, UsageError
from mnist_lab.language import listed, say
from mnist_lab.shipped import candidates, find_file, find_folder

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, eq=False)
class TableContent:
    """A table that has been read and checked.

    Attributes:
        inputs: The input columns, without the rows that are left out.
        samples: Their values and their classes.
        class_names: In the order of the labels.
        sha256: Of the file.
        missing: What the table lacked, and what became of it; None where nothing is missing.
        left_out: The line on columns that are no inputs although nobody said so; None where there are none.
    """

    inputs: TableInputs
    samples: Samples
    class_names: list[str]
    sha256: str
    missing: MissingValues | None
    left_out: str | None


class TableSource(Source):
    """A table in a local file: columns of numbers and texts in, one column of classes out.

    The file is read once, when its shape, its classes or its samples are first asked for.
    """

    path: str
    label: str
    inputs: list[str] | None
    classes: list[str] | None
    missing: Missing
    test_fraction: float
    seed: int
    _texts: frozenset[str] | None = None  # which columns hold texts; None: as they look

    def _check_arguments(self) -> None:
        """Look at the arguments that all tables have.

        Raises:
            UsageError: One is outside what is allowed.
        """
        check_cut(self.test_fraction, self.seed)
        check_missing(self.missing)
        if (encoding := getattr(self, "encoding", None)) is not None:
            check_encoding(encoding)
        if self.inputs is not None and not self.inputs:
            raise UsageError(
                say(
                    "inputs: no column is named; name at least one, or give null for all columns of numbers.",
                    "inputs：列が指定されていません。1 つ以上指定するか、数値の列すべてを使う null "
                    "を指定してください。",
                )
            )
        if self.classes is not None:
            _check_classes([clean(name) for name in self.classes])

    @abstractmethod
    def _read(self, content: bytes, path: Path) -> DataFrame:
        """Return the file's table as cleaned text, indexed by the row numbers that the user sees.

        Raises:
            DataError: The file holds no such table.
            UsageError: The arguments do not fit the file.
        """

    def table_in(self, path: Path) -> tuple[DataFrame, bytes]:
        """Return the table of a file that is written as this one's, and the file's content.

        Args:
            path: The file.

        Returns:
            Cleaned text, indexed by the row numbers that the user sees; and bytes.

        Raises:
            DataError: The file holds no such table.
            UsageError: The arguments do not fit the file.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            raise unreadable(path, error) from error
        if not content.strip():
            raise DataError(say("{path} is empty; it must hold a table.", "{path} は空です。表が必要です。", path=path))
        return self._read(content, path), content

    @cached_property
    def _content(self) -> TableContent:
        path = table_file(self.path)
        table, content = self.table_in(path)
        names = choose_inputs(table, self.inputs, self.label, path)
        label = find_column(table, self.label, "label", path)
        texts = text_columns(table, names) if self._texts is None else self._texts
        rows, missing = without_gaps(table, names, label, self.missing, path)
        dropped = missing.dropped_rows if missing else 0
        class_names, labels = classes_and_labels(rows[label], self.classes, path, dropped)
        inputs = read_inputs(rows, names, texts, self.missing, path)
        left_out = [] if self.inputs is not None else left_out_columns(table, label, is_numeric)
        return TableContent(
            inputs=inputs,
            samples=Samples(inputs.values, labels),
            class_names=class_names,
            sha256=hashlib.sha256(content).hexdigest(),
            missing=missing,
            left_out=left_out_note(left_out),
        )

    @property
    def input_shape(self) -> tuple[int, ...]:
        """As many numbers as there are input columns; with texts among them it is the training split that says."""
        return (len(self._content.inputs.columns),)

    @property
    def class_names(self) -> list[str]:
        """The labels, each once."""
        return list(self._content.class_names)

    @property
    def feature_names(self) -> list[str]:
        """The input columns."""
        return list(self._content.inputs.columns)

    @property
    def text_inputs(self) -> TableInputs | None:
        """The input columns, where there are texts among them."""
        return self._content.inputs if self._content.inputs.texts else None

    def take_as_texts(self, columns: Collection[str]) -> None:
        """Read these columns as texts, and the others as numbers, however they look."""
        names = frozenset(columns)
        if names != frozenset(self._content.inputs.texts):
            self._texts = names
            del self._content

    @property
    def missing_values(self) -> MissingValues | None:
        """What the table lacked, and what became of it."""
        return self._content.missing

    @property
    def note(self) -> str | None:
        """Which columns are no inputs although nobody said so, and why."""
        return self._content.left_out

    @property
    def sha256(self) -> str:
        """Of the file."""
        return self._content.sha256

    @property
    def location(self) -> str:
        """The file."""
        return str(table_file(self.path))

    def is_on_disk(self) -> bool:
        """Say whether the file exists."""
        return find_file(self.path) is not None

    def prepare(self) -> None:
        """Read and check the file; there is nothing to fetch.

        Raises:
            DataError: It is missing or damaged, or a cell is.
            UsageError: The arguments do not fit it.
        """
        _ = self._content

    def load(self) -> tuple[Samples, Samples]:
        """Cut the test set, the same part of each class: float32 ``(N, columns)``, NaN where a value is missing.

        A text is its place in ``text_inputs``.
        """
        return cut_test_set(self._content.samples, self.test_fraction, self.seed)


def table_file(name: str) -> Path:
    """Return the full path of a data file: as given, from the working folder, or else beside the configs.

    Raises:
        DataError: There is none.
    """
    if (found := find_file(name)) is not None:
        return found.resolve()
    if (folder := find_folder(name)) is not None:
        raise DataError(
            say(
                "{folder} is a folder; name a file in it with --data.source.path.",
                "{folder} はフォルダです。その中のファイルを --data.source.path で指定してください。",
                folder=folder.resolve(),
            )
        )
    raise DataError(
        say(
            "There is no file '{name}' (looked for {places}); name one with --data.source.path.",
            "ファイル '{name}' が見つかりません（探した場所：{places}）。--data.source.path で指定してください。",
            name=name,
            places=listed([str(place.absolute()) for place in candidates(name)]),
        )
    )


def _check_classes(names: Sequence[str]) -> None:
    if len(names) < 2:
        raise UsageError(
            say(
                "classes: {names} has fewer than two classes; name them all, or give null.",
                "classes：{names} のクラスが 2 つ未満です。すべてのクラスか null を指定してください。",
                names=list(names),
            )
        )
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(
            say(
                "classes: '{name}' is named twice; name each class once.",
                "classes：'{name}' が 2 回指定されています。クラスは 1 回ずつ指定してください。",
                name=twice,
            )
        )
