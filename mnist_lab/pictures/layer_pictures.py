"""A network's filters, and its feature maps of one sample, as pictures."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import matplotlib
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mnist_lab.language import say
from mnist_lab.pictures.fonts import fonts

MOST_FILTERS = 64
MOST_INPUTS = 16
MOST_MAPS = 16
_WIDTH_INCH = 9.0
_TILES = 8
_DPI = 110
# The page's colours (page.css), so that blue means the same in both.
BELOW, ABOVE = "#d9701a", "#1f5fd0"
_SIGNED = LinearSegmentedColormap.from_list("signed", [BELOW, "#ffffff", ABOVE])
_POSITIVE = LinearSegmentedColormap.from_list("positive", ["#ffffff", ABOVE])
_LEAST_BARS = 40


class Stage(NamedTuple):
    """One row of the picture of feature maps."""

    text: str
    """Which layer it is, with the shape and the count of its parameters."""
    values: NDArray[np.float32]
    """``(maps, height, width)`` or ``(features,)``."""


def draw_filters(weights: NDArray[np.float32], title: str, input_names: Sequence[str] = ()) -> bytes:
    """Draw kernels as a grid, an output a row and an input a column, and return PNG; those of one input fill rows.

    Blue is above 0, orange below, as far as the largest weight.

    Args:
        weights: ``(outputs, inputs, height, width)``; of a table's first layer ``(1, 1, nodes, features)``.
        title: Stands above.
        input_names: Of a table's features.
    """
    outputs, inputs = (
        min(count, most) for count, most in zip(weights.shape[:2], (MOST_FILTERS, MOST_INPUTS), strict=True)
    )
    shown = weights[:outputs, :inputs]
    if outputs < weights.shape[0]:
        title += say(
            "\n(the first {shown} of {count} outputs)",
            "\n（{count} 個の出力のうち最初の {shown} 個）",
            shown=outputs,
            count=weights.shape[0],
        )
    if inputs < weights.shape[1]:
        title += say(
            "\n(the first {shown} of {count} inputs)",
            "\n（{count} 個の入力のうち最初の {shown} 個）",
            shown=inputs,
            count=weights.shape[1],
        )
    columns = min(_TILES, outputs) if inputs == 1 else inputs
    picture = mosaic(shown.reshape(-1, *shown.shape[2:]), columns)
    rows = math.ceil(outputs * inputs / columns)
    height, width = weights.shape[2:]
    side = min(0.9, _WIDTH_INCH / columns) if outputs * inputs > 1 else 5.0
    tall = side * min(max(height / width, 0.2), 3.0)
    size = (max(columns * side + 1.6, 5.0), rows * tall + 1.2)
    with _style():
        figure = Figure(figsize=size, layout="constrained")
        figure.suptitle(title, fontsize=10)
        axes = figure.subplots()
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        most = float(np.abs(shown).max()) or 1.0
        # Square pixels, unless one side is so short that nothing could be seen.
        aspect: Literal["equal", "auto"] = "equal" if 0.2 <= height / width <= 3.0 else "auto"
        image = axes.imshow(picture, cmap=_SIGNED, vmin=-most, vmax=most, aspect=aspect, interpolation="nearest")
        figure.colorbar(image, ax=axes, shrink=min(1.0, 2.5 / size[1]), label=say("weight", "重み"))
        if width == len(input_names):
            axes.set_xticks(range(width), input_names, rotation=90 if sum(map(len, input_names)) > 30 else 0)
            axes.set_ylabel(say("output", "出力"), fontsize=9)
        elif inputs > 1:
            axes.set_ylabel(say("output", "出力"), fontsize=9)
            axes.set_xlabel(say("input", "入力"), fontsize=9)
        return _png(figure)


def mosaic(tiles: NDArray[np.float32], columns: int) -> NDArray[np.float32]:
    """Return tiles side by side as one array, with a gap of NaN between them: it draws faster.

    Args:
        tiles: ``(N, height, width)``.
        columns: In a row.
    """
    count, height, width = tiles.shape
    gap_y, gap_x = (max(1, round(side / 12)) for side in (height, width))
    rows = math.ceil(count / columns)
    whole = np.full((rows * (height + gap_y) - gap_y, columns * (width + gap_x) - gap_x), np.nan, dtype=np.float32)
    for place, tile in enumerate(tiles):
        top, left = (place // columns) * (height + gap_y), (place % columns) * (width + gap_x)
        whole[top : top + height, left : left + width] = tile
    return whole


def draw_feature_maps(
    stages: Sequence[Stage],
    class_names: Sequence[str],
    title: str,
    *,
    feature_names: Sequence[str] = (),
    bright_is_ink: bool = True,
) -> bytes:
    """Draw what a network makes of a sample, a layer a row, and return PNG.

    Args:
        stages: The sample itself first, the outputs last.
        class_names: Of the outputs, which are drawn as bars.
        title: Stands above.
        feature_names: Of the sample, where it is a row of a table.
        bright_is_ink: Show high values of the sample dark.
    """
    heights = [_height(stage.values) for stage in stages]
    with _style():
        figure = Figure(figsize=(_WIDTH_INCH, sum(heights) + 0.6), layout="constrained")
        figure.suptitle(title, fontsize=11)
        rows = figure.subfigures(len(stages), 1, height_ratios=heights, squeeze=False)[:, 0]
        for place, (row, stage) in enumerate(zip(rows, stages, strict=True)):
            row.suptitle(stage.text, fontsize=9, x=0.01, ha="left")
            if place == 0 and stage.values.ndim == 3:
                _draw_sample(row, stage.values, bright_is_ink=bright_is_ink)
            elif stage.values.ndim >= 2:
                _draw_maps(row, stage.values)
            else:
                names = class_names if place == len(stages) - 1 else feature_names if place == 0 else ()
                _draw_numbers(row, stage.values, names, mark_highest=place > 0)
        return _png(figure)


def _draw_sample(figure: Any, values: NDArray[np.float32], *, bright_is_ink: bool) -> None:
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_anchor("W")
    picture = values.transpose(1, 2, 0)
    if len(values) == 3:  # standardised by one mean and one deviation: stretched back between its ends
        low, high = float(picture.min()), float(picture.max())
        axes.imshow((picture - low) / (high - low or 1.0))
    else:
        axes.imshow(picture[..., 0], cmap="gray_r" if bright_is_ink else "gray")


def _draw_maps(figure: Any, values: NDArray[np.float32]) -> None:
    maps = values if values.ndim == 3 else values.reshape(-1, *values.shape[-2:])
    shown = maps[:MOST_MAPS]
    picture = mosaic(shown, _TILES)
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_anchor("W")
    # One scale for all maps of a layer: a map that answers to nothing stays pale.
    low, high = float(shown.min()), float(shown.max())
    if low < 0:
        most = max(-low, high) or 1.0
        axes.imshow(picture, cmap=_SIGNED, vmin=-most, vmax=most, interpolation="nearest")
    else:
        axes.imshow(picture, cmap=_POSITIVE, vmin=0, vmax=high or 1.0, interpolation="nearest")


def _draw_numbers(figure: Any, values: NDArray[np.float32], names: Sequence[str], *, mark_highest: bool) -> None:
    axes = figure.subplots(1, 1)
    if len(values) <= _LEAST_BARS:
        colours = [
            "#d62728" if mark_highest and names and place == int(values.argmax()) else "#7f9fbf"
            for place in range(len(values))
        ]
        axes.bar(range(len(values)), values, color=colours)
        if len(names) == len(values):
            turned = 90 if sum(map(len, names)) > 60 else 0
            axes.set_xticks(range(len(values)), names, rotation=turned)
        axes.axhline(0, color="black", linewidth=0.6)
        axes.tick_params(labelsize=8)
        return
    most = float(np.abs(values).max()) or 1.0
    axes.imshow(values[None], cmap=_SIGNED, vmin=-most, vmax=most, aspect="auto", interpolation="nearest")
    axes.set_yticks([])
    axes.tick_params(labelsize=7)


def _height(values: NDArray[np.float32]) -> float:
    if values.ndim == 1:
        return 1.5 if len(values) <= _LEAST_BARS else 0.75
    maps = math.prod(values.shape[:-2])
    return 0.35 + 1.1 * math.ceil(min(maps, MOST_MAPS) / _TILES)


def _style() -> Any:
    return matplotlib.rc_context({"font.family": fonts(), "font.size": 9, "text.parse_math": False})


def _png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=_DPI)
    return file.getvalue()
