"""Which points' repeats spread the widest, in time and in accuracy: what a reader would else call a strange point."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mnist_lab.language import paragraph, say
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.setting_names import point_label
from mnist_lab.reports.sweep.ranks import farthest_of_models, widest_by_far
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.result import PointResult, SweepResult
from mnist_lab.sweeps.shown_digits import accuracy_decimals


def why_so_wide(result: SweepResult) -> list[str]:
    """Return the question that a reader answers where the widest spreads are named.

    Args:
        result: Of points that learned.
    """
    if not wide_spreads(result):
        return _without_order(result)
    return [
        say(
            "What is behind the repeats that spread the widest? Train these points again, and see whether they still "
            "do.",
            "繰り返しの広がりが最も大きい設定では、何が原因と考えられるか。もう一度学習させて、同じように広がるかを"
            "確かめること。",
        )
    ]


def _without_order(result: SweepResult) -> list[str]:
    """Ask for each point whose repeats spread so far that it is not told apart from another."""
    wide = [
        (entry, found.name)
        for found in farthest_of_models(result)
        if (entry := widest_by_far(found, result.of_model(found.pair[0].model))) is not None
    ]
    return [
        say(
            "Why does the {what} of {name} differ so much from one training to the next? Repeat it with more seeds, "
            "and look at its accuracy epoch by epoch.",
            "{name} の{what}が、学習のたびに大きく異なるのはなぜか。シードを増やして繰り返し、エポックごとの精度も見て"
            "考えること。",
            what=what,
            name=point_label(entry),
        )
        for entry, what in wide
    ]


def wide_spreads(result: SweepResult) -> list[str]:
    """Return the widest spread of each quantity beside the widest of the other points.

    Nothing where sizes do not vary, of which points that are not ranked have their spreads beside them, nor without
    repeats.

    Args:
        result: Of points that learned.
    """
    if not result.sizes_vary or len(result.points) < 3 or min(len(entry.runs) for entry in result.points) < 2:
        return []
    said = [_accuracy(result)]
    timed = _timed(result)
    if len(timed) > 2:
        said.insert(0, _time(timed))
    return [paragraph(said)]


def widest_times(result: SweepResult) -> PointResult | None:
    """Return the point whose training times spread the widest, where the report names it."""
    timed = _timed(result)
    return _two_widest(timed, _factor_apart)[0] if wide_spreads(result) and len(timed) > 2 else None


def _timed(result: SweepResult) -> list[PointResult]:
    return [entry for entry in result.points if not entry.disturbed and len(entry.times_s) > 1 and min(entry.times_s)]


def _time(points: Sequence[PointResult]) -> str:
    wide, other = _two_widest(points, _factor_apart)
    return say(
        "By {table}, the training times of the repeats of {name} spread the widest ({low} s to {high} s, {factor} "
        "times), those of each other point by at most {other} times.",
        "{table} において、繰り返しの学習時間の広がりが最も大きいのは {name}（{low} s から {high} s、{factor} 倍）で"
        "あり、ほかの設定では最大 {other} 倍である。",
        table=cite("points"),
        name=point_label(wide),
        low=significant(min(wide.times_s)),
        high=significant(max(wide.times_s)),
        factor=significant(_factor_apart(wide)),
        other=significant(_factor_apart(other)),
    )


def _accuracy(result: SweepResult) -> str:
    wide, other = _two_widest(result.points, _points_apart)
    decimals = accuracy_decimals(result.points)
    low, high = (f"{100 * pick(wide.test_accuracies):.{decimals}f}" for pick in (min, max))
    return say(
        "The test accuracies spread the widest with {name} ({low} % to {high} %), with each other point by at most "
        "{other} percentage points.",
        "繰り返しのテスト精度の広がりが最も大きいのは {name}（{low} % から {high} %）であり、ほかの設定では最大 "
        "{other} ポイントである。",
        name=point_label(wide),
        low=low,
        high=high,
        other=f"{_points_apart(other):.{decimals}f}",
    )


def _factor_apart(entry: PointResult) -> float:
    return max(entry.times_s) / min(entry.times_s)


def _points_apart(entry: PointResult) -> float:
    return 100 * (max(entry.test_accuracies) - min(entry.test_accuracies))


def _two_widest(points: Sequence[PointResult], width: Callable[[PointResult], float]) -> list[PointResult]:
    return sorted(points, key=width, reverse=True)[:2]
