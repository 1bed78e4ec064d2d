"""Values that a table lacks: an error, rows left out, or the training split's mean in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import torch
from torch import Tensor

from mnist_lab.data.cells import Marks, is_missing
from mnist_lab.errors import DataError, UsageError
from mnist_lab.language import say

if TYPE_CHECKING:
    from pandas import DataFrame

Missing = Literal["error", "drop", "mean"]
"""What becomes of a row that lacks a value: ``error``: nothing is trained; ``drop``: it is left out; ``mean``: the mean
of the training split takes the value's place, and a row without a label is an error."""


@dataclass(frozen=True)
class MissingValues:
    """What a table lacked, and what became of it, in plain values.

    Attributes:
        treatment: ``drop`` or ``mean``.
        rows: Of the table, those that are left out among them.
        dropped_rows: Of these, how many are left out.
        values: How many cells lack a value, by column; columns that lack none are not named.
    """

    treatment: Missing
    rows: int
    dropped_rows: int
    values: dict[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a dict for JSON."""
        return asdict(self)


def check_missing(missing: str) -> None:
    """Look at the option.

    Raises:
        UsageError: It is none of the three.
    """
    if missing not in get_args(Missing):
        raise UsageError(
            say(
                "missing: {missing!r} is unknown; give 'error', 'drop' (leave such rows out) or 'mean' (take the mean "
                "of the training split).",
                "missing：{missing!r} は使えません。'error'、'drop'（その行を除外）、'mean'（学習用データの平均で補う）"
                "のいずれかを指定してください。",
                missing=missing,
            )
        )


def without_gaps(
    table: DataFrame, inputs: Sequence[str], label: str, missing: Missing, path: Path
) -> tuple[DataFrame, MissingValues | None]:
    """Return the rows to go on with, and what they lacked; None where that is nothing, or an error later on.

    Args:
        table: The whole table.
        inputs: Names of the input columns.
        label: Name of the label's column; there only an empty cell is a missing value, as NA may be a class's name.
        missing: What is to become of missing values.
        path: The table's file, for messages.

    Raises:
        DataError: No row is left.
    """
    if missing == "error":
        return table, None
    gaps: dict[str, Marks] = {name: is_missing(table[name]) for name in inputs}
    if missing == "drop":
        gaps[label] = (table[label] == "").to_numpy()
    counts = {name: int(marks.sum()) for name, marks in gaps.items() if marks.any()}
    if not counts:
        return table, None
    if missing == "mean":
        return table, MissingValues(missing, len(table), 0, counts)
    lacking = np.any(list(gaps.values()), axis=0)
    if lacking.all():
        worst = max(counts, key=counts.__getitem__)
        raise DataError(
            say(
                "{path}: with missing 'drop' no row is left: each of the {rows} lacks a value. Column '{name}' lacks "
                "{count}; leave it out (--data.source.inputs).",
                "{path}：missing 'drop' では行が 1 つも残りません。{rows} 行のすべてに欠損値があります。列 '{name}' "
                "では {count} 個の値が欠けています。この列を外してください（--data.source.inputs）。",
                path=path,
                rows=len(table),
                name=worst,
                count=counts[worst],
            )
        )
    return table[~lacking], MissingValues(missing, len(table), int(lacking.sum()), counts)


def filled(inputs: Tensor, mean: Tensor) -> Tensor:
    """Return inputs with the mean where they are NaN, which is how a missing value is kept until the mean is known.

    Args:
        inputs: uint8 of any shape, which lack nothing, or float ``(N, features)``.
        mean: float ``(features,)``.
    """
    if not inputs.is_floating_point():
        return inputs
    gaps = inputs.isnan()
    return torch.where(gaps, mean, inputs) if gaps.any() else inputs


def check_mean(mean: Tensor, names: Sequence[str] | None) -> None:
    """Look whether every feature had a value from which to take the mean.

    Args:
        mean: Of the training split; NaN where it has no value.
        names: Of the features.

    Raises:
        DataError: A feature had none.
    """
    empty = mean.isnan().flatten()
    if empty.any():
        place = int(empty.int().argmax())
        raise DataError(no_value_in_training(names[place] if names else str(place + 1)))


def no_value_in_training(name: str) -> str:
    """Return the line for a column that the training split has no value of."""
    return say(
        "inputs: no row of the training split has a value in column '{name}', so that nothing can be put where one is "
        "missing; leave the column out (--data.source.inputs), or such rows (--data.source.missing drop).",
        "inputs：学習用データには列 '{name}' の値が 1 つもないため、欠損値を補えません。この列を外すか"
        "（--data.source.inputs）、欠損値のある行を除外してください（--data.source.missing drop）。",
        name=name,
    )
