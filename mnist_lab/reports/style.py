"""How every figure of a report is drawn: font, colours, markers, and files that come out the same each time.

``report_style`` surrounds drawing and saving, ``styles_of`` gives each group of runs its colour, marker, line and
hatch, ``figure_files`` gives PNG and SVG without a date or a random id in them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mnist_lab.language import say
from mnist_lab.pictures.fonts import fonts

DPI = 144
WIDTH_INCH = 7.2
"""Of every figure, so that text has one size in all of them."""
PANEL_PT = 0.85 * 72 * WIDTH_INCH
"""Width of a panel that has a figure's whole width, about."""

# Okabe and Ito's colours, which the colour-blind tell apart; black and yellow are left out.
MODEL_COLOURS = {"FC": "#0072B2", "CNN": "#D55E00"}
OTHER_COLOURS = ("#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#999999")
# Printed in grey, markers, lines and hatches tell the groups apart.
MODEL_MARKERS = {"FC": "o", "CNN": "s"}
OTHER_MARKERS = ("^", "D", "v", "P", "X", "<", ">", "*")
_LINES = ("-", "--", ":", "-.")
_HATCHES = ("", "///", "...", "\\\\\\", "xxx", "---", "+++")


@dataclass(frozen=True)
class GroupStyle:
    """How one group of runs is drawn in every figure."""

    colour: str
    marker: str
    line: str
    hatch: str


def styles_of(models: Sequence[str]) -> list[GroupStyle]:
    """Return a style for each group.

    Args:
        models: The model's class of each group, such as ``["CNN", "FC"]``. FC and CNN keep their colours everywhere;
            where a class occurs more than once, its later groups get other colours.
    """
    styles: list[GroupStyle] = []
    others, seen = 0, set[str]()
    for place, model in enumerate(models):
        colour, marker = MODEL_COLOURS.get(model), MODEL_MARKERS.get(model)
        if colour is None or marker is None or model in seen:
            colour = OTHER_COLOURS[others % len(OTHER_COLOURS)]
            marker = OTHER_MARKERS[others % len(OTHER_MARKERS)]
            others += 1
        seen.add(model)
        styles.append(GroupStyle(colour, marker, _LINES[place % len(_LINES)], _HATCHES[place % len(_HATCHES)]))
    return styles


@contextmanager
def report_style() -> Iterator[None]:
    """Surround the drawing and the saving of figures; matplotlib's settings are as before afterwards."""
    settings: dict[str, Any] = {
        "font.family": fonts(),
        "font.size": 10.5,
        "axes.titlesize": 11,
        "axes.titlelocation": "left",
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.alpha": 0.35,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": False,
        "legend.frameon": False,
        "hatch.linewidth": 0.6,
        "svg.hashsalt": "mnist_lab",
        "text.parse_math": False,  # names of models and settings are no formulas
        "svg.fonttype": "path",
    }
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(settings)  # type: ignore[arg-type]
        yield


def say_where_axis_begins(axes: Axes, *, x: bool = False, y: bool = True) -> None:
    """Add to the label of an axis that does not begin at 0 that it does not; a logarithmic one has no 0.

    Args:
        axes: Drawn, with its labels.
        x: Look at the x axis.
        y: Look at the y axis.
    """
    for wanted, axis, low in ((x, axes.xaxis, axes.get_xlim()[0]), (y, axes.yaxis, axes.get_ylim()[0])):
        if wanted and axis.get_scale() == "linear" and low > 0:
            label = axis.get_label_text()
            axis.set_label_text(say("{label}, not from 0", "{label}（0 から始まらない）", label=label))


def figure_files(figure: Figure, stem: str) -> dict[str, bytes]:
    """Return ``<stem>.png`` and ``<stem>.svg``; the same figure gives the same bytes.

    Args:
        figure: Drawn inside ``report_style``, and still inside it.
        stem: Name without an ending.
    """
    png, svg = io.BytesIO(), io.BytesIO()
    figure.savefig(png, format="png", dpi=DPI, metadata={"Software": None})
    figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    return {f"{stem}.png": png.getvalue(), f"{stem}.svg": svg.getvalue()}
