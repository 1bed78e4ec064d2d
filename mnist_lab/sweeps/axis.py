"""Where the values of a parameter lie on an axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mnist_lab.sweeps.points import short_key, short_value

_UNITS = {
    "hidden": "nodes",
    "channels": "channels",
    "kernel_size": "pixels",
    "pooling": "pixels",
    "padding": "pixels",
    "batch_size": "samples",
    "max_epochs": "epochs",
}


@dataclass(frozen=True)
class Axis:
    """An axis for one parameter."""

    key: str
    values: tuple[Any, ...]
    """The parameter's values, in the order of the axis."""
    positions: tuple[float, ...] | None
    """Of each value; None where values have no order, such as names."""
    counts_layers: bool = False
    """Whether the positions are numbers of layers, all of one width."""

    @property
    def counted(self) -> str | None:
        """What the positions count; None for names and pure numbers."""
        if self.positions is None:
            return None
        return "layers" if self.counts_layers else _UNITS.get(short_key(self.key))

    @property
    def unit(self) -> str | None:
        """What stands behind a value: what is counted, where the parameter's name does not say it already."""
        return None if self.counted == short_key(self.key) else self.counted

    @property
    def texts(self) -> list[str]:
        """The values as they are shown on the axis."""
        if self.counts_layers and self.positions is not None:
            return [f"{position:g}" for position in self.positions]
        return [short_value(value) for value in self.values]

    @property
    def is_logarithmic(self) -> bool:
        """Whether the values grow by factors rather than by steps."""
        if self.positions is None or self.counts_layers or min(self.positions) < 0:
            return False
        above_0 = [position for position in self.positions if position > 0]
        return bool(above_0) and max(above_0) >= 8 * min(above_0)


def unit_of(key: str) -> str | None:
    """Return what a setting's number counts; None for names and pure numbers."""
    return _UNITS.get(short_key(key))


def axis_of(key: str, values: Sequence[Any]) -> Axis:
    """Return the axis for a parameter.

    Numbers stand at themselves; lists of one number each, such as ``[16, 16]``, at that number when all that are not
    empty are of one length, at their length when all are of one number; ``[]``, no layer, at 0. Anything else is
    named, in the order given.

    Args:
        key: The parameter's option.
        values: Its values; equal ones are taken once.
    """
    different: list[Any] = []
    for value in values:
        if value not in different:
            different.append(value)
    positions, counts_layers = _positions(different)
    if positions is None:
        return Axis(key, tuple(different), None)
    order = sorted(range(len(different)), key=lambda index: positions[index])
    return Axis(
        key, tuple(different[index] for index in order), tuple(positions[index] for index in order), counts_layers
    )


def _positions(values: Sequence[Any]) -> tuple[list[float] | None, bool]:
    if all(_is_number(value) for value in values):
        return [float(value) for value in values], False
    if not all(isinstance(value, list) and all(_is_number(entry) for entry in value) for value in values):
        return None, False
    lengths = [len(value) for value in values]
    even = len(set(lengths) - {0}) == 1 and all(len(set(value)) <= 1 for value in values)
    if even:
        return [float(value[0]) if value else 0.0 for value in values], False
    if len(set(lengths)) == len(values) and len({entry for value in values for entry in value}) <= 1:
        return [float(length) for length in lengths], True
    return None, False


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
