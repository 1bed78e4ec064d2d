"""Differences between points that were repeated: whether a test bears them out, in words."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
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


def gives_p(text: str) -> bool:
    """Return whether a text gives the p of a test."""
    return _P.search(text) is not None


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
    if not any(map(gives_p, texts)):
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
