"""Where a line may break on the terminal: between words, which Japanese writes without spaces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from rich.cells import cell_len, chop_cells

_KANA, _KATAKANA, _KANJI = "ぁ-ん", "ァ-ヶー", "一-龥々"
# A command is to be copied in one piece: its name, its paths, and its options with their values.
_COMMAND = (
    r"(?<![\w/.-])(?:lightning|mnist-lab|tensorboard|pip|python)(?: [a-z]+)?(?: [^\s-][!-~]*[./\\][!-~]*)*"
    r"(?: --?\w[\w.+-]*(?:[= ](?!-)[!-~]+)?)*"
)
# A word with the particles behind it; no line begins with what closes, or ends with what opens.
_WORD = re.compile(
    rf"[（「『]*(?:{_COMMAND}|\[[\d., ]+\]|[^\s（）「」『』、。：；！？{_KANA}{_KATAKANA}{_KANJI}]+"
    rf"|[{_KATAKANA}]+(?:[{_KANJI}](?![{_KANJI}]))?|[{_KANJI}]+|[{_KANA}]+|.)"
    rf"[{_KANA}]*[）」』、。：；！？]*\s*"
)
_NUMBER = re.compile(r"[\d.,]+\s+")
_ARROW = re.compile(r"[→×]\s*")
_PIECE = re.compile(r"[^/\\=,_-]*[/\\=,_-]?")
"""Of a word that is longer than the line, such as a path."""


def words(text: str) -> list[str]:
    """Return a text's parts, between which a line may break; not between a number and its unit, nor at an arrow."""
    found: list[str] = []
    for part in _WORD.findall(text):
        bound = found and (_NUMBER.fullmatch(found[-1]) or _ARROW.match(part) or found[-1].rstrip().endswith("→"))
        if bound:
            found[-1] += part
        else:
            found.append(part)
    return found


def width_of(text: str) -> int:
    """Return the columns of the longest word."""
    return max((cell_len(part.rstrip()) for part in words(text)), default=0)


def folded(line: str, width: int, indent: int = 0) -> list[str]:
    """Return a line in parts of at most ``width`` columns; a word that is longer stands whole in one of its own.

    Args:
        line: Without a line break.
        width: In columns; a Japanese letter takes two.
        indent: Columns before all parts but the first.
    """
    parts = [""]
    for word in words(line):
        if parts[-1].strip() and cell_len(parts[-1] + word.rstrip()) > width:
            parts.append(" " * indent)
        parts[-1] += word
    return [part.rstrip() for part in parts]


def broken(line: str, width: int) -> list[str]:
    """Return a line in parts of at most ``width`` columns, whatever has to be broken: a table's cell has no more.

    Args:
        line: Without a line break.
        width: In columns.
    """
    return [piece for part in folded(line, width) for piece in _cut(part, width)]


def _cut(part: str, width: int) -> list[str]:
    """Cut a part that is still too long: at its spaces, else behind a separator, else anywhere."""
    pieces = (found for word in re.findall(r"\S+\s*|\s+", part) for found in _pieces(word, width))
    return filled(pieces, width, cell_len)


def filled(pieces: Iterable[str], widest: float, width: Callable[[str], float]) -> list[str]:
    """Return pieces of a text in as few lines as they fit in; a piece that is too wide itself has one of its own.

    Args:
        pieces: One behind another, with their spaces.
        widest: That a line may be.
        width: Of a text.
    """
    lines = [""]
    for piece in pieces:
        if lines[-1] and width(lines[-1] + piece.rstrip()) > widest:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _pieces(word: str, width: int) -> list[str]:
    if cell_len(word.rstrip()) <= width:
        return [word]
    return [
        letters
        for piece in _PIECE.findall(word)
        if piece
        for letters in (chop_cells(piece, width) if cell_len(piece.rstrip()) > width else [piece])
    ]
