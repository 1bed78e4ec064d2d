"""What runs bear out, and no more: when groups reached an accuracy, size against time, epochs that took long."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import listed, say
from mnist_lab.reports.comparison_text import test_text, why_nothing_is_said
from mnist_lab.reports.curves import FEWEST_EPOCHS, SLOW, Reached, reached_by_all, slow_epochs
from mnist_lab.reports.document import TableBlock
from mnist_lab.reports.group_comparison import Comparison, compare_reached
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.words import word
from mnist_lab.runs.groups import Group
from mnist_lab.runs.run import Run
from mnist_lab.runs.spread import Spread, ratio_text, significant, text_of

_MOST_NAMED = 4


def run_observations(
    groups: Sequence[Group], comparisons: Sequence[Comparison], figures: Sequence[str] = ()
) -> list[str]:
    """Return one sentence an observation; none where there is nothing to observe.

    Args:
        groups: All of them.
        comparisons: With the first group.
        figures: File names, without an ending, of the figures there are.
    """
    found = []
    mark, reached = _compared_marks(groups, comparisons)
    if mark is not None:
        found.append(_reached(mark, reached))
        found += map(_until_reached, compare_reached(reached))
        found.append(_within_epochs(reached))
    for other in groups[1:]:
        counts = other.record.parameters, groups[0].record.parameters
        if min(counts) > 0 and counts[0] != counts[1]:
            found.append(
                _sizes(groups[0], other, _larger_over_smaller(comparisons, other), shown="time_and_accuracy" in figures)
            )
    runs = [run for group in groups for run in group.completed]
    slow = [(run, epoch, factor) for run in runs for epoch, factor in slow_epochs(run)]
    if slow:
        found.append(_slow_epochs(slow))
    elif any(run.epochs >= FEWEST_EPOCHS for run in runs):
        found.append(
            say(
                "No epoch took more than {factor} times as long as the median of its run.",
                "所要時間が実行内の中央値の {factor} 倍を超えたエポックはなかった。",
                factor=SLOW,
            )
        )
    return found


def reached_table(groups: Sequence[Group], comparisons: Sequence[Comparison]) -> list[TableBlock]:
    """Return when each group first reached the accuracy that all reached, as one table; none where that is not said.

    Args:
        groups: All of them.
        comparisons: With the first group.
    """
    mark, reached = _compared_marks(groups, comparisons)
    if mark is None:
        return []
    rows = [
        [
            entry.group.label,
            str(entry.epoch),
            text_of(entry.train_s),
            text_of(entry.accuracy_percent, decimals=2),
        ]
        for entry in reached
    ]
    caption = say(
        "The first epoch in which the mean validation accuracy reached {mark:.1f} %, the highest that {who} reach, "
        "rounded down.",
        "平均検証精度が {mark:.1f} %（{who}がともに到達した最高値の小数第 2 位以下を切り捨てた値）に"
        "初めて達したエポック。",
        mark=mark,
        who=_who(reached),
    )
    headings = [word(name) for name in ("configuration", "epoch", "train_s", "val_accuracy")]
    return [TableBlock(caption, headings, rows, (1, 2, 3), "reached")]


def _compared_marks(groups: Sequence[Group], comparisons: Sequence[Comparison]) -> tuple[float | None, list[Reached]]:
    if not any(comparison.quantity == "time" for comparison in comparisons):
        return None, []
    return reached_by_all(groups)


def _who(reached: Sequence[Reached]) -> str:
    return say("both", "両者") if len(reached) == 2 else say("all", "すべての設定")


def _reached(mark_percent: float, reached: Sequence[Reached]) -> str:
    parts = [
        say(
            "{label} in epoch {epoch}, after {train_s} s of training",
            "{label} が第 {epoch} エポック（学習時間 {train_s} s）",
            label=entry.group.label,
            epoch=entry.epoch,
            train_s=text_of(entry.train_s),
        )
        for entry in reached
    ]
    return say(
        "In {figure} and {table}, a mean validation accuracy of {mark:.1f} %, the highest that {who} reach, rounded "
        "down, is reached by {parts}.",
        "{figure} と {table} において、{who}がともに到達した平均検証精度の最高値（小数第 2 位以下を切り捨てて "
        "{mark:.1f} %）に初めて達したエポックは、{parts}である。",
        figure=cite("accuracy_over_time"),
        table=cite("reached"),
        who=_who(reached),
        mark=mark_percent,
        parts=listed(parts),
    )


def _until_reached(comparison: Comparison) -> str:
    """Say which of two reached the same accuracy in less time."""
    fast, slow, ratio = comparison.faster
    if not comparison.test.is_larger_than_noise:
        return say(
            "Until the same accuracy is reached, {slow} trains {times} times as long as {fast}.{why}",
            "同じ精度に達するまでの学習時間は、{slow} が {fast} の {times} 倍であった。{why}",
            fast=fast.label,
            slow=slow.label,
            times=ratio_text(ratio),
            why=why_nothing_is_said(comparison),
        )
    return say(
        "Until the same accuracy is reached, {fast} trains {share} times as long as {slow}, which is {times} times as "
        "fast; the difference is larger than the noise ({test}).",
        "同じ精度に達するまでの学習時間は、{fast} が {slow} の {share} 倍（{times} 倍の速さ）である。"
        "この差は有意である（{test}）。",
        fast=fast.label,
        slow=slow.label,
        share=significant(1 / ratio.mean, 2),
        times=ratio_text(ratio),
        test=test_text(comparison),
    )


def _within_epochs(reached: Sequence[Reached]) -> str:
    """Say between which epochs' ends each reached the accuracy: the times and their ratio are no finer than that."""
    parts = [
        say(
            "{label} between the ends of epochs {before} and {epoch}",
            "{label} が第 {before} エポックの終わりと第 {epoch} エポックの終わりの間",
            label=entry.group.label,
            before=entry.epoch - 1,
            epoch=entry.epoch,
        )
        if entry.epoch > 1
        else say("{label} within epoch 1", "{label} が第 1 エポックの間", label=entry.group.label)
        for entry in reached
    ]
    return say(
        "These times count whole epochs, at whose ends alone the accuracy is measured; it was reached by {parts}.",
        "精度はエポックの終わりにだけ測るため、これらの時間はエポック単位である。実際に達したのは、{parts}である。",
        parts=say(", ", "、").join(parts),
    )


