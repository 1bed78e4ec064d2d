"""Plain values held against the kinds that they should be of; who has written them is not known."""

from __future__ import annotations

import math
import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

_DEEPEST = 50
_LONGEST = 100_000
_SHOWN_CHARACTERS = 40


def misfit(values: Mapping[str, Any], kind: Any) -> str | None:
    """Return which value is of another kind, and what it is; None where all are right.

    Args:
        values: Dicts, lists, texts, numbers and None.
        kind: A TypedDict, whose entries are TypedDicts, ``list[…]``, ``dict[str, …]``, ``… | None``, ``Literal``,
            classes, or ``Annotated[int, (least, most)]``, of a text its length. Entries of other names may be anything.
    """
    return _said(next(_misfits(values, kind, ""), None))


def unwritable(values: Mapping[str, Any]) -> str | None:
    """Return what could not be written again: nesting or a text without end, half a character, no number.

    Args:
        values: As ``misfit`` takes them.
    """
    left: list[tuple[str, Any, int]] = [("", values, 0)]
    while left:
        name, value, depth = left.pop()
        if isinstance(value, (dict, list)):
            if depth > _DEEPEST:
                return _said((name, "nested too deeply"))
            inner = value.items() if isinstance(value, dict) else enumerate(value)
            left += [(_inside(name, key), entry, depth + 1) for key, entry in inner]
            left += [(name, key, depth) for key in value if isinstance(value, dict)]
        elif isinstance(value, str):
            if len(value) > _LONGEST or "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
                return _said((name, value))
        elif isinstance(value, float) and not math.isfinite(value):
            return _said((name, value))
    return None


def _said(found: tuple[str, Any] | None) -> str | None:
    if found is None:
        return None
    name, value = found
    shown = ascii(value)  # it may hold what no terminal can show
    return f"{name} is {shown if len(shown) <= _SHOWN_CHARACTERS else shown[:_SHOWN_CHARACTERS] + '…'}"


def _misfits(value: Any, kind: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield name and value of all that is of another kind."""
    origin, arguments = get_origin(kind), get_args(kind)
    if is_typeddict(kind) or origin in (dict, list):
        if isinstance(value, dict if is_typeddict(kind) else origin):
            for key, entry, inner in _entries(value, kind):
                yield from _misfits(entry, inner, _inside(name, key))
        else:
            yield name, value
    elif origin in (Union, types.UnionType):
        if value is not None:
            yield from _misfits(value, arguments[0], name)
    elif not _fits(value, kind):
        yield name, value


def _entries(value: Any, kind: Any) -> Iterator[tuple[str | int, Any, Any]]:
    """Yield the parts of a dict or list under their keys, each with the kind that it should be of."""
    if isinstance(value, list):
        yield from ((place, entry, get_args(kind)[0]) for place, entry in enumerate(value))
    elif is_typeddict(kind):
        kinds = _kinds_in(kind)
        yield from ((key, value[key], kinds[key]) for key in kinds if key in value)
    else:
        yield from ((key, entry, get_args(kind)[1]) for key, entry in value.items())


def _fits(value: Any, kind: Any) -> bool:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        least, most = arguments[1]
        return _is(value, arguments[0]) and bool(least <= (len(value) if isinstance(value, str) else value) <= most)
    if origin is Literal:
        return value in arguments
    return kind is Any or _is(value, kind)


@cache
def _kinds_in(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _is(value: Any, kind: type) -> bool:
    """Say whether a plain value is of a kind; a whole number passes for a float, a truth value for no number."""
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, (int, float) if kind is float else kind)


def _inside(name: str, key: str | int) -> str:
    if isinstance(key, int):
        return f"{name}[{key}]"
    return f"{name}.{key}" if name else str(key)
