"""A network as a list of operations, each as the page computes it for one sample."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

Shape = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Operation:
    """Makes one value of others. Value 0 is the network's input; the operation at place k makes value k + 1.

    Attributes:
        kind: Its name among the operations of ``files/operations.js``.
        inputs: Numbers of the values that it takes.
        shape: Of what it makes, for one sample: ``(C, H, W)``, ``(F,)``.
        settings: Plain values.
        weights: Tensors that do not depend on the input.
        name: As the network's author wrote it: ``conv1``; empty for a function.
        text: What it is, for readers: ``Conv2d(1 → 4, 3×3)``, ``relu``.
        parameters: How many trained numbers are in it that no operation before it has counted.
    """

    kind: str
    inputs: tuple[int, ...]
    shape: Shape
    settings: dict[str, Any]
    weights: dict[str, Tensor]
    name: str
    text: str
    parameters: int


@dataclass(frozen=True, eq=False)
class Program:
    """A network as a list of operations.

    Attributes:
        input_shape: Of one sample.
        operations: In the order in which they are computed.
        output: Number of the value that is the network's output, ``(C,)``.
    """

    input_shape: Shape
    operations: list[Operation]
    output: int


@dataclass(frozen=True, eq=False)
class Recipe:
    """What a layer or a function does: an operation that has not been given its place yet.

    Attributes:
        kind: As of an ``Operation``; ``identity`` where nothing is done.
        takes: The tensors of a batch, ``(N, …)``, that it computes with; some may be constants.
        settings: As of an ``Operation``.
        weights: As of an ``Operation``; None: there is none of that name.
    """

    kind: str
    takes: list[Tensor]
    settings: dict[str, Any] = field(default_factory=dict)
    weights: dict[str, Tensor | None] = field(default_factory=dict)


class UnknownOperationError(Exception):
    """The page has no such operation."""
