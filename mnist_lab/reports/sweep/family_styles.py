"""Colours and markers of families: a colour means the model, its shade and the marker a family of the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from matplotlib.colors import to_hex, to_rgb

from mnist_lab.reports.style import MODEL_MARKERS, OTHER_MARKERS, GroupStyle, styles_of
from mnist_lab.reports.sweep.families import Family
from mnist_lab.reports.sweep.off_scale import OFF_SCALE

_LIGHTEST, _DARKEST = 0.45, 0.55
"""Shares of white and of black: the lightest is seen on white, the darkest is told from black."""

# The last one also marks what lies below an axis.
_MARKERS = (*(marker for marker in OTHER_MARKERS if marker != OFF_SCALE), *MODEL_MARKERS.values(), OFF_SCALE)


def model_styles(models: Sequence[str]) -> dict[str, GroupStyle]:
    """Return each model's colour and marker; FC and CNN have the same in every report."""
    return dict(zip(models, styles_of(models), strict=True))


def family_styles(families: Sequence[Family], models: Sequence[str]) -> list[GroupStyle]:
    """Return a style for each family: of several of a model, shades from light to dark and markers of their own.

    Args:
        families: What a figure shows.
        models: All of the sweep, so that a model has one colour in all figures.
    """
    of_models = model_styles(models)
    counts = Counter(family.model for family in families)
    taken = {of_models[model].marker for model, count in counts.items() if count == 1}
    free = (marker for marker in _MARKERS if marker not in taken)
    seen = Counter[str]()
    styles = []
    for family in families:
        style, count = of_models[family.model], counts[family.model]
        if count > 1:
            shade = 2 * seen[family.model] / (count - 1) - 1
            style = replace(style, colour=_shaded(style.colour, shade), marker=next(free))
        seen[family.model] += 1
        styles.append(style)
    return styles


def _shaded(colour: str, shade: float) -> str:
    """Return a colour mixed with white (shade −1 to 0) or with black (0 to 1)."""
    towards, share = (1.0, -shade * _LIGHTEST) if shade < 0 else (0.0, shade * _DARKEST)
    red, green, blue = (part + (towards - part) * share for part in to_rgb(colour))
    return to_hex((red, green, blue))
