"""The reference accuracy, until which training times are compared: what it is, and what another one would give."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import listed, paragraph, say
from mnist_lab.reports.curves import Reached, mean_curve, reached_at, reached_by_all
from mnist_lab.reports.group_comparison import Comparison
from mnist_lab.runs.groups import Group
from mnist_lab.runs.spread import significant, text_of

_LOWER_BY_POINTS = 1.0
"""A second reference is so many percentage points below the first."""


def reference_text(mark_percent: float) -> str:
    """Return what the reference accuracy is called where it is not defined, with its value."""
    return say("the reference accuracy ({mark:.1f} %)", "基準精度（{mark:.1f} %）", mark=mark_percent)


def reference_defined(groups: Sequence[Group]) -> str:
    """Say what the reference accuracy is; empty where there is none."""
    mark, _ = reached_by_all(groups)
    if mark is None:
        return ""
    return say(
        "The highest mean validation accuracy that {who} reach, rounded down to {mark:.1f} %, is called the reference "
        "accuracy.",
        "{who}がともに到達した平均検証精度の最高値（小数第 2 位以下を切り捨てて {mark:.1f} %）を、基準精度と呼ぶ。",
        who=say("both", "両者") if len(groups) == 2 else say("all", "すべての設定"),
        mark=mark,
    )


def compared_marks(groups: Sequence[Group], comparisons: Sequence[Comparison]) -> tuple[float | None, list[Reached]]:
    """Return the reference accuracy and when each group reached it; None where times may not be compared."""
    if not any(comparison.quantity == "time" for comparison in comparisons):
        return None, []
    return reached_by_all(groups)


def reference_limits(groups: Sequence[Group], comparisons: Sequence[Comparison]) -> list[str]:
    """Say by which group the reference accuracy is given, and what a lower one would give; nothing where none is used.

    Args:
        groups: All of them.
        comparisons: With the first group.
    """
    mark, reached = compared_marks(groups, comparisons)
    if mark is None:
        return []
    by = min(reached, key=lambda entry: max(point.accuracy_percent.mean for point in mean_curve(entry.group)))
    given = say(
        "The reference accuracy is given by {label}, whose best mean validation accuracy is the {lowest} and which "
        "reaches it only in epoch {epoch} of {epochs}; with another reference the ratio of the times may be another.",
        "基準精度は、平均検証精度の最高値が{lowest} {label} によって決まり、{label} がそれに初めて達したのは"
        "全 {epochs} エポックのうち第 {epoch} エポックである。ほかの精度を基準にすると、学習時間の比は変わる可能性が"
        "ある。",
        label=by.group.label,
        lowest=say("lower", "低いほうの") if len(groups) == 2 else say("lowest", "最も低い"),
        epoch=by.epoch,
        epochs=mean_curve(by.group)[-1].epoch,
    )
    return [paragraph([given, _at_a_lower_one(mark - _LOWER_BY_POINTS, reached)])]


def _at_a_lower_one(mark_percent: float, reached: Sequence[Reached]) -> str:
    earlier = reached_at([entry.group for entry in reached], mark_percent)
    if [entry.epoch for entry in earlier] == [entry.epoch for entry in reached]:
        return say(
            "At {mark:.1f} %, {points:g} percentage point lower, the epochs are the same.",
            "{points:g} ポイント低い {mark:.1f} % を基準にしても、達するエポックは同じである。",
            mark=mark_percent,
            points=_LOWER_BY_POINTS,
        )
    parts = [
        say(
            "{label} in epoch {epoch}, after {train_s} s of training",
            "{label} が第 {epoch} エポック（学習時間 {train_s} s）",
            label=entry.group.label,
            epoch=entry.epoch,
            train_s=text_of(entry.train_s),
        )
        for entry in earlier
    ]
    arrives = say(
        "At {mark:.1f} %, {points:g} percentage point lower, it is reached by {parts}.",
        "{points:g} ポイント低い {mark:.1f} % を基準にすると、平均が初めて達したエポックは、{parts}である。",
        mark=mark_percent,
        points=_LOWER_BY_POINTS,
        parts=listed(parts),
    )
    return paragraph([arrives, *(_ratio(reached, earlier) if len(reached) == 2 else [])])


def _ratio(reached: Sequence[Reached], earlier: Sequence[Reached]) -> list[str]:
    """Return the ratio of two groups' times at the lower reference beside that at the first, the same way around."""
    fast, slow = sorted((0, 1), key=lambda place: reached[place].train_s.mean)
    if not earlier[fast].train_s.mean:
        return []
    return [
        say(
            "The ratio of the mean times, {slow} ÷ {fast}, is then about {then} in place of about {now}; both are of "
            "whole epochs, so that the two ratios may not differ.",
            "このとき、学習時間の平均の比（{slow} ÷ {fast}）は、約 {now} 倍ではなく約 {then} 倍となる（どちらも"
            "エポック単位の値であり、2 つの比に差があるとは限らない）。",
            slow=reached[slow].group.label,
            fast=reached[fast].group.label,
            then=significant(earlier[slow].train_s.mean / earlier[fast].train_s.mean, 2),
            now=significant(reached[slow].train_s.mean / reached[fast].train_s.mean, 2),
        )
    ]
