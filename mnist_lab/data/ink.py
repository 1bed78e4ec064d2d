"""Where in a picture there is ink, and how much: dark on bright or bright on dark, evenly lit or not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float32]

# Half a stroke is narrower than this share of the picture; shadows change over more.
_LIGHT_SHARE = 1 / 3
# A window that leaves less of a shadow. A stroke is lost in one that it fills: of the strongest pixels, those above
# this share of the highest, nearly all have to keep most of their height.
_NARROW_SHARE = 1 / 6
_LEAST_WINDOW_PX = 12
_STRONG_SHARE = 0.6
_KEPT_HEIGHT = 0.7
_KEPT_SHARE = 0.9
# How far around a pixel its surroundings reach, as a share of the picture.
_AROUND_SHARE = 1 / 10
# More than digits that are cut close (up to 0.63 to the wrong side, of 400 of MNIST), less than strokes in a picture.
_CLEARLY_SKEWED = 0.7
# Of the noise's standard deviation: what is less is paper, and a picture whose darkest strokes are less is empty.
_NOISE_FLOOR = 4.0
_NOISE_EMPTY = 8.0
_LEAST_CONTRAST = 20.0
_PEAK_PERCENTILE = 95
# Of the largest stroke's area: smaller specks are dust.
_DUST_SHARE = 0.04
# Of the largest stroke's mean: what is fainter is the rim of a shadow.
_FAINT_SHARE = 0.5
# A stroke that runs along so much of a side of the picture is the edge of the paper.
_EDGE_SHARE = 0.5
# How far the blurred rim of a stroke reaches, as a share of the longer side of what is written.
_RIM_SHARE = 0.05


def ink_of(grey: NDArray[np.uint8], *, strokes: bool = True) -> Grey | None:
    """Return how much ink each pixel of a picture has, from 0 to 1; None where there is none.

    Strokes are darker than their surroundings, or all of them brighter. The paper's brightness is followed through the
    picture, so that a shadow is no ink; nor are the paper's noise, dust, and its edge, where that is in the picture.

    Args:
        grey: Grey levels ``(height, width)``, 0 black to 255 white.
        strokes: What is drawn is strokes of a pen; else areas, and then the background has to be evenly lit.

    Returns:
        float32 ``(height, width)``.
    """
    from scipy import ndimage

    values = grey.astype(np.float32)
    if _dark_on_bright(values, strokes=strokes):
        values = 255 - values
    signal = _above_paper(values) if strokes else np.maximum(values - np.float32(np.median(_border(values))), 0)
    threshold = otsu(signal)
    mask = signal > threshold
    if not mask.any():
        return None
    # From one pixel to the next paper differs by its noise alone.
    noise = 1.4826 * float(np.median(np.abs(np.diff(values)))) / math.sqrt(2) if values.shape[1] > 1 else 0.0
    drawn = _drawn(mask, signal)
    peak = float(np.percentile(signal[drawn], _PEAK_PERCENTILE))
    if peak < max(_LEAST_CONTRAST, _NOISE_EMPTY * noise):
        return None
    rows, columns = np.nonzero(drawn)
    rim = 1 + round(_RIM_SHARE * max(np.ptp(rows), np.ptp(columns)))
    near = ndimage.distance_transform_edt(~drawn) <= rim
    floor = _NOISE_FLOOR * noise
    ink: Grey = np.where(near, np.clip((signal - floor) / (peak - floor), 0, 1), 0).astype(np.float32)
    return ink


def otsu(values: Grey) -> float:
    """Return the value that divides values best into two groups (Otsu 1979): the variance between them is largest.

    Args:
        values: Of any shape.
    """
    counts, edges = np.histogram(values, bins=256)
    centres = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * centres)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    between = np.nan_to_num(between)
    # Between two far groups each border is as good: the middle one.
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    return float(edges[1:][(best[0] + best[-1]) // 2])


def _border(values: Grey) -> Grey:
    return np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])


def _dark_on_bright(values: Grey, *, strokes: bool) -> bool:
    """Say whether what is drawn is darker than its surroundings.

    A stroke differs from what is around it to one side only, the border of a shadow to both sides alike: the skewness
    of the differences tells the two apart. Where they are not skewed, as in a picture cut close around a thick stroke,
    most of the border is paper.
    """
    from scipy import ndimage

    if strokes:
        smooth: Any = ndimage.gaussian_filter(values, _AROUND_SHARE * max(values.shape), mode="nearest")
        differences: Grey = values - smooth
        differences -= differences.mean()
        variance = float((differences**2).mean())
        if variance > 0:
            skewness: float = float((differences**3).mean()) / variance**1.5
            if abs(skewness) >= _CLEARLY_SKEWED:
                return skewness < 0
    return bool(np.median(_border(values)) > otsu(values))


def _above_paper(values: Grey) -> Grey:
    """Return how much brighter each pixel is than the paper there; ink is bright in here.

    The narrower the window in which the paper is looked for, the less of a shadow is left; strokes have to be narrower
    still. So the narrow one is taken where it loses no strong stroke.
    """
    wide, narrow = (_above_opened(values, share) for share in (_LIGHT_SHARE, _NARROW_SHARE))
    strong = wide > _STRONG_SHARE * wide.max()
    if not strong.any() or _NARROW_SHARE * max(values.shape) < _LEAST_WINDOW_PX:
        return wide
    kept = np.mean(narrow[strong] > _KEPT_HEIGHT * wide[strong])
    return narrow if kept >= _KEPT_SHARE else wide


def _above_opened(values: Grey, share: float) -> Grey:
    """Return it for paper that is looked for in a window, given as a share of the picture's longer side."""
    from scipy import ndimage

    size = max(3, round(share * max(values.shape)))
    # An opening takes away what is bright and narrower than its window.
    smooth: Any = ndimage.uniform_filter(values, max(1, size // 32), mode="nearest")
    opened: Any = ndimage.grey_opening(smooth, (size, size), mode="nearest")
    # Its squares are rounded off, by no more than keeps the edge of a shadow where it is.
    paper: Any = ndimage.uniform_filter(opened, max(1, size // 32), mode="nearest")
    signal: Grey = np.maximum(values - paper, 0)
    return signal


def _drawn(mask: NDArray[np.bool_], signal: Grey) -> NDArray[np.bool_]:
    """Return the pixels of what is drawn: neither dust, nor the rim of a shadow, nor the paper's edge."""
    from scipy import ndimage

    labels, count = ndimage.label(mask, structure=np.ones((3, 3)))
    every = range(1, count + 1)
    areas = np.bincount(labels.ravel(), minlength=count + 1)
    strengths = np.bincount(labels.ravel(), weights=signal.ravel(), minlength=count + 1) / areas.clip(1)
    sides = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
    at_edge = {
        int(label)
        for side in sides
        for label, length in zip(*np.unique(side, return_counts=True), strict=True)
        if label and length > _EDGE_SHARE * len(side)
    }
    inside = [label for label in every if label not in at_edge]
    # Where all that there is touches the edge, it is what was written, cut close.
    if not any(areas[label] > _DUST_SHARE * areas[1:].max() for label in inside):
        inside = list(every)
    largest = max(inside, key=areas.__getitem__)
    kept = [
        label
        for label in inside
        if areas[label] >= _DUST_SHARE * areas[largest] and strengths[label] >= _FAINT_SHARE * strengths[largest]
    ]
    drawn: NDArray[np.bool_] = np.isin(labels, kept)
    return drawn
