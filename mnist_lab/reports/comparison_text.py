"""Two groups' comparison put into words: nothing is called faster or more accurate that the test does not bear out."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import paragraph, say
from mnist_lab.reports.document import TableBlock
from mnist_lab.reports.group_comparison import Comparison
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
                "–" if test.p is None else _p_text(test.p).removeprefix("p = ").removeprefix("p "),
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


def _meaning(spreads: Sequence[Spread | None], explained: bool, in_english: str = "; {}") -> dict[str, str]:
    """Return what stands behind ±, as fields of a sentence with two values; empty where none has it.

    In English it is said at the end, ``after``; in Japanese behind the value that has it first, ``one`` or ``two``.
    """
    fields = {"one": "", "two": "", "after": ""}
    spread = [each for each in spreads if each and each.sd is not None]
    if explained and spread:
        n = dict.fromkeys(each.n for each in spread)
        fields["after"] = in_english.format(f"mean ± standard deviation, n = {', '.join(map(str, n))}")
        fields["one" if spreads[0] is spread[0] else "two"] = f"（平均 ± 標準偏差、n = {spread[0].n}）"
    return fields


def _speed(comparison: Comparison, explained: bool) -> str:
    fast, slow, ratio = comparison.faster
    meaning = _meaning((fast.epoch_s, slow.epoch_s), explained)
    return say(
        "{fast} trains {ratio} times as fast per epoch as {slow} ({fast_s} s against {slow_s} s per epoch{after})",
        "1 エポックの学習時間は {fast} が {fast_s} s{one}、{slow} が {slow_s} s{two} であり、"
        "{fast} は {slow} の {ratio} 倍の速さであった",
        fast=fast.label,
        slow=slow.label,
        ratio=ratio_text(ratio),
        fast_s=text_of(fast.epoch_s),
        slow_s=text_of(slow.epoch_s),
        **meaning,
    )


def _accuracy(comparison: Comparison, explained: bool) -> str:
    first, second, change = comparison.first, comparison.second, comparison.change
    meaning = _meaning((second.accuracy_percent, first.accuracy_percent), explained)
    points = text_of(Spread(abs(change.mean), change.sd, change.n), decimals=2)
    how = (
        say("{points} percentage points lower than", "{points} ポイント低かった", points=points)
        if change.mean < 0
        else say("{points} percentage points higher than", "{points} ポイント高かった", points=points)
    )
    return say(
        "The test accuracy of {second} is {how} that of {first} ({second_percent} % against {first_percent} %{after})",
        "テスト精度は {second} が {second_percent} %{one}、{first} が {first_percent} %{two} であり、"
        "{second} は {first} より {how}",
        first=first.label,
        second=second.label,
        how=how,
        first_percent=text_of(first.accuracy_percent, decimals=2),
        second_percent=text_of(second.accuracy_percent, decimals=2),
        **meaning,
    )


def _values(comparison: Comparison, explained: bool) -> str:
    """Say what was measured of both, without saying which is ahead."""
    first, second = comparison.first, comparison.second
    if comparison.quantity == "time":
        meaning = _meaning((first.epoch_s, second.epoch_s), explained, " ({})")
        return say(
            "An epoch takes {first_s} s of training with {first} and {second_s} s with {second}{after}.",
            "1 エポックの学習時間は、{first} が {first_s} s{one}、{second} が {second_s} s{two} であった。",
            first=first.label,
            second=second.label,
            first_s=text_of(first.epoch_s),
            second_s=text_of(second.epoch_s),
            **meaning,
        )
    meaning = _meaning((first.accuracy_percent, second.accuracy_percent), explained, " ({})")
    return say(
        "The test accuracy is {first_percent} % with {first} and {second_percent} % with {second}{after}.",
        "テスト精度は、{first} が {first_percent} %{one}、{second} が {second_percent} %{two} であった。",
        first=first.label,
        second=second.label,
        first_percent=text_of(first.accuracy_percent, decimals=2),
        second_percent=text_of(second.accuracy_percent, decimals=2),
        **meaning,
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
        p=_p_text(comparison.test.p),
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


def _p_text(p: float) -> str:
    """Return ``p = 0.012`` or ``p < 0.001``."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def _n_text(comparison: Comparison) -> str:
    """Return ``n = 3``, or both numbers where they differ."""
    first, second = comparison.test.n
    return f"n = {first}" if first == second else f"n = {first}, {second}"
