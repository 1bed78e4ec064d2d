"""What runs bear out, and no more: when groups reached an accuracy, size against time, epochs that took long."""

from __future__ import annotations

from collections.abc import Container, Sequence

from mnist_lab.language import first_of, listed, paragraph, say
from mnist_lab.reports.curves import FEWEST_EPOCHS, SLOW, slow_epochs
from mnist_lab.reports.difference_title import difference_title
from mnist_lab.reports.equal_accuracy import equal_accuracy
from mnist_lab.reports.group_comparison import Comparison
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.several_comparisons import MOST_TOLD
from mnist_lab.runs.groups import Group
from mnist_lab.runs.run import Run
from mnist_lab.runs.spread import Spread, ratio_text, significant

_MOST_NAMED = 4


def run_observations(
    groups: Sequence[Group], comparisons: Sequence[Comparison], figures: Container[str] = ()
) -> list[str]:
    """Return a paragraph for each kind of observation; none where there is nothing to observe.

    Args:
        groups: All of them.
        comparisons: With the first group.
        figures: File names, without an ending, of the figures that can be cited.
    """
    found = []
    if "time_and_accuracy" in figures and (difference := difference_title(groups, comparisons)):
        found.append(
            say(
                "{figure} shows {difference}.",
                "{figure} において、{difference}。",
                figure=cite("time_and_accuracy"),
                difference=difference,
            )
        )
    found += _all_sizes(groups, comparisons)
    return [paragraph(said) for said in (equal_accuracy(groups, comparisons), found, _epochs(groups)) if said]


def _epochs(groups: Sequence[Group]) -> list[str]:
    """Return which epochs took long, or that none did."""
    runs = [run for group in groups for run in group.completed]
    slow = [(run, epoch, factor) for run in runs for epoch, factor in slow_epochs(run)]
    if slow:
        return [_slow_epochs(slow)]
    if not any(run.epochs >= FEWEST_EPOCHS for run in runs):
        return []
    return [
        say(
            "No epoch took more than {factor} times as long as the median of its run, so no run had to be measured "
            "again for that.",
            "所要時間が実行内の中央値の {factor} 倍を超えたエポックはなく、このために測り直しを要する実行はなかった。",
            factor=SLOW,
        )
    ]


def _all_sizes(groups: Sequence[Group], comparisons: Sequence[Comparison]) -> list[str]:
    """Compare numbers of parameters with the first group's; of many groups the largest with the smallest."""
    if len(groups) > MOST_TOLD:
        ends = [pick(groups, key=lambda group: group.record.parameters) for pick in (min, max)]
        return [_sizes(ends[0], ends[1], None)] if 0 < ends[0].record.parameters < ends[1].record.parameters else []
    found = []
    for other in groups[1:]:
        counts = other.record.parameters, groups[0].record.parameters
        if min(counts) > 0 and counts[0] != counts[1]:
            found.append(_sizes(groups[0], other, _larger_over_smaller(comparisons, other)))
    return found


def _sizes(first: Group, second: Group, slower: Spread | None) -> str:
    """Compare numbers of parameters, and the times with them.

    Args:
        first: One group.
        second: The other.
        slower: Time per epoch of the one with more parameters divided by the other's; None where not compared.
    """
    small, large = sorted((first, second), key=lambda group: group.record.parameters)
    return say(
        "By {table}, {large} has {ratio} times as many parameters as {small} ({large_count} against {small_count})"
        "{time}",
        "{table} において、{large} のパラメータ数は {small} の {ratio} 倍である（{large} は {large_count}、"
        "{small} は {small_count}）{time}",
        table=cite("results"),
        large=large.label,
        small=small.label,
        ratio=significant(large.record.parameters / small.record.parameters),
        large_count=large.parameters_text,
        small_count=small.parameters_text,
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
        for run, epoch, factor in slow
    ]
    return say(
        "Some epochs took more than {slow} times as long as the median of their run's epochs: {each}; they are part of "
        "the means, and a reason to measure again.",
        "所要時間が実行内の中央値の {slow} 倍を超えたエポックがある（{each}）。これらの値も平均に含まれているため、"
        "測り直すことが望ましい。",
        slow=SLOW,
        each=listed(first_of(each, _MOST_NAMED, ja="個")),
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
