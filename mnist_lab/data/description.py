"""The description of a run's data: what a record and a table state about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class DataDescription:
    """Which data a run used, in plain values that JSON can hold.

    Attributes:
        name: The data set that was used.
        requested_name: The data set that was asked for; another one where the fallback stepped in.
        fell_back: Whether the fallback stepped in.
        location: A folder, or what made the samples.
        settings: The source's constructor arguments.
        sha256: Of the files that the samples come from; None where the data set's name says it all.
        input_shape: Shape of one sample.
        feature_names: Of a table, those of texts as ``island=Biscoe``; None where the features have no names.
        class_names: One a class, in the order of the labels.
        split_sizes: Samples by split: ``train``, ``val``, ``test``.
        class_counts: Samples of each class by split.
        mean: Of the training split, in stored units (0..255 for pictures); one, or one a feature.
        std: Likewise.
        seed: Seed of the split and the order.
        categories: By column of texts: those of the training split, each a feature.
        missing: What a table lacked and what became of it (``MissingValues``); None where nothing is missing.
        unseen: By column and text: how many samples of each split have a text that no training sample has.
    """

    name: str
    requested_name: str
    fell_back: bool
    location: str
    settings: dict[str, Any]
    sha256: str | None
    input_shape: list[int]
    feature_names: list[str] | None
    class_names: list[str]
    split_sizes: dict[str, int]
    class_counts: dict[str, list[int]]
    mean: list[float]
    std: list[float]
    seed: int
    categories: dict[str, list[str]] = field(default_factory=dict)
    missing: dict[str, Any] | None = None
    unseen: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a dict for JSON."""
        return asdict(self)
