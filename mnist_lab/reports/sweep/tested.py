"""Differences between points that were repeated: whether a test bears them out, in words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mnist_lab.language import say
from mnist_lab.reports.group_comparison import SIGNIFICANCE, welch_test
from mnist_lab.reports.p_values import p_text
from mnist_lab.runs.spread import counts_text
from mnist_lab.sweeps.result import PointResult

_P = re.compile(r"\bp [=<≤] ")
Pair = tuple[Sequence[PointResult], Sequence[PointResult]]
"""Two places that are compared: the points at each."""


@dataclass(frozen=True)
class Tested:
    """Welch's test of one difference."""

    p: float
    """Corrected after Bonferroni for all pairs that were tested with it."""
    n: tuple[int, int]
    pairs: int

    @property
    def is_larger_than_noise(self) -> bool:
        """Whether the difference is called larger than the noise, at 5 %."""
        return self.p < SIGNIFICANCE

    @property
    def text(self) -> str:
        """How often both were measured, and p, which is called corrected where it is."""
        return p_of([self])


def p_of(tests: Sequence[Tested]) -> str:
    """Return n and the corrected p of several tests: ``n = 3, 5 pairs, corrected p = 0.0010 to 0.0087``.

    Args:
        tests: At least one; all are corrected for as many pairs.
    """
    pairs = tests[0].pairs
    return say(
        "n = {n}, {corrected}{p}",
        "n = {n}、{corrected}{p}",
        n=counts_text([n for test in tests for n in test.n]),
        corrected=say("{pairs} pairs, corrected ", "{pairs} 組、補正後 ", pairs=pairs) if pairs > 1 else "",
        p=p_text([test.p for test in tests]),
    )


def how_tested(texts: Sequence[str], points: Sequence[PointResult]) -> list[str]:
    """Return what is shown of repeats, and how and by what their differences are tested: once for all of a report.

    Args:
        texts: That may give a p; where none does, nothing is said of tests.
        points: Of the sweep.
    """
    found = []
    trusted = [entry for entry in points if not entry.disturbed and len(entry.times_s) > 1]
    if trusted:
        found.append(
            say(
                "Of repeats, the median training time is shown, since whatever delays a run pulls a mean.",
                "繰り返した学習時間は中央値で示す。実行を遅らせる要因があると、平均はそれに引かれて大きくなるためである。",
            )
        )
    if not any(_P.search(text) for text in texts):
        return found
    found.append(
        say(
            "Differences are tested by Welch's t-test (two-sided); below a level of significance of {level:.0f} % they "
            "are called larger than the noise.",
            "差はウェルチの t 検定（両側、有意水準 {level:.0f} %）で検定した。",
            level=100 * SIGNIFICANCE,
        )
    )
    if len(trusted) > 1:
        found.append(
            say(
                "Of training times, the means of the logarithms are tested.",
                "学習時間については、対数をとってその平均を比べた。",
            )
        )
    return [
        *found,
        say(
            "Of accuracies, the means are both shown and tested. Where several pairs were tested, p is corrected after "
            "Bonferroni, and their number stands before it.",
            "精度については、示した値も検定で比べた値も平均である。複数の組を検定した場合の p はボンフェローニの方法で"
            "補正した値であり、その前に組の数を示す。",
        ),
    ]


def tested(one: Sequence[float], other: Sequence[float], pairs: int) -> Tested | None:
    """Test two samples, corrected for a number of pairs; None where no t-test applies."""
    test = welch_test(one, other)
    return None if test.p is None else Tested(min(1.0, test.p * pairs), test.n, pairs)


def logarithms(entries: Sequence[PointResult]) -> list[float]:
    """Return the logarithms of the training times, which spread evenly: ratios are compared."""
    return [math.log(time_s) for entry in entries for time_s in entry.times_s if time_s]


def accuracies(entries: Sequence[PointResult]) -> list[float]:
    """Return the test accuracies."""
    return [share for entry in entries for share in entry.test_accuracies]


def differences_text(pairs: Sequence[Pair], *, times: bool, of: int | None = None) -> str:
    """Say which differences in time and accuracy are larger than the noise; nothing where nothing was repeated.

    Args:
        pairs: Of one comparison; the correction is for as many.
        times: Whether the times can be compared.
        of: As many pairs are tested in all; None: those given.
    """
    quantities: list[tuple[str, Callable[[Sequence[PointResult]], list[float]]]] = [
        (say("test accuracy", "テスト精度"), accuracies)
    ]
    if times:
        quantities.insert(0, (say("training time", "学習時間"), logarithms))
    found = []
    for name, values in quantities:
        tests = [test for one, other in pairs if (test := tested(values(one), values(other), of or len(pairs)))]
        if tests:
            found.append((name, tests))
    if not found:
        return ""
    if len(pairs) == 1:
        return "".join(_one(name, tests[0]) for name, tests in found)
    return "".join(_of_several(name, tests) for name, tests in found)


def _of_several(name: str, tests: Sequence[Tested]) -> str:
    """Say in how many of several pairs a difference is larger than the noise."""
    if len(tests) == 1:
        return _one(name, tests[0])
    count = sum(test.is_larger_than_noise for test in tests)
    if not count:
        return say(
            " The difference in {name} cannot be told from the noise in any of the {pairs} pairs ({p}).",
            "{name}の差は、{pairs} 組のいずれでも有意とはいえない（{p}）。",
            name=name,
            pairs=len(tests),
            p=p_of(tests),
        )
    if count == len(tests):
        return say(
            " The difference in {name} is larger than the noise in all {pairs} pairs ({p}).",
            "{name}の差は、{pairs} 組のすべてで有意である（{p}）。",
            name=name,
            pairs=len(tests),
            p=p_of(tests),
        )
    return say(
        " The difference in {name} is larger than the noise in {count} of {pairs} pairs ({p}).",
        "{name}の差は、{pairs} 組のうち {count} 組で有意である（{p}）。",
        name=name,
        count=count,
        pairs=len(tests),
        p=p_of(tests),
    )


def _one(name: str, test: Tested) -> str:
    if test.is_larger_than_noise:
        return say(
            " The difference in {name} is larger than the noise ({test}).",
            "{name}の差は有意である（{test}）。",
            name=name,
            test=test.text,
        )
    return say(
        " The difference in {name} cannot be told from the noise ({test}).",
        "{name}の差は有意とはいえない（{test}）。",
        name=name,
        test=test.text,
    )
