"""Labels of figures in lines that are not too wide, broken where a reader would break them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mnist_lab.line_breaks import filled
from mnist_lab.reports.title_width import width_of

# From the best places to the worst: behind a comma and before a bracket, at a space or a sign, within a word.
_BREAKS = (re.compile(r"(?<=[、，])|(?<=, )|(?=（)"), re.compile(r"(?<=[ _/=])"), re.compile(r"(?<=.)"))

_WIDEST_NAME = 25
"""Of a row, in letters as wide as a Japanese one: less than half of a figure's width."""


def row_names(labels: Sequence[str]) -> list[str]:
    """Return what stands to the left of a figure's rows."""
    return [in_lines(label, _WIDEST_NAME) for label in labels]


def in_lines(label: str, widest: float) -> str:
    """Return a label with as few line breaks as make it fit.

    Args:
        label: In one line.
        widest: That a line may be, in letters as wide as a Japanese one.
    """
    return "\n".join(filled(_pieces(label, widest, _BREAKS), widest, width_of))


def _pieces(text: str, widest: float, breaks: Sequence[re.Pattern[str]]) -> list[str]:
    """Return the parts between which lines may end; only a part that is too wide itself is broken further."""
    if not breaks or width_of(text.rstrip()) <= widest:
        return [text]
    return [part for piece in breaks[0].split(text) if piece for part in _pieces(piece, widest, breaks[1:])]
