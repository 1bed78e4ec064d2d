"""How implementations are drawn: a colour for each language or library, a marker and a line for each step of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from mnist_lab.reports.style import GroupStyle

# Okabe and Ito's colours, which the colour-blind tell apart.
_COLOURS: Mapping[str, str] = {
    "python": "#009E73",
    "c": "#D55E00",
    "numpy": "#0072B2",
    "torch": "#CC79A7",
    "cuda": "#E69F00",
    "cupy": "#56B4E9",
}
_OTHERS = "#777777"
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
        colour = _COLOURS.get(family, _OTHERS)
        styles[name] = GroupStyle(colour, _MARKERS[place % len(_MARKERS)], _LINES[place % len(_LINES)], "")
    return styles
