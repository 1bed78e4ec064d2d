"""The tests of several differences in one sentence: which are larger than the noise, and which are not."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import first_of, listed, say
from mnist_lab.reports.sweep.tested import Tested, p_of

_MOST_NAMED = 4


def verdicts(tests: Sequence[tuple[str, Tested | None]], group: str) -> str:
    """Return what the tests of a group of differences bear out.

    Args:
        tests: Name and test of each, at least one; None: no t-test applies.
        group: What they are called together, as ``the first 4``.
    """
    yes = [(name, found) for name, found in tests if found and found.is_larger_than_noise]
    no = [(name, found) for name, found in tests if found and not found.is_larger_than_noise]
    untested = [name for name, found in tests if found is None]
    if not yes and not no:
        return say(" No t-test applies to {group}.", "{group}には t 検定を適用できない。", group=group)
    said = (
        _mixed(group, yes, no)
        if yes and no
        else _alike(
            group,
            p_of([found for _, found in (*yes, *no)]),
            borne_out=bool(yes),
            single=len(tests) == 1,
        )
    )
    return said + _untested(untested)


def _mixed(group: str, yes: Sequence[tuple[str, Tested]], no: Sequence[tuple[str, Tested]]) -> str:
    """Name the smaller part of those that are larger than the noise and those that are not; the other is the rest."""
    if len(yes) <= len(no):
        return say(
            " Of {group}, the difference is larger than the noise in {named} ({p_named}) and cannot be told from it in "
            "{rest} ({p_rest}).",
            "{group}のうち、差が有意であるのは {named}（{p_named}）であり、{rest}では有意とはいえない（{p_rest}）。",
            group=group,
            named=_names([name for name, _ in yes]),
            rest=_others(no),
            p_named=p_of([found for _, found in yes]),
            p_rest=p_of([found for _, found in no]),
        )
    return say(
        " Of {group}, the difference cannot be told from the noise in {named} ({p_named}) and is larger than it in "
        "{rest} ({p_rest}).",
        "{group}のうち、差が有意とはいえないのは {named}（{p_named}）であり、{rest}では有意である（{p_rest}）。",
        group=group,
        named=_names([name for name, _ in no]),
        rest=_others(yes),
        p_named=p_of([found for _, found in no]),
        p_rest=p_of([found for _, found in yes]),
    )


def _others(tests: Sequence[object]) -> str:
    if len(tests) == 1:
        return say("the other one", "ほかの 1 組")
    return say("the other {count}", "ほかの {count} 組", count=len(tests))


def _alike(group: str, p: str, *, borne_out: bool, single: bool) -> str:
    """Say that all differences that were tested are larger than the noise, or that none is."""
    if single and borne_out:
        return say(
            " The difference in {group} is larger than the noise ({p}).",
            "{group}の差は有意である（{p}）。",
            group=group,
            p=p,
        )
    if single:
        return say(
            " The difference in {group} cannot be told from the noise ({p}).",
            "{group}の差は有意とはいえない（{p}）。",
            group=group,
            p=p,
        )
    if borne_out:
        return say(
            " Of {group}, each difference is larger than the noise ({p}).",
            "{group}ではいずれも差が有意である（{p}）。",
            group=group,
            p=p,
        )
    return say(
        " Of {group}, no difference can be told from the noise ({p}).",
        "{group}ではいずれも差が有意とはいえない（{p}）。",
        group=group,
        p=p,
    )


def _untested(names: Sequence[str]) -> str:
    """Say to which of several no test applies; nothing where there is none."""
    if not names:
        return ""
    return say(" (No t-test applies to {names}.)", "ただし、{names}には t 検定を適用できない。", names=_names(names))


def _names(names: Sequence[str]) -> str:
    return listed(first_of(names, _MOST_NAMED, ja="組"), ja="と")
