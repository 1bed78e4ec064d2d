"""What a test found, as pictures: the confusion matrix, and samples that were taken for another class."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mnist_lab.language import say
from mnist_lab.pictures.fonts import fonts

_DPI = 110
_MOST_NUMBERED = 20
_COLUMNS = 8
_MOST_FEATURES = 10


class Wrong(NamedTuple):
    """A sample that was taken for another class."""

    values: NDArray[Any]
    """As stored: ``(channels, height, width)`` bytes, or ``(features,)``."""
    label: str
    answer: str
    score: float
    """Probability of the answer, 0 to 1."""


def draw_confusion(counts: NDArray[np.int64], class_names: Sequence[str], title: str) -> bytes:
    """Draw which class was taken for which, and return PNG; the colour is the share of the class.

    Args:
        counts: A row a class, a column an answer ``(C, C)``.
        class_names: In their order.
        title: Stands above.
    """
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    many = len(class_names) > _MOST_NUMBERED
    side = min(3.0 + 0.5 * len(class_names), 11.0)
    with _style():
        figure = Figure(figsize=(side + 1.3, side + 0.4), layout="constrained")
        axes = figure.subplots()
        # The square root: few mistakes of many samples are to be seen.
        image = axes.imshow(shares, cmap="Blues", norm=matplotlib.colors.PowerNorm(0.5, 0, 1))
        axes.set_title(title, fontsize=11)
        axes.set_xlabel(say("answer", "答え"))
        axes.set_ylabel(say("class", "正解のクラス"))
        size = 6 if many else 9
        turned = 90 if sum(map(len, class_names)) > 40 else 0
        axes.set_xticks(range(len(class_names)), class_names, rotation=turned, fontsize=size)
        axes.set_yticks(range(len(class_names)), class_names, fontsize=size)
        if not many:
            for row, column in np.argwhere(counts > 0).tolist():
                colour = "white" if shares[row, column] > 0.35 else "black"
                axes.text(column, row, f"{counts[row, column]:,}", ha="center", va="center", fontsize=8, color=colour)
        figure.colorbar(image, ax=axes, label=say("share of the class", "クラスのうちの割合"), shrink=0.8)
        return _png(figure)


def draw_wrong(wrong: Sequence[Wrong], title: str, *, feature_names: Sequence[str] = (), bright_is_ink: bool) -> bytes:
    """Draw samples with class and answer, and return PNG; of a table, rows with the first values.

    Args:
        wrong: At least one.
        title: Stands above.
        feature_names: Of a table.
        bright_is_ink: Show high grey levels dark.
    """
    with _style():
        if wrong[0].values.ndim == 3:
            return _png(_pictures(wrong, title, bright_is_ink=bright_is_ink))
        return _png(_rows(wrong, title, feature_names))


def _pictures(wrong: Sequence[Wrong], title: str, *, bright_is_ink: bool) -> Figure:
    rows = math.ceil(len(wrong) / _COLUMNS)
    figure = Figure(figsize=(1.15 * _COLUMNS, 1.45 * rows + 0.5), layout="constrained")
    figure.suptitle(title, fontsize=11)
    grid: Any = figure.subplots(rows, _COLUMNS, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, one in zip(grid.flat, wrong, strict=False):
        picture = one.values.transpose(1, 2, 0)
        shown = picture[..., 0] if picture.shape[2] == 1 else picture
        axes.imshow(shown, cmap="gray_r" if bright_is_ink else "gray", vmin=0, vmax=255)
        axes.set_title(f"{one.label} → {one.answer}\n{100 * one.score:.1f} %", fontsize=8)
    return figure


def _rows(wrong: Sequence[Wrong], title: str, feature_names: Sequence[str]) -> Figure:
    features = len(wrong[0].values)
    count = min(features, _MOST_FEATURES)
    if count < features:
        title += say(
            "\n(the first {count} of {features} features)",
            "\n（{features} 個の特徴量のうち最初の {count} 個）",
            count=count,
            features=features,
        )
    names = list(feature_names[:count]) or [say("input", "入力")] * count
    headings = [*names, say("class", "正解のクラス"), say("answer", "答え"), say("score [%]", "スコア [%]")]
    cells = [
        [*(f"{value:.4g}" for value in one.values[:count]), one.label, one.answer, f"{100 * one.score:.1f}"]
        for one in wrong
    ]
    figure = Figure(figsize=(max(5.0, 1.25 * len(headings)), 0.26 * (len(cells) + 1) + 0.6), layout="constrained")
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_title(title, fontsize=11)
    table = axes.table(cells, colLabels=headings, loc="upper center", cellLoc="right")
    table.auto_set_font_size(False)
    table.set_fontsize(9)
    return figure


def _style() -> Any:
    return matplotlib.rc_context({"font.family": fonts(), "font.size": 9, "text.parse_math": False})


def _png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=_DPI)
    return file.getvalue()
