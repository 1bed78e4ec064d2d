"""What a record keeps of values: which were missing, and which texts no training sample has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mnist_lab.data.missing import MissingValues
from mnist_lab.data.samples import Samples
from mnist_lab.data.text_encoding import TableInputs, TextEncoding

Unseen = dict[str, dict[str, dict[str, int]]]
"""By column and text: how many samples of each split have it."""


def unseen_texts(splits: Mapping[Any, Samples], inputs: TableInputs | None, encoding: TextEncoding | None) -> Unseen:
    """Return the texts that no training sample has; nothing where there are no texts.

    Args:
        splits: By name, as the source gives them.
        inputs: Of the source.
        encoding: As it was learned.
    """
    found: Unseen = {}
    if inputs is not None and encoding is not None:
        for split, samples in splits.items():
            for name, texts in inputs.unseen(samples.inputs, encoding).items():
                for text, count in texts.items():
                    found.setdefault(name, {}).setdefault(text, {})[split] = count
    return found


def facts_of_rows(new: TableInputs, encoding: TextEncoding | None) -> dict[str, Any]:
    """Return of new rows what a record has of values: ``missing``, where the mean fills the gaps, and ``unseen``."""
    counts = new.values.isnan().sum(dim=0).tolist()
    gaps = {name: count for name, count in zip(new.columns, counts, strict=True) if count}
    unseen = {} if encoding is None else new.unseen(new.values, encoding)
    return {
        "missing": MissingValues("mean", len(new.values), 0, gaps).to_dict() if gaps else None,
        "unseen": {name: {text: {"new": count} for text, count in texts.items()} for name, texts in unseen.items()},
    }
