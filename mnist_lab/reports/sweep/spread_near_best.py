"""How widely the repeats of points near the best spread: why these are not ranked."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import listed, say
from mnist_lab.reports.setting_names import point_name
from mnist_lab.sweeps.result import PointResult
from mnist_lab.sweeps.shown_digits import accuracy_decimals


def spread_near_best(groups: Sequence[tuple[str, Sequence[PointResult]]]) -> list[str]:
    """Return how far apart the validation accuracies of one point's repeats lie at most, beside those of the points.

    Args:
        groups: Models with their points that are not ranked; only those of two or more, all repeated, count.
    """
    counted = [
        (model, group)
        for model, group in groups
        if len(group) > 1 and min(len(entry.val_accuracies) for entry in group) > 1
    ]
    if not counted:
        return []
    decimals = accuracy_decimals([entry for _, group in counted for entry in group])
    widest = [(model, max(group, key=lambda entry: _width(entry.val_accuracies, decimals))) for model, group in counted]
    widths = [_width(entry.val_accuracies, decimals) for _, entry in widest]
    apart = [_width([entry.val_accuracy for entry in group], decimals) for _, group in counted]
    means = [_at_most(model, gap, decimals) for (model, _), gap in zip(counted, apart, strict=True)]
    wider = all(width > gap for width, gap in zip(widths, apart, strict=True))
    return [
        say(
            "The validation accuracies of the repeats of one of these points spread over {spreads}{means}.",
            "これらの設定では、1 つの設定の繰り返しの検証精度が、{spreads}の幅に広がっており、{means}。",
            spreads=listed(
                [_spread(model, entry, width, decimals) for (model, entry), width in zip(widest, widths, strict=True)]
            ),
            means=say(
                ", more than the means of the points lie apart ({means})",
                "設定ごとの平均の差（{means}）より大きい",
                means=listed(means),
            )
            if wider
            else say(
                "; the means of the points lie apart by {means}",
                "設定ごとの平均の差は{means}である",
                means=listed(means),
            ),
        )
    ]


def _width(shares: Sequence[float], decimals: int) -> float:
    """Return how far apart the lowest and the highest lie in percentage points, by the numbers as they are shown."""
    low, high = (round(100 * pick(shares), decimals) for pick in (min, max))
    return round(high - low, decimals)


def _at_most(model: str, points: float, decimals: int) -> str:
    return say(
        "at most {points} percentage points with {model}",
        "{model} では最大 {points} ポイント",
        points=f"{points:.{decimals}f}",
        model=model,
    )


def _spread(model: str, entry: PointResult, width: float, decimals: int) -> str:
    low, high = (f"{100 * pick(entry.val_accuracies):.{decimals}f}" for pick in (min, max))
    return say(
        "{most} ({name}: {low} % to {high} %)",
        "{most}（{name} の {low} % から {high} %）",
        most=_at_most(model, width, decimals),
        name=point_name(entry),
        low=low,
        high=high,
    )
