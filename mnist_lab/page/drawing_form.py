"""How a drawing is brought to the form of a data set: where its samples lie in their pictures, as measured."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

_INK = 32
"""Of 255: what is fainter is no ink."""
_MOST_SAMPLES = 2000
_PEN_SHARE = 0.12
"""Width of the pen, as a share of the box: in MNIST 2.4 pixels of 20."""
_THINNEST_PX = 1.0


@dataclass(frozen=True)
class DrawingForm:
    """What the page brings a drawing to.

    Attributes:
        height: Of a picture, in pixels.
        width: Likewise.
        box: Side of the square into which the ink is fitted with its aspect ratio kept, in pixels; MNIST: 20.
        centre: Where the ink's centre of mass is put: row and column, counted from the edge, so that the middle of
            the first pixel is 0.5; MNIST: the middle of the picture.
        pen: Width of a line, in pixels.
        bright_is_ink: Whether 255 is ink, as in MNIST, or paper.
    """

    height: int
    width: int
    box: float
    centre: tuple[float, float]
    pen: float
    bright_is_ink: bool


def drawing_form(pictures: Tensor, *, bright_is_ink: bool) -> DrawingForm:
    """Measure where ink lies: the median side of its bounding box, and its mean centre of mass.

    MNIST's digits were fitted into a box of 20×20 pixels, and put into 28×28 by their centre of mass (LeCun, Cortes and
    Burges, "The MNIST database of handwritten digits"); other data have other rules.

    Args:
        pictures: uint8 ``(N, 1, height, width)``, at least one.
        bright_is_ink: Whether 255 is ink.
    """
    height, width = pictures.shape[2:]
    grey = pictures[:_MOST_SAMPLES, 0].float()
    ink = (_over_border(grey) * (1 if bright_is_ink else -1)).clamp_min(0)
    marked = ink > _INK
    rows, columns = _extents(marked.any(dim=2)), _extents(marked.any(dim=1))
    sides = torch.maximum(rows, columns)
    sides = sides[sides > 0]
    box = float(sides.median()) if len(sides) else float(min(height, width))
    mass = ink.sum(dim=(1, 2)).clamp_min(1e-6)
    across = (ink.sum(dim=1) @ (torch.arange(width) + 0.5) / mass)[mass > 1]
    down = (ink.sum(dim=2) @ (torch.arange(height) + 0.5) / mass)[mass > 1]
    centre = (float(down.mean()), float(across.mean())) if len(down) else (height / 2, width / 2)
    centre = (_snapped(centre[0]), _snapped(centre[1]))
    return DrawingForm(height, width, box, centre, max(_THINNEST_PX, _PEN_SHARE * box), bright_is_ink)


def ink_is_bright(pictures: Tensor, *, otherwise: bool) -> bool:
    """Say whether what is shown is brighter than what is around it, in most of the pictures.

    Args:
        pictures: uint8 ``(N, 1, height, width)``.
        otherwise: Where no picture says so.
    """
    difference = _over_border(pictures[:_MOST_SAMPLES, 0].float()).sum(dim=(1, 2)).sign().sum()
    return otherwise if difference == 0 else bool(difference > 0)


def _over_border(grey: Tensor) -> Tensor:
    """Return how much brighter each pixel of ``(N, height, width)`` is than the middle of its picture's border."""
    border = torch.cat([grey[:, 0], grey[:, -1], grey[:, :, 0], grey[:, :, -1]], dim=1)
    return grey - border.median(dim=1).values[:, None, None]


def _extents(marked: Tensor) -> Tensor:
    """Return, of each row of ``(N, n)``, from the first True to the last, 0 where there is none."""
    places = torch.arange(marked.shape[1]).expand_as(marked)
    first = torch.where(marked, places, marked.shape[1]).min(dim=1).values
    last = torch.where(marked, places, -1).max(dim=1).values
    return (last - first + 1).clamp_min(0)


def _snapped(measured: float) -> float:
    """Return the nearest half pixel: what was centred on purpose was put to one."""
    return round(2 * measured) / 2