def _sizes(first: Group, second: Group, slower: Spread | None, *, shown: bool) -> str:
    """Compare numbers of parameters, and the times with them.

    Args:
        first: One group.
        second: The other.
        slower: Time per epoch of the one with more parameters divided by the other's; None where not compared.
        shown: A figure shows them as areas.
    """
    small, large = sorted((first, second), key=lambda group: group.record.parameters)
    return say(
        "{where}{large} has {ratio} times as many parameters as {small} ({large_count:,} against {small_count:,})"
        "{time}",
        "{where}{large} のパラメータ数は {small} の {ratio} 倍である（{large} は {large_count:,}、{small} は "
        "{small_count:,}）{time}",
        where=say(
            "By the areas of the marks in {figure}, ",
            "{figure} の印の面積を比べると、",
            figure=cite("time_and_accuracy"),
        )
        if shown
        else "",
        large=large.label,
        small=small.label,
        ratio=significant(large.record.parameters / small.record.parameters),
        large_count=large.record.parameters,
        small_count=small.record.parameters,
        time=say(
            "; an epoch takes {ratio} times as long.",
            "。これに対し、1 エポックの学習時間は {ratio} 倍である。",
            ratio=ratio_text(slower),
        )
        if slower
        else say(".", "。"),
    )


def _larger_over_smaller(comparisons: Sequence[Comparison], other: Group) -> Spread | None:
    for comparison in comparisons:
        if comparison.quantity == "time" and comparison.second is other and comparison.test.is_larger_than_noise:
            first_is_larger = comparison.first.record.parameters > other.record.parameters
            return comparison.change if first_is_larger else comparison.inverse
    return None


def _slow_epochs(slow: Sequence[tuple[Run, int, float]]) -> str:
    """Name the epochs that took long: of several all in one sentence."""
    if len(slow) == 1:
        return _slow_epoch(*slow[0])
    each = [
        say(
            "epoch {epoch} of {run} ({factor} times)",
            "実行 {run} の第 {epoch} エポック（{factor} 倍）",
            run=run.name,
            epoch=epoch,
            factor=significant(factor),
        )
        for run, epoch, factor in slow[:_MOST_NAMED]
    ]
    if (more := len(slow) - _MOST_NAMED) > 0:
        each.append(say("{more} more", "ほか {more} 個", more=more))
    return say(
        "Some epochs took more than {slow} times as long as the median of their run's epochs: {each}; they are part of "
        "the means, and a reason to measure again.",
        "所要時間が実行内の中央値の {slow} 倍を超えたエポックがある（{each}）。これらの値も平均に含まれているため、"
        "測り直すことが望ましい。",
        slow=SLOW,
        each=listed(each),
    )


def _slow_epoch(run: Run, epoch: int, factor: float) -> str:
    return say(
        "In the run {run}, epoch {epoch} took {factor} times as long as the median of the run's epochs; it is part of "
        "the means, and a reason to measure again.",
        "実行 {run} の第 {epoch} エポックには、実行内の中央値の {factor} 倍の時間がかかった。"
        "この値も平均に含まれているため、測り直すことが望ましい。",
        run=run.name,
        epoch=epoch,
        factor=significant(factor),
    )
