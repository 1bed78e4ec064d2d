"""A sheet of pictures with what a network answers: each as it was given, beside it as the network sees it."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image, ImageOps

from mnist_lab.language import say
from mnist_lab.pictures.fonts import fonts

MOST = 60
"""Pictures on a sheet."""
_COLUMNS = 6
_THUMBNAIL_PX = 140
_LONGEST_NAME = 22


class Answered(NamedTuple):
    """One picture and the answer to it."""

    name: str
    """Of its file."""
    given: NDArray[np.uint8]
    """As it was given, small: ``(height, width, 3)``."""
    seen: NDArray[np.uint8]
    """As the network sees it: ``(channels, height, width)``."""
    answer: str
    """The class."""
    score: float
    """Its probability, 0 to 1."""


def thumbnail(path: Path) -> NDArray[np.uint8]:
    """Return a picture, made small: ``(height, width, 3)``; it has been read before."""
    with Image.open(path) as opened:
        opened.draft("RGB", (2 * _THUMBNAIL_PX, 2 * _THUMBNAIL_PX))
        small = ImageOps.exif_transpose(opened)
        if small.mode.startswith("I;16"):
            small = Image.fromarray((np.array(small) // 257).astype(np.uint8))
        small = small.convert("RGBA")
        small.thumbnail((_THUMBNAIL_PX, _THUMBNAIL_PX))
        white = Image.new("RGBA", small.size, "white")
        white.alpha_composite(small)
        return np.asarray(white.convert("RGB"))


def draw_answers(shown: Sequence[Answered], *, of: int, bright_is_ink: bool) -> bytes:
    """Draw pictures, and return the sheet as PNG.

    Args:
        shown: At least one, at most ``MOST``.
        of: How many there are, these the first of them.
        bright_is_ink: Show high grey levels dark, as in MNIST.
    """
    columns = min(_COLUMNS, len(shown))
    rows = math.ceil(len(shown) / columns)
    title = say("given | seen by the network", "元の画像 | ネットワークへの入力")
    if len(shown) < of:
        title += say(
            " (the first {shown} of {count:,})",
            "（{count:,} 枚のうち最初の {shown} 枚）",
            shown=len(shown),
            count=of,
        )
    with matplotlib.rc_context({"font.family": fonts(), "font.size": 9, "text.parse_math": False}):
        figure = Figure(figsize=(max(2.1 * columns, 4.2), 1.45 * rows + 0.5), layout="constrained")
        figure.suptitle(title, fontsize=10)
        grid: Any = figure.subplots(rows, 2 * columns, squeeze=False)
        for axes in grid.flat:
            axes.set_axis_off()
        for place, one in enumerate(shown):
            left, right = grid[place // columns][2 * (place % columns) : 2 * (place % columns) + 2]
            left.imshow(one.given)
            left.set_title(_short(one.name), fontsize=6, loc="left")
            shown_as = "gray_r" if bright_is_ink else "gray"
            right.imshow(
                one.seen.transpose(1, 2, 0).squeeze(-1) if len(one.seen) == 1 else one.seen.transpose(1, 2, 0),
                cmap=shown_as,
                vmin=0,
                vmax=255,
            )
            right.set_title(f"{one.answer} ({100 * one.score:.1f} %)", fontsize=9)
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=110)
    return file.getvalue()


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"…{name[1 - _LONGEST_NAME :]}"
