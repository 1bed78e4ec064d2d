"""Digits drawn by the tests, as by a pen on paper."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

# In a square of side 1.
STROKES = {
    "seven": [(0.3, 0.2), (0.7, 0.2), (0.45, 0.8)],
    "two": [(0.32, 0.35), (0.42, 0.22), (0.6, 0.24), (0.64, 0.4), (0.33, 0.78), (0.7, 0.78)],
    "one": [(0.5, 0.2), (0.48, 0.8)],
}


def drawn(
    name: str, side: int = 280, width: int = 24, scale: float = 1.0, shift: tuple[int, int] = (0, 0)
) -> Image.Image:
    """Black on white, grey levels."""
    picture = Image.new("L", (side, side), 255)
    pen = ImageDraw.Draw(picture)
    points = [
        tuple((place - 0.5) * scale * side + side / 2 + by for place, by in zip(point, shift, strict=True))
        for point in STROKES[name]
    ]
    pen.line(points, fill=0, width=width, joint="curve")
    for x, y in points:
        pen.ellipse([x - width / 2, y - width / 2, x + width / 2, y + width / 2], fill=0)
    return picture


def half_in_shadow(picture: Image.Image, slope: float) -> NDArray[np.uint8]:
    """The paper with the shadow of a hand over its right half, its border as steep as given."""
    reflected = 0.25 + 0.65 * np.asarray(picture) / 255
    rows, columns = np.mgrid[0 : reflected.shape[0], 0 : reflected.shape[1]] / reflected.shape[0]
    light = (230 - 60 * columns) * (1 - 0.45 / (1 + np.exp(-(0.8 * columns + rows - 0.9) * slope)))
    noise = np.random.default_rng(0).normal(0, 3, reflected.shape)
    seen: NDArray[np.uint8] = (reflected * light + noise).clip(0, 255).astype(np.uint8)
    return seen


def photographed(picture: Image.Image, seed: int = 0) -> NDArray[np.uint8]:
    """The paper unevenly lit, with a shadow across it and a camera's noise."""
    reflected = 0.25 + 0.75 * np.asarray(picture) / 255
    rows, columns = np.mgrid[0 : reflected.shape[0], 0 : reflected.shape[1]] / reflected.shape[0]
    light = 150 + 60 * columns + 20 * rows - 50 / (1 + np.exp((columns - 0.2 - 0.3 * rows) * 60))
    noise = np.random.default_rng(seed).normal(0, 3, reflected.shape)
    seen: NDArray[np.uint8] = (reflected * light + noise).clip(0, 255).astype(np.uint8)
    return seen
