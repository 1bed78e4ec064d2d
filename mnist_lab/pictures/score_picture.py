"""The score picture: a line a class over samples in order, the accuracy as a red line. Drawn once, then its lines move.

No state of pyplot is touched, except where the picture is to stand in a window.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from mnist_lab.language import say
from mnist_lab.pictures.bands import Band
from mnist_lab.pictures.fonts import fonts

WIDTH_PX = 1280
DPI = 160
LEGEND_COLUMNS = 5
_PLOT_INCH, _LEGEND_ROW_INCH = 4.2, 0.2
# Ten colours that are told apart, none of them red: that is the accuracy's.
_COLOURS = (
    *("#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b"),
    *("#e377c2", "#7f7f7f", "#bcbd22", "#17becf", "#1a1a6e"),
)
_LINES = ("-", "--", ":", "-.")
_ACCURACY_COLOUR = "#e00000"
# A band that is narrower than this share of the axis for a character of its name bears no name.
_ROOM_A_CHARACTER = 0.011
_PALETTE = 255
_MARGIN = 0.01  # so that round numbers at the ends have their ticks
_LONGEST_NAMES_SIDE_BY_SIDE = 80


@dataclass(frozen=True, eq=False)
class Scene:
    """All that does not change from one picture to the next.

    Attributes:
        class_names: One a line, in the order of the network's outputs.
        positions: Where on the x axis the outputs are drawn, ``(P,)``, rising.
        bands: Which part of the axis belongs to which class.
        x_label: What the x axis is.
        samples: How many samples the accuracy is taken over.
        is_measured: The x axis is a quantity with numbers; else samples stand side by side in class order.
        caption: Stands below the axis; None: nothing.
        marks: Of a measured axis: the samples' values, by class.
    """

    class_names: Sequence[str]
    positions: NDArray[np.float64]
    bands: Sequence[Band]
    x_label: str
    samples: int
    is_measured: bool = False
    caption: str | None = None
    marks: Sequence[NDArray[np.float64]] = field(default=())


class ScorePicture:
    """One figure: made once, its lines and its title changed for each picture."""

    def __init__(self, scene: Scene, *, window: bool = False) -> None:
        """Draw everything that stays.

        Args:
            scene: What stays.
            window: Make the figure pyplot's, so that it can stand in a window.
        """
        rows = math.ceil((len(scene.class_names) + 1) / LEGEND_COLUMNS)
        caption = 0.0 if scene.caption is None else _LEGEND_ROW_INCH * (1 + scene.caption.count("\n"))
        # Films want an even number of pixels.
        height_px = 2 * round((_PLOT_INCH + _LEGEND_ROW_INCH * rows + caption) * DPI / 2)
        size: dict[str, Any] = {"figsize": (WIDTH_PX / DPI, height_px / DPI), "dpi": DPI, "layout": "constrained"}
        self._palette: Image.Image | None = None
        with _style():
            self.figure = _in_a_window(size) if window else Figure(**size)
            self._canvas: Any = None if window else FigureCanvasAgg(self.figure)
            self._axes = self.figure.subplots()
            self._right = self._axes.twinx()
            self._lines = [
                self._axes.plot(
                    scene.positions,
                    np.full(len(scene.positions), np.nan),
                    color=colour_of(label),
                    linestyle=_LINES[label // len(_COLOURS) % len(_LINES)],
                    linewidth=1.6,
                    label=name,
                )[0]
                for label, name in enumerate(scene.class_names)
            ]
            self._accuracy = self._right.axhline(
                math.nan,
                color=_ACCURACY_COLOUR,
                linewidth=2.2,
                clip_on=False,
                label=say("accuracy", "精度"),
            )
            _draw_bands(self._axes, scene)
            _label(self._axes, self._right, scene)
            handles = [*self._lines, self._accuracy]
            # Matplotlib fills column by column; this reads row by row.
            by_rows = [handle for column in range(LEGEND_COLUMNS) for handle in handles[column::LEGEND_COLUMNS]]
            self.figure.legend(handles=by_rows, loc="outside lower center", ncols=LEGEND_COLUMNS)

    def update(self, scores: NDArray[np.float64], accuracy: float, title: str) -> None:
        """Move the lines.

        Args:
            scores: The network's outputs ``(P, C)`` at the scene's positions.
            accuracy: Share of the samples that are recognised, 0 to 1.
            title: Says which picture this is.
        """
        for line, column in zip(self._lines, scores.T, strict=True):
            line.set_ydata(column)
        self._accuracy.set_ydata([accuracy, accuracy])
        finite = scores[np.isfinite(scores)]
        if finite.size:
            self._axes.set_ylim(float(finite.min()) - 1, float(finite.max()) + 1)
        self._axes.set_title(title)

    def png(self) -> bytes:
        """Return the picture as it is now; the same lines give the same bytes."""
        with _style():
            content = self._pixels()
        picture = Image.frombytes("RGBA", (WIDTH_PX, len(content) // (4 * WIDTH_PX)), content).convert("RGB")
        # With a palette, a third of the bytes. It is found once, which takes longer than a drawing: the legend of the
        # first picture has every colour.
        if self._palette is None:
            self._palette = picture.quantize(_PALETTE)
        file = io.BytesIO()
        picture.quantize(palette=self._palette, dither=Image.Dither.NONE).save(file, "PNG")
        return file.getvalue()

    def _pixels(self) -> bytes:
        """Return the picture's rows of red, green, blue and opacity."""
        if self._canvas is not None:
            self._canvas.draw()
            return bytes(self._canvas.buffer_rgba())
        # A window's canvas may have another size; this draws twice, first to lay the picture out.
        pixels = io.BytesIO()
        self.figure.savefig(pixels, format="rgba", dpi=DPI)
        return pixels.getvalue()


