"""How implementations are drawn: a colour for each language or library; a shade, a marker and a line for each step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from mnist_lab.reports.style import GroupStyle

# Okabe and Ito's colours, which the colour-blind tell apart; a step of C is lighter than the one before it.
_COLOURS: Mapping[str, Sequence[str]] = {
    "python": ("#009E73",),
    "c": ("#401C00", "#7F3800", "#B04E00", "#E8731A", "#F7A96B"),
    "numpy": ("#0072B2", "#00436A"),
    "torch": ("#CC79A7", "#8E3F6C"),
    "cuda": ("#E69F00", "#A87400", "#6B4A00"),
    "cupy": ("#56B4E9",),
}
_OTHERS = ("#777777", "#444444", "#AAAAAA")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_LINES = ("-", "--", ":", "-.")


def styles_of_series(names: Sequence[str]) -> dict[str, GroupStyle]:
    """Return a style for each implementation, by name.

    Args:
        names: Of all that are in the record, so that one without points takes no other's style away.
    """
    seen: Counter[str] = Counter()
    styles: dict[str, GroupStyle] = {}
    for name in names:
        family = name.partition("-")[0]
        family = family if family in _COLOURS else ""
        place = seen[family]
        seen[family] += 1
        colours = _COLOURS.get(family, _OTHERS)
        colour = colours[place % len(colours)]
        styles[name] = GroupStyle(colour, _MARKERS[place % len(_MARKERS)], _LINES[place % len(_LINES)], "")
    return styles
