"""Texts as inputs: a column of 0 or 1 for each text that the training split has (one-hot)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from mnist_lab.data.missing import no_value_in_training
from mnist_lab.errors import DataError

Categories = Mapping[str, Sequence[str]]
"""By column: the texts of the training split, in the order of their characters."""


@dataclass(frozen=True)
class TextEncoding:
    """What was learned of texts on a training split.

    Attributes:
        columns: All input columns, in their order.
        categories: By column of texts; the other columns are numbers.
    """

    columns: tuple[str, ...]
    categories: Categories

    @property
    def feature_names(self) -> list[str]:
        """Of what the network is given: a column of numbers by its name, a text as ``island=Biscoe``."""
        return [
            feature
            for name in self.columns
            for feature in ([f"{name}={text}" for text in self.categories[name]] if name in self.categories else [name])
        ]


@dataclass(frozen=True, eq=False)
class TableInputs:
    """The input columns of a table before anything is learned from them.

    Attributes:
        columns: Their names.
        texts: By column of texts: all texts of the table.
        values: float32 ``(rows, columns)``: numbers, and of a text its place in ``texts``; NaN where one is missing.
    """

    columns: tuple[str, ...]
    texts: Mapping[str, Sequence[str]]
    values: Tensor

    def learn(self, train: Tensor) -> TextEncoding:
        """Return the texts that a training split has.

        Args:
            train: Rows of ``values``.

        Raises:
            DataError: It has none of a column's.
        """
        categories = {}
        for name, texts in self.texts.items():
            codes = self._codes(train, name)
            if not len(codes):
                raise DataError(no_value_in_training(name))
            categories[name] = [texts[code] for code in sorted(set(codes.tolist()))]
        return TextEncoding(self.columns, categories)

    def encode(self, values: Tensor, encoding: TextEncoding) -> Tensor:
        """Return rows as the network takes them.

        Args:
            values: Rows of ``values``.
            encoding: Of the same columns.

        Returns:
            float32 ``(rows, features)``. All columns of a text that the training split does not have are 0, and NaN
            where the value is missing.
        """
        parts = []
        for place, name in enumerate(self.columns):
            column = values[:, place]
            if name not in encoding.categories:
                parts.append(column.unsqueeze(1))
                continue
            known = {text: code for code, text in enumerate(self.texts[name])}
            places = torch.tensor([float(known.get(text, -1)) for text in encoding.categories[name]])
            marked = (column.unsqueeze(1) == places).float()
            parts.append(marked.masked_fill(column.isnan().unsqueeze(1), torch.nan))
        return torch.cat(parts, dim=1)

    def unseen(self, values: Tensor, encoding: TextEncoding) -> dict[str, dict[str, int]]:
        """Return how often each text comes that the training split does not have, by column.

        Args:
            values: Rows of ``values``.
            encoding: Of the same columns.
        """
        found: dict[str, dict[str, int]] = {}
        for name, learned in encoding.categories.items():
            for code in self._codes(values, name).tolist():
                if (text := self.texts[name][code]) not in learned:
                    counts = found.setdefault(name, {})
                    counts[text] = counts.get(text, 0) + 1
        return found

    def _codes(self, values: Tensor, name: str) -> Tensor:
        column = values[:, self.columns.index(name)]
        return column[~column.isnan()].long()
