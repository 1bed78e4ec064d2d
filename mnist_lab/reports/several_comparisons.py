"""Comparisons of groups put into sentences: what holds of several pairs is said once, and of many pairs how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mnist_lab.language import listed, say
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
    for quantity in QUANTITIES:
        family = [entry for entry in comparisons if entry.quantity == quantity]
        if len(family) > MOST_TOLD:
            found += _many(family)
    few = [entry for entry in _told(comparisons) if entry.test.reason == "too_few"]
    tested = [entry for entry in _told(comparisons) if entry.test.reason != "too_few" or len(few) == 1]
    unsure = [entry for entry in tested if not entry.test.is_larger_than_noise and min(entry.test.n) == 2]
    for entry in tested:
        new = explained and not any("±" in sentence for sentence in found)
        found.append(comparison_sentence(entry, explained=new, hint=entry is unsure[-1] if unsure else False))
    if len(few) > 1:
        for quantity in QUANTITIES:
            groups = _groups([entry for entry in few if entry.quantity == quantity])
            new = explained and not any("±" in sentence for sentence in found)
            found += [measured_values(groups, quantity, explained=new)] if groups else []
        found.append(from_a_single_run())
    return found


def range_sentences(groups: Sequence[Group]) -> list[str]:
    """Return from where to where times and accuracies go; of a quantity that no group has, nothing."""
    return [sentence for quantity in QUANTITIES if (sentence := _range(groups, quantity))]


def _told(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Return the comparisons of quantities of which each pair gets a sentence."""
    counts = Counter(entry.quantity for entry in comparisons)
    return [entry for entry in comparisons if counts[entry.quantity] <= MOST_TOLD]


def _groups(comparisons: Sequence[Comparison]) -> list[Group]:
    return [comparisons[0].first, *(entry.second for entry in comparisons)] if comparisons else []


def _many(comparisons: Sequence[Comparison]) -> list[str]:
    """Return the range of what was measured, and how many differences from the first group the tests bear out."""
    tested = [entry for entry in comparisons if entry.test.p is not None]
    found = [_range(_groups(comparisons), comparisons[0].quantity)]
    if not tested:
        return [*found, from_a_single_run()]
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


def _range(groups: Sequence[Group], quantity: Quantity) -> str:
    spreads = [(group, group.epoch_s if quantity == "time" else group.accuracy_percent) for group in groups]
    known = sorted(((spread.mean, group) for group, spread in spreads if spread), key=lambda item: item[0])
    if not known:
        return ""
    ends = [
        say(
            "{value} with {name}",
            "{name} の {value}",
            value=values_text([group], quantity)[0],
            name=group.label,
        )
        for _, group in (known[0], known[-1])
    ]
    from_to = say("from {ends}", "{ends}", ends=listed(ends, en=" to ", ja="から"))
    if quantity == "time":
        return say(
            "The training time per epoch goes {from_to}.", "1 エポックの学習時間は {from_to}である。", from_to=from_to
        )
    return say("The test accuracy goes {from_to}.", "テスト精度は {from_to}である。", from_to=from_to)
