"""How exactly it is known when an accuracy was reached: it is measured at the ends of epochs alone."""

from __future__ import annotations

from mnist_lab.language import paragraph, say
from mnist_lab.reports.curves import CurvePoint, Reached, mean_curve
from mnist_lab.runs.spread import significant


def between_ends(entry: Reached) -> str:
    """Say between which epochs' ends a group's mean reached the accuracy."""
    before = _measured_before(entry)
    if before is not None:
        return say(
            "{label} between the ends of epochs {before} and {epoch}",
            "{label} が第 {before} エポックの終わりと第 {epoch} エポックの終わりの間",
            label=entry.group.label,
            before=before.epoch,
            epoch=entry.epoch,
        )
    if entry.epoch == 1:
        return say("{label} within epoch 1", "{label} が第 1 エポックの間", label=entry.group.label)
    return say(
        "{label} by the end of epoch {epoch}",
        "{label} が第 {epoch} エポックの終わりまでの間",
        label=entry.group.label,
        epoch=entry.epoch,
    )


def ratio_known(first: Reached, second: Reached) -> str:
    """Say between which ratios of epochs' ends the ratio of the times lies, and whether that leaves the order open."""
    fast, slow = sorted((first, second), key=lambda entry: entry.train_s.mean)
    fast_before_s, slow_before_s = _end_before_s(fast), _end_before_s(slow)
    least = slow_before_s / fast.train_s.mean if fast.train_s.mean else 0.0
    most = slow.train_s.mean / fast_before_s if fast_before_s else None
    if not least and most is None:
        return say(
            "So of the ratio of the times until the reference accuracy, {slow} ÷ {fast}, nothing can be said.",
            "そのため、基準精度に達するまでの学習時間の比（{slow} ÷ {fast}）については何もいえない。",
            fast=fast.group.label,
            slow=slow.group.label,
        )
    known = say(
        "So of the ratio of the times until the means reach the reference accuracy, {slow} ÷ {fast}, it is known only "
        "that it {known}; that of single runs may lie outside.",
        "そのため、平均が基準精度に達するまでの学習時間の比（{slow} ÷ {fast}）についていえるのは、{known}"
        "ことだけである。個々の実行の比は、この外にある可能性がある。",
        fast=fast.group.label,
        slow=slow.group.label,
        known=_between(least, most),
    )
    if least > 1:
        return known
    is_open = say("Which of them was sooner remains open.", "どちらが先に達したかは決まらない。")
    return paragraph([known, is_open])


def _between(least: float, most: float | None) -> str:
    if most is None:
        return say("is more than about {least}", "約 {least} 倍より大きい", least=significant(least, 2))
    if not least:
        return say("is less than about {most}", "約 {most} 倍より小さい", most=significant(most, 2))
    return say(
        "lies between about {least} and {most}",
        "約 {least} 倍から {most} 倍の間にある",
        least=significant(least, 2),
        most=significant(most, 2),
    )


def _end_before_s(entry: Reached) -> float:
    """Return the mean training time at which the accuracy was last measured and not yet reached; 0 at the beginning."""
    before = _measured_before(entry)
    return 0.0 if before is None else before.train_s.mean


def _measured_before(entry: Reached) -> CurvePoint | None:
    return next((point for point in reversed(mean_curve(entry.group)) if point.epoch < entry.epoch), None)
