"""Differences between points that were repeated: whether a test bears them out, in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mnist_lab.language import listed, say
from mnist_lab.reports.group_comparison import SIGNIFICANCE, welch_test
from mnist_lab.sweeps.result import PointResult

_SMALLEST_P = 0.001
"""Below this, how small it is says nothing more."""
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
        """The test's name, n and p, which is called corrected where it is."""
        return say(
            "{test}, {n_and_p}",
            "{test}、{n_and_p}",
            test=name_of_test(self.pairs),
            n_and_p=p_of([self]),
        )


def name_of_test(pairs: int) -> str:
    """Return what is tested with, and for how many pairs it is corrected."""
    corrected = say(", Bonferroni-corrected for {pairs} pairs", "、{pairs} 組についてボンフェローニ補正", pairs=pairs)
    return say(
        "{welch}, two-sided{corrected}",
        "{welch}、両側{corrected}",
        welch=_welch(),
        corrected=corrected if pairs > 1 else "",
    )


def p_of(tests: Sequence[Tested]) -> str:
    """Return n and the corrected p of several tests: ``n = 3, corrected p = 0.001 to 0.009``.

    Args:
        tests: At least one; all are corrected for as many pairs.
    """
    low, high = (pick(test.p for test in tests) for pick in (min, max))
    counts = sorted({n for test in tests for n in test.n})
    if high < _SMALLEST_P:
        p = f"p < {_SMALLEST_P}"
    elif low < _SMALLEST_P:
        p = f"p ≤ {high:.2g}"
    elif (first := f"{low:.2g}") == (last := f"{high:.2g}"):
        p = f"p = {first}"
    else:
        p = say("p = {first} to {last}", "p = {first}〜{last}", first=first, last=last)
    return say(
        "n = {n}, {corrected}{p}",
        "n = {n}、{corrected}{p}",
        n=counts[0] if len(counts) == 1 else f"{counts[0]}–{counts[-1]}",
        corrected=say("corrected ", "補正後 ") if tests[0].pairs > 1 else "",
        p=p,
    )


def _welch() -> str:
    return say("Welch's t-test", "ウェルチの t 検定")


def level_of_tests(texts: Sequence[str]) -> list[str]:
    """Return the level of significance, and that p is corrected; nothing where no text tells of a test.

    Args:
        texts: That may tell of tests.
    """
    if not any(_welch() in text for text in texts):
        return []
    return [
        say(
            "Differences are called larger than the noise at a level of significance of {level:.0f} %; where several "
            "pairs were tested, p is given as corrected.",
            "有意水準は {level:.0f} % とし、複数の組を検定した場合の p は補正後の値を示す。",
            level=100 * SIGNIFICANCE,
        )
    ]


def how_times_are_tested(texts: Sequence[str], points: Sequence[PointResult]) -> list[str]:
    """Return what is tested where medians are shown; nothing where no text tells of a test, or no time is compared."""
    trusted = [entry for entry in points if not entry.disturbed and len(entry.times_s) > 1]
    if len(trusted) < 2 or not any(_welch() in text for text in texts):
        return []
    return [
        say(
            "Training times are tested by their logarithms: medians are shown, and the means of the logarithms are "
            "tested. Of accuracies the means are both shown and tested.",
            "学習時間は対数をとって検定した。示した値は中央値であるが、検定で比べたのは対数の平均である。"
            "精度については、示した値も検定で比べた値も平均である。",
        )
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
    counted = [
        say(
            "in {count} of {pairs} lines in {name}",
            "{name}の差が有意であるのは {pairs} 組中 {count} 組",
            name=name,
            count=sum(test.is_larger_than_noise for test in tests),
            pairs=len(pairs),
        )
        for name, tests in found
    ]
    return say(
        " The difference is larger than the noise {counted} ({test}).",
        "{counted}である（{test}）。",
        counted=listed(counted),
        test=name_of_test(len(pairs)),
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
