"""Two groups' comparison put into words: nothing is called faster or more accurate that the test does not bear out."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import listed, paragraph, say
from mnist_lab.reports.document import TableBlock
from mnist_lab.reports.group_comparison import Comparison, Quantity
from mnist_lab.reports.p_values import p_text
from mnist_lab.reports.words import word
from mnist_lab.runs.groups import Group
from mnist_lab.runs.spread import Spread, ratio_text, spreads_by_factors, text_of


def comparison_sentence(comparison: Comparison, *, explained: bool = False, hint: bool = True) -> str:
    """Return what was measured: which group is ahead where the difference is significant, else the values alone.

    Args:
        comparison: Of two groups.
        explained: Say what stands behind ±.
        hint: Say what more repeats would do, where there are too few to tell much.
    """
    if not comparison.test.is_larger_than_noise:
        pair = (comparison.first, comparison.second)
        values = measured_values(pair, comparison.quantity, explained=explained)
        return paragraph([values, why_nothing_is_said(comparison, hint=hint)])
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


def values_text(groups: Sequence[Group], quantity: Quantity, *, explained: bool = False) -> list[str]:
    """Return a value with its unit of each group, and behind the first ± what that means, where it is explained."""
    if quantity == "time":
        spreads, unit, decimals = [group.epoch_s for group in groups], "s", None
    else:
        spreads, unit, decimals = [group.accuracy_percent for group in groups], "%", 2
    texts = [f"{text_of(spread, decimals=decimals)} {unit}" for spread in spreads]
    for place, spread in enumerate(spreads):
        if explained and spread and spread.sd is not None:
            texts[place] += say(" (mean ± standard deviation, n = {n})", "（平均 ± 標準偏差、n = {n}）", n=spread.n)
            break
    return texts


def _speed(comparison: Comparison, explained: bool) -> str:
    fast, slow, ratio = comparison.faster
    fast_s, slow_s = values_text((fast, slow), "time", explained=explained)
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
    second_percent, first_percent = values_text((second, first), "accuracy", explained=explained)
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


def measured_values(groups: Sequence[Group], quantity: Quantity, *, explained: bool = False) -> str:
    """Say what was measured of each group, without saying which is ahead."""
    each = [
        say("{value} with {name}", "{name} が {value}", name=group.label, value=value)
        for group, value in zip(groups, values_text(groups, quantity, explained=explained), strict=True)
    ]
    if quantity == "time":
        return say(
            "The training of an epoch takes {each}.", "1 エポックの学習時間は、{each} であった。", each=listed(each)
        )
    return say("The test accuracy is {each}.", "テスト精度は、{each} であった。", each=listed(each))


def from_a_single_run() -> str:
    """Say why nothing is said of a difference, or of several."""
    return say(
        "From a single run, whether they differ by more than the noise cannot be said.",
        "1 回だけの実行があるため、差があるかどうかは判断できない。",
    )


def why_nothing_is_said(comparison: Comparison, *, hint: bool = True) -> str:
    """Say why neither of two is called ahead; with a hint, what more repeats would do."""
    test = comparison.test
    if test.reason == "too_few":
        return from_a_single_run()
    if test.reason == "constant":
        return say(
            "The difference was exactly the same each time, so that no t-test applies.",
            "両者の差は毎回まったく同じであったため、t 検定は適用できない。",
        )
    text = say(
        "The difference cannot be told from the noise ({test}).",
        "この差は有意とはいえない（{test}）。",
        test=test_text(comparison),
    )
    if min(test.n) > 2 or not hint:
        return text
    more = say(
        "With n = 2 the test misses most differences; more repeats are needed.",
        "n = 2 では実際にある差も見落としやすいため、繰り返しを増やす必要がある。",
    )
    return paragraph([text, more])


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
