"""What stands in a sweep's file, of the kind that it has to be: keys and values, lists, numbers, names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mnist_lab.errors import UsageError, nearest
from mnist_lab.language import say

# PyYAML takes 1e-3 for a string, since YAML 1.1 wants a point in it.
_EXPONENT = re.compile(r"[+-]?\d+(\.\d*)?[eE][+-]?\d+")


def plain(value: Any) -> Any:
    """Return ``value`` with numbers such as 1e-3, which PyYAML reads as strings, as numbers."""
    if isinstance(value, str) and _EXPONENT.fullmatch(value):
        return float(value)
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    return value


def mapping(name: str, content: Any, allowed: Sequence[str] | None = None) -> dict[str, Any]:
    """Return keys and values.

    Args:
        name: Of what is looked at, as the message has it.
        content: As YAML has read it.
        allowed: The keys; None: any text.

    Raises:
        UsageError: It is something else, or has another key.
    """
    if not isinstance(content, Mapping):
        raise UsageError(
            say(
                "{name} holds {found}; it must hold keys and values (config: fc.yaml, parameters: …).",
                "{name} の内容（{found}）が設定ではありません。キーと値（config: fc.yaml、parameters: …）"
                "を書いてください。",
                name=name,
                found=say("nothing", "空") if content is None else f"a {type(content).__name__}",
            )
        )
    for key in content:
        if not isinstance(key, str):
            raise UsageError(
                say(
                    "{name}: the key {key!r} is no text.",
                    "{name}：キー {key!r} が文字列ではありません。",
                    name=name,
                    key=key,
                )
            )
        if allowed is not None and key not in allowed:
            raise UsageError(
                say(
                    "{name}: there is no key '{key}'.{hint} Keys: {allowed}.",
                    "{name}：キー '{key}' はありません。{hint}使用できるキー：{allowed}",
                    name=name,
                    key=key,
                    hint=nearest(key, allowed),
                    allowed=", ".join(allowed),
                )
            )
    return dict(content)


def filled_list(name: str, content: Any) -> list[Any]:
    """Return a list with at least one entry.

    Raises:
        UsageError: It is none.
    """
    if not isinstance(content, list) or not content:
        raise UsageError(
            say(
                "{name}: {content!r} is not a list with at least one entry.",
                "{name}：{content!r} は要素が 1 つ以上の一覧ではありません。",
                name=name,
                content=content,
            )
        )
    return content


def one_of(name: str, value: Any, allowed: Sequence[Any]) -> Any:
    """Return a value that is one of those allowed.

    Raises:
        UsageError: It is not.
    """
    if value not in allowed:
        raise UsageError(
            say(
                "{name}: {value!r} is unknown.{hint} Allowed: {allowed}.",
                "{name}：{value!r} は使えません。{hint}使用できる値：{allowed}",
                name=name,
                value=value,
                hint=nearest(str(value), allowed),
                allowed=", ".join(map(str, allowed)),
            )
        )
    return value


def whole_number(name: str, value: Any, least: int) -> int:
    """Return a whole number that is not below ``least``.

    Raises:
        UsageError: It is none.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise UsageError(
            say(
                "{name}: {value!r} is not a whole number of at least {least}.",
                "{name}：{value!r} は {least} 以上の整数ではありません。",
                name=name,
                value=value,
                least=least,
            )
        )
    return value


def true_or_false(name: str, value: Any) -> bool:
    """Return a truth value.

    Raises:
        UsageError: It is none.
    """
    if not isinstance(value, bool):
        raise UsageError(
            say(
                "{name}: {value!r} is neither true nor false.",
                "{name}：{value!r} は true でも false でもありません。",
                name=name,
                value=value,
            )
        )
    return value
