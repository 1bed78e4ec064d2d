"""The tests of several differences in one sentence: which are larger than the noise, and which are not."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import first_of, listed, say
from mnist_lab.reports.sweep.tested import Pair, Tested, accuracies, logarithms, p_of, tested

_MOST_NAMED = 4


def differences_text(pairs: Sequence[Pair], *, times: bool, of: int | None = None, names: Sequence[str] = ("",)) -> str:
    """Say which differences in time and accuracy are larger than the noise; nothing where nothing was repeated.

    Args:
        pairs: Of one comparison; the correction is for as many.
        times: Whether the times can be compared.
        of: As many pairs are tested in all; None: those given.
        names: Of the pairs; a single one needs none.
    """
    quantities = [(say("test accuracy", "テスト精度"), accuracies)]
    if times:
        quantities.insert(0, (say("training time", "学習時間"), logarithms))
    found = ""
    for what, values in quantities:
        tests = [
            (name, test)
            for name, (one, other) in zip(names, pairs, strict=True)
            if (test := tested(values(one), values(other), of or len(pairs)))
        ]
        if len(tests) == 1:
            found += _one(what, tests[0][1])
        elif tests:
            group = say(
                "the {count} pairs compared by {what}", "{what}を比べた {count} 組", count=len(tests), what=what
            )
            found += verdicts(tests, group)
    return found


def _one(what: str, test: Tested) -> str:
    if test.is_larger_than_noise:
        return say(
            " The difference in {what} is larger than the noise ({test}).",
            "{what}の差は有意である（{test}）。",
            what=what,
            test=test.text,
        )
    return say(
        " The difference in {what} cannot be told from the noise ({test}).",
        "{what}の差は有意とはいえない（{test}）。",
        what=what,
        test=test.text,
    )


def verdicts(tests: Sequence[tuple[str, Tested | None]], group: str, ja: str = "と") -> str:
    """Return what the tests of a group of differences bear out.

    Args:
        tests: Name and test of each, at least one; None: no t-test applies.
        group: What they are called together, as ``the first 4``.
        ja: What stands between two names in Japanese.
    """
    yes = [(name, found) for name, found in tests if found and found.is_larger_than_noise]
    no = [(name, found) for name, found in tests if found and not found.is_larger_than_noise]
    untested = [name for name, found in tests if found is None]
    if not yes and not no:
        return say(" No t-test applies to {group}.", "{group}には t 検定を適用できない。", group=group)
    said = (
        _mixed(group, yes, no, ja)
        if yes and no
        else _alike(
            group,
            p_of([found for _, found in (*yes, *no)]),
            borne_out=bool(yes),
            single=len(tests) == 1,
        )
    )
    return said + _untested(untested, ja)


def _mixed(group: str, yes: Sequence[tuple[str, Tested]], no: Sequence[tuple[str, Tested]], ja: str) -> str:
    """Name the smaller part of those that are larger than the noise and those that are not; the other is the rest."""
    if len(yes) <= len(no):
        return say(
            " Of {group}, the difference is larger than the noise in {named} ({p_named}) and cannot be told from it in "
            "{rest} ({p_rest}).",
            "{group}のうち、差が有意であるのは {named}（{p_named}）であり、{rest}では有意とはいえない（{p_rest}）。",
            group=group,
            named=_names([name for name, _ in yes], ja),
            rest=_others(no),
            p_named=p_of([found for _, found in yes]),
            p_rest=p_of([found for _, found in no]),
        )
    return say(
        " Of {group}, the difference cannot be told from the noise in {named} ({p_named}) and is larger than it in "
        "{rest} ({p_rest}).",
        "{group}のうち、差が有意とはいえないのは {named}（{p_named}）であり、{rest}では有意である（{p_rest}）。",
        group=group,
        named=_names([name for name, _ in no], ja),
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


def _untested(names: Sequence[str], ja: str) -> str:
    """Say to which of several no test applies; nothing where there is none."""
    if not names:
        return ""
    return say(
        " (No t-test applies to {names}.)", "ただし、{names}には t 検定を適用できない。", names=_names(names, ja)
    )


def _names(names: Sequence[str], ja: str) -> str:
    return listed(first_of(names, _MOST_NAMED, ja="組"), ja=ja)
