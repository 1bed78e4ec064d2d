"""A picture of one's own brought to the form of MNIST, the way MNIST was made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from mnist_lab.data.ink import Grey, ink_of
from mnist_lab.data.picture_file import open_picture
from mnist_lab.errors import DataError
from mnist_lab.language import say

SIDE = 28
BOX = 20
_LARGEST_SIDE = 560
# What is fainter is no part of what is written where its extent is measured.
_EXTENT = 0.35
# Of the longer side. MNIST's strokes are 2 to 3 pixels wide, of 20; a fine pen's are made nearly so, or scaling would
# wash them out.
_LEAST_STROKE_SHARE = 0.09


@dataclass(frozen=True)
class Form:
    """How a data set of MNIST's size places what is drawn."""

    box: int = BOX
    """Longer side of what is drawn, in pixels, of 28."""
    strokes: bool = True
    """Strokes of a pen; else areas on an even background, such as clothes."""


def read_in_mnist_form(path: Path, form: Form | None = None) -> Tensor:
    """Read a file and bring its picture to MNIST's form.

    Args:
        path: The file.
        form: Of the data set; None: MNIST's own.

    Returns:
        uint8 ``(1, 28, 28)``, 255 where there is most ink.

    Raises:
        DataError: It cannot be read, or nothing is drawn in it.
    """
    return torch.from_numpy(_centred(read_boxed(path, form or Form()))).unsqueeze(0)


def read_boxed(path: Path, form: Form) -> Grey:
    """Read a file and return what is drawn in it, cut out and scaled to the form's box.

    Args:
        path: The file.
        form: Its box may be of any size.

    Returns:
        float32 ``(height, width)``, the longer side that of the box, from 0 to 1 where there is most ink.

    Raises:
        DataError: It cannot be read, or nothing is drawn in it.
    """
    # What is drawn in white on a transparent layer shows on black alone.
    for behind in ("white", "black"):
        picture = open_picture(path, "L", least=(2 * _LARGEST_SIDE, 2 * _LARGEST_SIDE), behind=behind)
        if (boxed := boxed_ink(picture, form)) is not None:
            return boxed
    raise DataError(
        say(
            "{path} is empty: nothing in it stands out from its background; draw something dark on white or bright "
            "on black, or take it out.",
            "{path} には何も描かれていません（背景と区別できるものがありません）。白地に濃く、または黒地に明るく"
            "描いたものを使うか、取り除いてください。",
            path=path,
        )
    )


def in_mnist_form(picture: Image.Image, form: Form) -> NDArray[np.uint8] | None:
    """Bring a picture to MNIST's form: bright ink on black, in a box of 20×20 pixels, centre of mass in the middle.

    Both rules are those that MNIST's authors give (http://yann.lecun.com/exdb/mnist/): the longer side becomes 20
    pixels, the shorter one follows, and the centre of mass comes to the middle of the field. Ink is found by
    ``ink_of``.

    Args:
        picture: Grey levels (mode ``L``) of any size, dark on bright or bright on dark.
        form: Of the data set.

    Returns:
        uint8 ``(28, 28)``, 255 where there is most ink; None where there is none.
    """
    boxed = boxed_ink(picture, form)
    return None if boxed is None else _centred(boxed)


def boxed_ink(picture: Image.Image, form: Form) -> Grey | None:
    """Return what is drawn in a picture, as ``read_boxed`` does; None where there is nothing."""
    small = picture.copy()
    small.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE), Image.Resampling.BOX)
    ink = ink_of(np.asarray(small, dtype=np.uint8), strokes=form.strokes)
    if ink is None:
        return None
    rows, columns = np.nonzero(ink >= _EXTENT)
    ink = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    boxed = _boxed(_thickened(ink) if form.strokes else ink, form.box)
    brightest: Grey = boxed / boxed.max()
    return brightest


def _thickened(ink: Grey) -> Grey:
    """Return strokes that are wide enough to be seen once they are scaled."""
    from scipy import ndimage

    inside = ndimage.distance_transform_edt(np.pad(ink > 1 / 2, 1))
    if not inside.any():
        return ink
    # Across a stroke of width w, distances to its rim are w / 4 in the mean.
    width = 4 * float(inside[inside > 0].mean())
    missing = _LEAST_STROKE_SHARE * max(ink.shape) - width
    reach = round(missing / 2)
    if reach < 1:
        return ink
    y, x = np.ogrid[-reach : reach + 1, -reach : reach + 1]
    thick: Grey = ndimage.grey_dilation(np.pad(ink, reach), footprint=x * x + y * y <= reach * reach)
    return thick


def _boxed(ink: Grey, box: int) -> Grey:
    """Return it scaled, so that its longer side is that of the box, each pixel the mean of what it covers."""
    height, width = (max(1, round(side * box / max(ink.shape))) for side in ink.shape)
    scaled: Grey = np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.BOX))
    return scaled


def _centred(boxed: Grey) -> NDArray[np.uint8]:
    """Return the field with the centre of mass in its middle, as near as whole pixels and the field allow."""
    field = np.zeros((SIDE, SIDE), dtype=np.uint8)
    starts = []
    for axis, length in enumerate(boxed.shape):
        mass = boxed.sum(axis=1 - axis)
        # Of MNIST's 10,000 test digits each has its centre of mass within half a pixel of row 14 and column 14, from 0.
        centre = float((mass * np.arange(length)).sum() / mass.sum())
        starts.append(min(max(round(SIDE // 2 - centre), 0), SIDE - length))
    (top, left), (height, width) = starts, boxed.shape
    bright = (255 * boxed).round()
    field[top : top + height, left : left + width] = bright
    return field
