"""Two groups' comparison put into words: which is faster, which more accurate, and whether it is more than noise."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import say
from mnist_lab.reports.document import TableBlock
from mnist_lab.reports.group_comparison import Comparison
from mnist_lab.reports.words import word
from mnist_lab.runs.spread import Spread, text_of


def comparison_sentences(comparison: Comparison) -> list[str]:
    """Return what was measured, and whether it is larger than the noise."""
    return [_speed(comparison) if comparison.quantity == "time" else _accuracy(comparison), _verdict(comparison)]


def comparison_table(comparisons: Sequence[Comparison]) -> TableBlock:
    """Return ratios and differences with their tests."""
    rows = []
    for comparison in comparisons:
        test = comparison.test
        verdict = "unknown" if test.p is None else "yes" if test.is_larger_than_noise else "no"
        rows.append(
            [
                _quantity(comparison),
                text_of(comparison.change, decimals=2),
                "–" if test.p is None else _test_name(comparison),
                "–" if test.p is None else _p_text(test.p).removeprefix("p = ").removeprefix("p "),
                word(verdict),
            ]
        )
    caption = say(
        "Ratios and differences, and whether they are larger than the noise (5 % level).",
        "比と差、およびばらつきより大きいかどうか（有意水準5 %）。",
    )
    headings = (word("quantity"), word("value"), word("test"), "p", word("verdict"))
    return TableBlock(caption, headings, rows, (1, 3))


def _speed(comparison: Comparison) -> str:
    fast, slow, ratio = comparison.faster
    return say(
        "{fast} trains {ratio} times as fast per epoch as {slow} ({fast_s} s against {slow_s} s per epoch, {n}).",
        "1エポックの学習は、{fast}が{slow}の {ratio} 倍の速さである（{fast}は {fast_s} s、{slow}は {slow_s} s、{n}）。",
        fast=fast.label,
        slow=slow.label,
        ratio=text_of(ratio),
        fast_s=text_of(fast.epoch_s),
        slow_s=text_of(slow.epoch_s),
        n=_n_text(comparison),
    )


def _accuracy(comparison: Comparison) -> str:
    first, second, change = comparison.first, comparison.second, comparison.change
    points = text_of(Spread(abs(change.mean), change.sd, change.n), decimals=2)
    if change.mean == 0 and not change.sd:
        how = say("the same as", "と同じである")
    elif change.mean < 0:
        how = say("{points} percentage points lower than", "より {points} ポイント低い", points=points)
    else:
        how = say("{points} percentage points higher than", "より {points} ポイント高い", points=points)
    return say(
        "The test accuracy of {second} is {how} that of {first} ({second_percent} % against {first_percent} %, {n}).",
        "{second}のテスト精度は{first}{how}（{second}は {second_percent} %、{first}は {first_percent} %、{n}）。",
        first=first.label,
        second=second.label,
        how=how,
        first_percent=text_of(first.accuracy_percent, decimals=2),
        second_percent=text_of(second.accuracy_percent, decimals=2),
        n=_n_text(comparison),
    )


def _verdict(comparison: Comparison) -> str:
    test = comparison.test
    difference = say(
        "difference in {what} between {first} and {second}",
        "{first}と{second}の{what}の差",
        what=say("time per epoch", "1エポックの学習時間")
        if comparison.quantity == "time"
        else say("test accuracy", "テスト精度"),
        first=comparison.first.label,
        second=comparison.second.label,
    )
    if test.reason == "too_few":
        return say(
            "Whether the {difference} is larger than the noise cannot be said from one run.",
            "実行が1回だけの設定があるため、{difference}がばらつきより大きいかどうかは判断できない。",
            difference=difference,
        )
    if test.reason == "constant":
        return say(
            "The {difference} was exactly the same each time, so that no t-test applies.",
            "{difference}は毎回まったく同じであったため、t検定は適用できない。",
            difference=difference,
        )
    assert test.p is not None
    shown = say(
        "({test}, {n}, {p})",
        "（{test}、{n}、{p}）",
        test=_test_name(comparison),
        n=_n_text(comparison),
        p=_p_text(test.p),
    )
    text = (
        say(
            "The {difference} is larger than the noise {shown}.",
            "{difference}は、ばらつきより大きい{shown}。",
            difference=difference,
            shown=shown,
        )
        if test.is_larger_than_noise
        else say(
            "The {difference} cannot be told from the noise {shown}.",
            "{difference}は、ばらつきと区別できない{shown}。",
            difference=difference,
            shown=shown,
        )
    )
    if min(test.n) > 2:
        return text
    return text + say(
        " With n = 2 the test has one degree of freedom and misses most differences; more repeats are needed.",
        "n = 2 では検定の自由度が1しかなく、実際にある差も見落としやすいため、繰り返しを増やす必要がある。",
    )


def _quantity(comparison: Comparison) -> str:
    first, second = comparison.first.label, comparison.second.label
    if comparison.quantity == "time":
        return say(
            "time per epoch, {first} ÷ {second} [times]",
            "1エポックの学習時間の比、{first} ÷ {second} [倍]",
            first=first,
            second=second,
        )
    return say(
        "test accuracy, {second} − {first} [percentage points]",
        "テスト精度の差、{second} − {first} [ポイント]",
        first=first,
        second=second,
    )


def _test_name(comparison: Comparison) -> str:
    name = (
        say("paired t-test over the seeds", "同じシードどうしの対応のあるt検定")
        if comparison.test.name == "paired"
        else say("Welch's t-test", "ウェルチのt検定")
    )
    if comparison.tests_in_family == 1:
        return say("{name}, two-sided", "{name}、両側", name=name)
    return say(
        "{name}, two-sided, Holm-corrected for {count} tests",
        "{name}、両側、{count}個の検定についてホルム法で補正",
        name=name,
        count=comparison.tests_in_family,
    )


def _p_text(p: float) -> str:
    """Return ``p = 0.012`` or ``p < 0.001``."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def _n_text(comparison: Comparison) -> str:
    """Return ``n = 3``, or both numbers where they differ."""
    first, second = comparison.test.n
    return f"n = {first}" if first == second else f"n = {first}, {second}"
