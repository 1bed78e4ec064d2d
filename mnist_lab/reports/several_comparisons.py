"""Comparisons of groups put into sentences: what holds of several pairs is said once, and of many pairs how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mnist_lab.language import say
from mnist_lab.reports.comparison_text import comparison_sentence, from_a_single_run, measured_values, values_text
from mnist_lab.reports.group_comparison import QUANTITIES, Comparison, Quantity
from mnist_lab.runs.groups import Group

MOST_TOLD = 4
"""Of more groups or pairs than this, the tables tell."""


def comparison_sentences(comparisons: Sequence[Comparison], *, explained: bool = False) -> list[str]:
    """Return what was measured and what the tests bear out; once for all where a single run leaves that open.

    Args:
        comparisons: With the first group.
        explained: Say what stands behind ± where it is first used.
    """
    found: list[str] = []

    def is_new() -> bool:
        """Say whether ± has still to be explained."""
        return explained and not any("±" in sentence for sentence in found)

    untested = [entry for entry in comparisons if entry.test.reason == "too_few"]
    told = _told(comparisons)
    few = [entry for entry in told if entry in untested] if len(untested) > 1 else []
    for quantity in QUANTITIES:
        if family := [entry for entry in comparisons if entry.quantity == quantity and entry not in told]:
            found += _many(family, explained=is_new())
    tested = [entry for entry in told if entry not in few]
    unsure = [entry for entry in tested if entry.test.p is not None and not entry.test.is_larger_than_noise]
    last = next((entry for entry in reversed(unsure) if min(entry.test.n) == 2), None)
    for entry in tested:
        found.append(comparison_sentence(entry, explained=is_new(), hint=entry is last))
    for quantity in QUANTITIES:
        if groups := _groups([entry for entry in few if entry.quantity == quantity]):
            found.append(measured_values(groups, quantity, explained=is_new()))
    return found + [from_a_single_run()] * (len(untested) > 1)


def range_sentences(groups: Sequence[Group]) -> list[str]:
    """Return from where to where times and accuracies go; of a quantity that no group has, nothing."""
    time = _range(groups, "time", explained=True)
    accuracy = _range(groups, "accuracy", explained="±" not in time)
    return [sentence for sentence in (time, accuracy) if sentence]


def _told(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Return the comparisons of quantities of which each pair gets a sentence."""
    counts = Counter(entry.quantity for entry in comparisons)
    return [entry for entry in comparisons if counts[entry.quantity] <= MOST_TOLD]


def _groups(comparisons: Sequence[Comparison]) -> list[Group]:
    return [comparisons[0].first, *(entry.second for entry in comparisons)] if comparisons else []


def _many(comparisons: Sequence[Comparison], *, explained: bool) -> list[str]:
    """Return the range of what was measured, and how many differences from the first group the tests bear out."""
    tested = [entry for entry in comparisons if entry.test.p is not None]
    found = [_range(_groups(comparisons), comparisons[0].quantity, explained=explained)]
    if not tested:
        return found
    name = (
        say("time per epoch", "1 エポックの学習時間")
        if comparisons[0].quantity == "time"
        else say("test accuracy", "テスト精度")
    )
    found.append(
        say(
            "Of the {pairs} pairs with {first} whose difference in {name} was tested, {count} differ by more than the "
            "noise.",
            "{first} との差を検定した {pairs} 組のうち、{name}の差が有意であるのは {count} 組である。",
            pairs=len(tested),
            first=comparisons[0].first.label,
            name=name,
            count=sum(entry.test.is_larger_than_noise for entry in tested),
        )
    )
    return found


def _range(groups: Sequence[Group], quantity: Quantity, *, explained: bool) -> str:
    spreads = [(group, group.epoch_s if quantity == "time" else group.accuracy_percent) for group in groups]
    known = sorted(((spread.mean, group) for group, spread in spreads if spread), key=lambda item: item[0])
    if not known:
        return ""
    both = [known[0][1], known[-1][1]]
    low, high = (
        say("{value} with {name}", "{name} の {value}", value=value, name=group.label)
        for group, value in zip(both, values_text(both, quantity, explained=explained), strict=True)
    )
    if quantity == "time":
        return say(
            "The training time per epoch goes from {low} to {high}.",
            "1 エポックの学習時間は {low} から {high} までである。",
            low=low,
            high=high,
        )
    return say(
        "The test accuracy goes from {low} to {high}.",
        "テスト精度は {low} から {high} までである。",
        low=low,
        high=high,
    )
