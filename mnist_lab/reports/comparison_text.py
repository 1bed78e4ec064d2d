"""Two groups' comparison put into words: nothing is called faster or more accurate that the test does not bear out."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import paragraph, say
from mnist_lab.reports.document import TableBlock
from mnist_lab.reports.group_comparison import Comparison
from mnist_lab.reports.p_values import p_text
from mnist_lab.reports.words import word
from mnist_lab.runs.spread import Spread, ratio_text, spreads_by_factors, text_of


def comparison_sentence(comparison: Comparison, *, explained: bool = False) -> str:
    """Return what was measured: which group is ahead where the difference is significant, else the values alone.

    Args:
        comparison: Of two groups.
        explained: Say what stands behind ±.
    """
    if not comparison.test.is_larger_than_noise:
        return _values(comparison, explained) + why_nothing_is_said(comparison)
    ahead = (_speed if comparison.quantity == "time" else _accuracy)(comparison, explained)
    return say(
        "{ahead}; the difference is larger than the noise ({test}).",
        "{ahead}。この差は有意である（{test}）。",
        ahead=ahead,
        test=test_text(comparison),
    )


def comparison_table(comparisons: Sequence[Comparison]) -> TableBlock:
    """Return ratios and differences with their tests."""
    rows = []
    for comparison in comparisons:
        test = comparison.test
        verdict = "unknown" if test.p is None else "yes" if test.is_larger_than_noise else "no"
        rows.append(
            [
                _quantity(comparison),
                _change_text(comparison),
                "–" if test.p is None else _test_name(comparison),
                "–" if test.p is None else p_text([test.p]).removeprefix("p = ").removeprefix("p "),
                word(verdict),
            ]
        )
    caption = say(
        "Ratios (geometric mean) and differences, and whether they are larger than the noise (5 % level); times are "
        "tested by the logarithms of their ratios.",
        "比（幾何平均）と差、および有意差の有無（有意水準 5 %）。時間については比の対数を検定した。",
    )
    if any(entry.quantity == "time" and spreads_by_factors(entry.change) for entry in comparisons):
        caption = paragraph(
            [
                caption,
                say(
                    "In brackets behind a ratio that spreads far: the geometric mean divided by, and times, the "
                    "geometric standard deviation.",
                    "ばらつきの大きい比には、幾何平均を幾何標準偏差で割った値と、それを掛けた値を（ ）内に示す。",
                ),
            ]
        )
    headings = (word("quantity"), word("value"), word("test"), "p", word("verdict"))
    return TableBlock(caption, headings, rows, (1, 3), "comparisons")


def _change_text(comparison: Comparison) -> str:
    write = ratio_text if comparison.quantity == "time" else text_of
    return write(comparison.change, decimals=2)


def _both(
    spreads: Sequence[Spread | None], unit: str, *, explained: bool, decimals: int | None = None
) -> tuple[str, str]:
    """Return two values with their unit, and behind the first that has a ± what that means, where it is explained."""
    texts = [f"{text_of(spread, decimals=decimals)} {unit}" for spread in spreads]
    for place, spread in enumerate(spreads):
        if explained and spread and spread.sd is not None:
            texts[place] += say(" (mean ± standard deviation, n = {n})", "（平均 ± 標準偏差、n = {n}）", n=spread.n)
            break
    return texts[0], texts[1]


def _speed(comparison: Comparison, explained: bool) -> str:
    fast, slow, ratio = comparison.faster
    fast_s, slow_s = _both((fast.epoch_s, slow.epoch_s), "s", explained=explained)
    return say(
        "{fast} trains {ratio} times as fast per epoch as {slow}: {fast_s} against {slow_s} per epoch",
        "1 エポックの学習時間は {fast} が {fast_s}、{slow} が {slow_s} であり、"
        "{fast} は {slow} の {ratio} 倍の速さであった",
        fast=fast.label,
        slow=slow.label,
        ratio=ratio_text(ratio),
        fast_s=fast_s,
        slow_s=slow_s,
    )


def _accuracy(comparison: Comparison, explained: bool) -> str:
    first, second, change = comparison.first, comparison.second, comparison.change
    accuracies = second.accuracy_percent, first.accuracy_percent
    second_percent, first_percent = _both(accuracies, "%", explained=explained, decimals=2)
    points = text_of(Spread(abs(change.mean), change.sd, change.n), decimals=2)
    how = (
        say("{points} percentage points lower than", "{points} ポイント低かった", points=points)
        if change.mean < 0
        else say("{points} percentage points higher than", "{points} ポイント高かった", points=points)
    )
    return say(
        "The test accuracy of {second} is {how} that of {first}: {second_percent} against {first_percent}",
        "テスト精度は {second} が {second_percent}、{first} が {first_percent} であり、{second} は {first} より {how}",
        first=first.label,
        second=second.label,
        how=how,
        first_percent=first_percent,
        second_percent=second_percent,
    )


def _values(comparison: Comparison, explained: bool) -> str:
    """Say what was measured of both, without saying which is ahead."""
    first, second = comparison.first, comparison.second
    if comparison.quantity == "time":
        first_s, second_s = _both((first.epoch_s, second.epoch_s), "s", explained=explained)
        return say(
            "An epoch takes {first_s} of training with {first} and {second_s} with {second}.",
            "1 エポックの学習時間は、{first} が {first_s}、{second} が {second_s} であった。",
            first=first.label,
            second=second.label,
            first_s=first_s,
            second_s=second_s,
        )
    accuracies = first.accuracy_percent, second.accuracy_percent
    first_percent, second_percent = _both(accuracies, "%", explained=explained, decimals=2)
    return say(
        "The test accuracy is {first_percent} with {first} and {second_percent} with {second}.",
        "テスト精度は、{first} が {first_percent}、{second} が {second_percent} であった。",
        first=first.label,
        second=second.label,
        first_percent=first_percent,
        second_percent=second_percent,
    )


def why_nothing_is_said(comparison: Comparison) -> str:
    """Say why neither of two is called ahead."""
    test = comparison.test
    if test.reason == "too_few":
        return say(
            " From a single run, whether they differ by more than the noise cannot be said.",
            "1 回だけの実行があるため、両者に差があるかどうかは判断できない。",
        )
    if test.reason == "constant":
        return say(
            " The difference was exactly the same each time, so that no t-test applies.",
            "両者の差は毎回まったく同じであったため、t 検定は適用できない。",
        )
    text = say(
        " The difference cannot be told from the noise ({test}).",
        "この差は有意とはいえない（{test}）。",
        test=test_text(comparison),
    )
    if min(test.n) > 2:
        return text
    return text + say(
        " With n = 2 the test misses most differences; more repeats are needed.",
        "n = 2 では実際にある差も見落としやすいため、繰り返しを増やす必要がある。",
    )


def _quantity(comparison: Comparison) -> str:
    first, second = comparison.first.label, comparison.second.label
    if comparison.quantity == "time":
        return say(
            "time per epoch, {first} ÷ {second} [times]",
            "1 エポックの学習時間の比、{first} ÷ {second} [倍]",
            first=first,
            second=second,
        )
    return say(
        "test accuracy, {second} − {first} [percentage points]",
        "テスト精度の差、{second} − {first} [ポイント]",
        first=first,
        second=second,
    )


def test_text(comparison: Comparison) -> str:
    """Return test, n and p of a comparison that was tested."""
    assert comparison.test.p is not None
    return say(
        "{test}, {n}, {p}",
        "{test}、{n}、{p}",
        test=_test_name(comparison),
        n=_n_text(comparison),
        p=p_text([comparison.test.p]),
    )


def _test_name(comparison: Comparison) -> str:
    name = (
        say("paired t-test over the seeds", "同じシードどうしの対応のある t 検定")
        if comparison.test.name == "paired"
        else say("Welch's t-test", "ウェルチの t 検定")
    )
    if comparison.tests_in_family == 1:
        return say("{name}, two-sided", "{name}、両側", name=name)
    return say(
        "{name}, two-sided, Holm-corrected for {count} tests",
        "{name}、両側、{count} 個の検定についてホルム法で補正",
        name=name,
        count=comparison.tests_in_family,
    )


def _n_text(comparison: Comparison) -> str:
    """Return ``n = 3``, or both numbers where they differ."""
    first, second = comparison.test.n
    return f"n = {first}" if first == second else f"n = {first}, {second}"