def colour_of(label: int) -> str:
    """Return a class's colour."""
    return _COLOURS[label % len(_COLOURS)]


def _style() -> Any:
    """Return the context in which a figure is drawn and saved; matplotlib's settings are as before afterwards."""
    return matplotlib.rc_context(
        {
            "font.family": fonts(),
            "font.size": 10,
            "axes.titlesize": 11,
            "axes.unicode_minus": False,
            "legend.frameon": False,
            "text.parse_math": False,  # names of classes are no formulas
        }
    )


def _in_a_window(size: dict[str, Any]) -> Figure:
    # Importing pyplot chooses how windows are opened, which nothing else here needs.
    from matplotlib import pyplot

    figure: Figure = pyplot.figure(**size)
    return figure


def _draw_bands(axes: Axes, scene: Scene) -> None:
    for band in scene.bands:
        axes.axvspan(band.start, band.end, color=colour_of(band.label), alpha=0.13, linewidth=0)
    for label, values in enumerate(scene.marks):
        # At the bottom edge, whatever the y range becomes.
        axes.plot(
            values,
            np.full(len(values), 0.012),
            "|",
            color=colour_of(label),
            markersize=7,
            transform=axes.get_xaxis_transform(),
        )


def _label(axes: Axes, right: Axes, scene: Scene) -> None:
    low, high = scene.bands[0].start, scene.bands[-1].end
    margin = _MARGIN * (high - low) if scene.is_measured else 0.0
    axes.set_xlim(low - margin, high + margin)
    right.set_ylim(0, 1)
    caption = "" if scene.caption is None else f"\n{scene.caption}"
    axes.set_xlabel(f"{scene.x_label}{caption}")
    axes.set_ylabel(say("output of each class", "各クラスの出力"))
    right.set_ylabel(
        say("accuracy ({samples} samples)", "精度（{samples} サンプル）", samples=scene.samples),
        color=_ACCURACY_COLOUR,
    )
    right.tick_params(axis="y", colors=_ACCURACY_COLOUR)
    names = [_shown_name(scene, band, high - low) for band in scene.bands]
    centres = [band.centre for band in scene.bands]
    if scene.is_measured:
        above = axes.secondary_xaxis("top")
        above.set_xticks(centres, names)
        above.tick_params(length=0)
    else:
        many = sum(map(len, names)) > _LONGEST_NAMES_SIDE_BY_SIDE
        axes.set_xticks(centres, names, rotation=90 if many else 0)
        axes.tick_params(axis="x", length=0)
    for band in scene.bands[1:]:
        axes.axvline(band.start, color="#bbbbbb", linewidth=0.6)


def _shown_name(scene: Scene, band: Band, span: float) -> str:
    name = scene.class_names[band.label]
    if not scene.is_measured:
        return name
    return name if band.end - band.start >= _ROOM_A_CHARACTER * len(name) * span else ""
