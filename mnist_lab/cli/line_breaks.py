"""Where a line may break on the terminal: between words, which Japanese writes without spaces."""

from __future__ import annotations

import re

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

_KANA, _KATAKANA, _KANJI = "ぁ-ん", "ァ-ヶー", "一-龥々"
# A word with the particles behind it; no line begins with what closes, or ends with what opens.
_WORD = re.compile(
    rf"[（「『]*(?:[^\s（）「」『』、。：；{_KANA}{_KATAKANA}{_KANJI}]+|[{_KATAKANA}]+(?:[{_KANJI}](?![{_KANJI}]))?|[{_KANJI}]+|[{_KANA}]+|.)"
    rf"[{_KANA}]*[）」』、。：；]*\s*"
)
_NUMBER = re.compile(r"[\d.,]+\s+")
_LONGEST_KEPT = 24
"""Columns up to which a word claims its width; a path is broken where it must be."""


def words(text: str) -> list[str]:
    """Return a text's parts, between which a line may break; a number stays with what it counts."""
    found: list[str] = []
    for part in _WORD.findall(text):
        if found and _NUMBER.fullmatch(found[-1]):
            found[-1] += part
        else:
            found.append(part)
    return found


def width_of(text: str) -> int:
    """Return the columns of the longest word."""
    return max((cell_len(part.rstrip()) for part in words(text)), default=0)


class Wrapped:
    """A text that rich breaks between words, Japanese ones as well."""

    def __init__(self, text: str) -> None:
        """Take the text.

        Args:
            text: One line, or several.
        """
        self.text = text

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        lines = self.text.splitlines() or [""]
        least = min(_LONGEST_KEPT, max(map(width_of, lines)))
        return Measurement(least, max(least, *map(cell_len, lines))).with_maximum(options.max_width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = [part for line in self.text.splitlines() for part in broken(line, options.max_width)]
        yield Text("\n".join(lines), overflow="fold")


def broken(line: str, width: int) -> list[str]:
    """Return a line in parts of at most ``width`` columns.

    Args:
        line: Without a line break.
        width: In columns; a Japanese letter takes two.
    """
    parts = [""]
    for word in words(line):
        if parts[-1] and cell_len(parts[-1] + word.rstrip()) > width:
            parts.append("")
        *whole, rest = chop_cells(parts[-1] + word, width) if cell_len(word.rstrip()) > width else [parts[-1] + word]
        parts[-1:] = [*whole, rest]
    return [part.rstrip() for part in parts]
