"""New samples of the user's own, without labels: pictures from files, rows of a table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from mnist_lab.data.cells import is_missing
from mnist_lab.data.columns import choose_inputs, find_column
from mnist_lab.data.files import unreadable
from mnist_lab.data.missing import Missing
from mnist_lab.data.new_table import NO_LABEL, reader_of
from mnist_lab.data.picture_file import ENDINGS
from mnist_lab.data.source import Source
from mnist_lab.data.table import TableSource
from mnist_lab.data.table_inputs import read_inputs
from mnist_lab.data.text_encoding import TableInputs
from mnist_lab.errors import DataError, UsageError
from mnist_lab.language import say

if TYPE_CHECKING:
    from pandas import DataFrame

_MOST_NAMED = 5


@dataclass(frozen=True, eq=False)
class NewPictures:
    """Pictures in the form of a data set.

    Attributes:
        inputs: uint8 ``(N, channels, height, width)``.
        names: Of each: its file, from the folder that was given.
        files: Of each.
        left_out: Names of the folder's files that are no pictures by their names.
    """

    inputs: Tensor
    names: Sequence[str]
    files: Sequence[Path]
    left_out: Sequence[str]


@dataclass(frozen=True, eq=False)
class NewRows:
    """Rows of a table.

    Attributes:
        inputs: Before texts and gaps are made into numbers.
        names: Of each: its number in the file.
        left_out: Numbers of the rows that lack a value.
    """

    inputs: TableInputs
    names: Sequence[str]
    left_out: Sequence[str]


def new_pictures(source: Source, path: Path, option: str = "--images") -> NewPictures:
    """Read pictures in the form of a data set.

    Args:
        source: The data set.
        path: A picture, or a folder of pictures, those in folders inside included.
        option: Names it on the command line.

    Raises:
        UsageError: There is no such file, no picture in the folder, or the data set has no pictures.
        DataError: One cannot be read, or nothing is drawn in it.
    """
    if path.is_dir():
        files, others = _pictures_in(path)
        names = [file.relative_to(path).as_posix() for file in files]
    elif path.exists():
        files, names, others = [path], [path.name], []
    else:
        raise UsageError(
            say(
                "{option}: there is no file and no folder '{path}'; give a picture{folder}.",
                "{option}：ファイルもフォルダも '{path}' にありません。画像{folder}を指定してください。",
                option=option,
                folder=say(" or a folder of pictures", "か、そのフォルダ") if option == "--images" else "",
                path=path,
            )
        )
    _check_has_pictures(source, option)
    if not files:
        raise UsageError(
            say(
                "--images: {path} holds no picture ({kinds}); give a folder that does, or a file.",
                "--images：{path} に画像（{kinds}）がありません。画像の入ったフォルダか、画像のファイルを指定して"
                "ください。",
                path=path,
                kinds=", ".join(ENDINGS),
            )
        )
    return NewPictures(torch.stack(_read(source, files)), names, files, others)


def _read(source: Source, files: Sequence[Path]) -> list[Tensor]:
    """Return the pictures.

    Raises:
        DataError: One cannot be used; the others that cannot be are named too, so that all are mended at once.
    """
    pictures, refused, first = [], [], ""
    for file in files:
        try:
            pictures.append(source.new_picture(file))
        except DataError as error:
            first = first or str(error)
            refused.append(file.name)
    if len(refused) > 1:
        first += say(
            " {count} more cannot be used: {names}.",
            "ほかに {count} 個の画像も使えません：{names}",
            count=len(refused) - 1,
            names=", ".join([*refused[1 : 1 + _MOST_NAMED], *["…"] * (len(refused) > 1 + _MOST_NAMED)]),
        )
    if refused:
        raise DataError(first)
    return pictures


def _check_has_pictures(source: Source, option: str) -> None:
    if len(shape := source.input_shape) == 3:
        return
    raise UsageError(
        say(
            "{option}: a sample of {name} has the shape {shape} and is no picture{rows}.",
            "{option}：{name} のサンプルは形が {shape} で、画像ではありません{rows}。",
            option=option,
            name=source.name,
            shape="×".join(map(str, shape)),
            rows=say("; give rows of a table with --rows FILE", "。--rows ファイル で表の行を指定してください")
            if option == "--images"
            else say("; leave it out, to see the first test sample", "。省くと最初のテスト用サンプルを表示します"),
        )
    )


def new_rows(source: Source, path: Path, columns: Sequence[str] | None, texts: Collection[str] = ()) -> NewRows:
    """Read rows of a table, of whatever kind its file is; a column of labels need not be there.

    Where a row lacks a value, the data set's ``missing`` decides: an error, the row is left out, or the mean later on.

    Args:
        source: The data set.
        path: The file.
        columns: Those that the network learned; None: they had no names, and as many columns of numbers have to be
            there.
        texts: Which of them hold texts.

    Raises:
        UsageError: There is no such file, a column is missing, or the samples of the data set are pictures.
        DataError: The file holds no table, a value is missing or no number, or every row is left out.
    """
    if len(source.input_shape) != 1:
        raise UsageError(
            say(
                "--rows: {name} has pictures, not rows of a table; give --images PATH.",
                "--rows：{name} は表ではなく画像のデータです。--images パス を指定してください。",
                name=source.name,
            )
        )
    if not path.is_file():
        raise UsageError(
            say(
                "--rows: there is no file '{path}'; give a table with the columns that the network learned.",
                "--rows：ファイル '{path}' がありません。学習に使った列のある表を指定してください。",
                path=path,
            )
        )
    table, _ = reader_of(source, path).table_in(path)
    if columns is None:
        if NO_LABEL not in table.columns:
            table[NO_LABEL] = ""
        names = choose_inputs(table, None, NO_LABEL, path)
        _check_count(names, source.input_shape[0], path)
    else:
        names = [find_column(table, name, "--rows", path) for name in columns]
    missing: Missing = source.missing if isinstance(source, TableSource) else "error"
    left_out: list[str] = []
    if missing == "drop":
        table, left_out = _without_gaps(table, names, path)
    inputs = read_inputs(table, names, texts, missing, path, new=True)
    return NewRows(inputs, [str(row) for row in table.index], left_out)


def _check_count(names: Sequence[str], wanted: int, path: Path) -> None:
    if len(names) != wanted:
        raise UsageError(
            say(
                "--rows: {path} has {there} columns of numbers ({names}); the network learned {here}.",
                "--rows：{path} には数値の列が {there} 個（{names}）ありますが、学習に使われた入力は {here} 個です。",
                path=path,
                there=len(names),
                names=", ".join(names),
                here=wanted,
            )
        )


def _without_gaps(table: DataFrame, names: Sequence[str], path: Path) -> tuple[DataFrame, list[str]]:
    """Return the rows that lack no value, and the numbers of the others.

    Raises:
        DataError: Each lacks one.
    """
    lacking = np.any([is_missing(table[name]) for name in names], axis=0)
    if lacking.all():
        raise DataError(
            say(
                "{path}: each of its {count} rows lacks a value (missing: drop), so that none is left to be answered; "
                "fill some in.",
                "{path}：{count} 行のすべてに欠損値があり（missing: drop）、予測できる行がありません。値を入力して"
                "ください。",
                path=path,
                count=len(table),
            )
        )
    return table[~lacking], [str(row) for row in table.index[lacking]]


def _pictures_in(folder: Path) -> tuple[list[Path], list[str]]:
    """Return the pictures of a folder in the order of their names, and the names of other files.

    Raises:
        DataError: The folder cannot be read.
    """
    try:
        entries = sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.as_posix())
    except OSError as error:
        raise unreadable(folder, error) from error
    shown = [path for path in entries if not path.name.startswith(".")]
    pictures = [path for path in shown if path.suffix.lower() in ENDINGS]
    return pictures, [path.relative_to(folder).as_posix() for path in shown if path not in set(pictures)]
