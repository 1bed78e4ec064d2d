"""YAML looked at before it is read: what would be lost without a word, or has no end, is refused."""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml

from mnist_lab.errors import UsageError
from mnist_lab.language import say

_DEEPEST = 50
_MOST_VALUES = 100_000
_MOST_DIGITS = 300  # floats end at 1.8e308


@dataclass
class _Part:
    """A list, or keys with their values, as far as it was read."""

    anchor: str | None
    is_mapping: bool
    keys: dict[str, int] = field(default_factory=dict)
    """Each with its line, from 1."""
    entries: int = 0
    """Keys count as well as their values."""
    values: int = 1
    """All that is in it, whatever aliases stand for included."""
    depth: int = 1


def check_structure(text: str, what: str) -> None:
    """Look at YAML as a stream, as building something from what is refused here may take forever, or all the memory.

    Args:
        text: What is no YAML is left to whoever reads it.
        what: Begins the message, such as ``--config: own.yaml``.

    Raises:
        UsageError: A key stands twice, an alias stands inside of what it means, a number is too long, or the whole is
            too deep or too large.
    """
    walk = _Walk(what)
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):  # to the one in C, deep nesting is no YAML
            walk.take(event)
    except yaml.YAMLError:
        return


def check_characters(text: str, what: str, line: int) -> None:
    """Look for what no name of a file and no file in UTF-8 can hold: U+0000, and bytes that were no text.

    Args:
        text: A value.
        what: Begins the message.
        line: Where the text stands.

    Raises:
        UsageError: It holds such a character.
    """
    strange = next((character for character in text if character == "\0" or "\ud800" <= character <= "\udfff"), None)
    if strange is not None:
        raise UsageError(
            say(
                "{what}: line {line} holds U+{code:04X}, which is no character of a text; take it out.",
                "{what}：{line} 行目に文字ではない U+{code:04X} が含まれています。取り除いてください。",
                what=ascii(what).strip("'") if strange in what else what,
                line=line,
                code=ord(strange),
            )
        )


class _Walk:
    """What has been seen of a text so far."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._open: list[_Part] = []
        self._anchored: dict[str, _Part] = {}

    def take(self, event: yaml.Event) -> None:
        """Go on by one event."""
        line = event.start_mark.line + 1
        if isinstance(event, yaml.CollectionStartEvent):
            self._open.append(_Part(event.anchor, isinstance(event, yaml.MappingStartEvent)))
            if len(self._open) > _DEEPEST:
                raise self._too_deep(line)
        elif isinstance(event, yaml.CollectionEndEvent):
            part = self._open.pop()
            if part.anchor is not None:
                self._anchored[part.anchor] = part
            self._add(part.values, part.depth, line)
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor in [part.anchor for part in self._open]:
                raise self._endless(event.anchor, line)
            meant = self._anchored.get(event.anchor, _Part(None, is_mapping=False))
            self._add(meant.values, meant.depth, line)
        elif isinstance(event, yaml.ScalarEvent):
            check_characters(event.value, self._what, line)
            self._note_key(event.value, line)
            digits = event.value.lstrip("+-").replace("_", "")
            if digits.isdigit() and len(digits) > _MOST_DIGITS:
                raise self._too_long(len(digits), line)
            self._add(1, 0, line)

    def _add(self, values: int, depth: int, line: int) -> None:
        """Count a value to the part that it stands in."""
        if not self._open:
            return
        part = self._open[-1]
        part.entries += 1
        part.values += values
        part.depth = max(part.depth, depth + 1)
        if len(self._open) - 1 + part.depth > _DEEPEST:
            raise self._too_deep(line)
        if part.values > _MOST_VALUES:
            raise self._too_large(line)

    def _note_key(self, key: str, line: int) -> None:
        part = self._open[-1] if self._open else None
        if part is None or not part.is_mapping or part.entries % 2:
            return
        if key in part.keys and key != "<<":  # YAML's merges may be several
            raise UsageError(
                say(
                    "{what}: the key '{key}' stands twice, in line {first} and in line {second}, and what stands under "
                    "the first would be lost; make one of them.",
                    "{what}：キー '{key}' が {first} 行目と {second} 行目に重複しています。先の内容が失われるため、"
                    "1 つにまとめてください。",
                    what=self._what,
                    key=key,
                    first=part.keys[key],
                    second=line,
                )
            )
        part.keys[key] = line

    def _endless(self, anchor: str, line: int) -> UsageError:
        return UsageError(
            say(
                "{what}: *{anchor} in line {line} stands inside of what it means, so it has no end; write out what is "
                "meant.",
                "{what}：{line} 行目の *{anchor} は自分自身を含むため、終わりがありません。内容を直接書いてください。",
                what=self._what,
                anchor=anchor,
                line=line,
            )
        )

    def _too_deep(self, line: int) -> UsageError:
        return UsageError(
            say(
                "{what}: line {line} is more than {most} levels deep, and no setting is; take brackets out.",
                "{what}：{line} 行目の入れ子が {most} 段を超えています。そのような設定はありません。括弧を減らして"
                "ください。",
                what=self._what,
                line=line,
                most=_DEEPEST,
            )
        )

    def _too_large(self, line: int) -> UsageError:
        return UsageError(
            say(
                "{what}: up to line {line} it comes to more than {most:,} values; make it smaller.",
                "{what}：{line} 行目までに値が {most:,} 個を超えています。小さくしてください。",
                what=self._what,
                line=line,
                most=_MOST_VALUES,
            )
        )

    def _too_long(self, digits: int, line: int) -> UsageError:
        return UsageError(
            say(
                "{what}: the number in line {line} has {digits:,} digits; give one of at most {most}.",
                "{what}：{line} 行目の数値は {digits:,} 桁あります。{most} 桁以下の数値を指定してください。",
                what=self._what,
                line=line,
                digits=digits,
                most=_MOST_DIGITS,
            )
        )
