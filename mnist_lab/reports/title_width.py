"""Titles that say what came out, where a panel is wide enough for them, and how wide a text is."""

from __future__ import annotations

from mnist_lab.language import spaced

WIDEST = 42
"""Of a title over the whole width of a figure, in letters as wide as a Japanese one."""
_LATIN_WIDTH = 0.55


def fitting(*titles: str, widest: float = WIDEST) -> str:
    """Return the first title that fits and is not empty, else the last.

    Args:
        titles: From the longest to the one that stands in for the others.
        widest: That there is room for, in letters as wide as a Japanese one.
    """
    return spaced(next((title for title in titles if title and width_of(title) <= widest), titles[-1]))


def width_of(text: str) -> float:
    """Return about how wide a text is, in letters as wide as a Japanese one."""
    return sum(_LATIN_WIDTH if letter.isascii() else 1.0 for letter in text)
