"""The paragraph of the results: what stands in which table and figure, and groups that hardly learned."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import say
from mnist_lab.reports.group_comparison import Comparison
from mnist_lab.reports.numbering import cite
from mnist_lab.runs.chance import chance_of, hardly_learned
from mnist_lab.runs.groups import Group
from mnist_lab.runs.spread import ratio_text, text_of

_FIGURES = {"time": "time_per_epoch", "accuracy": "accuracy"}
_MOST_CITED = 4
"""Of more comparisons than this, the table alone tells."""


def not_learned(groups: Sequence[Group]) -> list[str]:
    """Return a sentence for each group whose accuracy is nearer to guessing than to the best group's."""
    known = [(group, group.accuracy_percent.mean / 100) for group in groups if group.accuracy_percent]
    best = max((accuracy for _, accuracy in known), default=0.0)
    return [
        hardly_learned_sentence(group.label, accuracy, chance)
        for group, accuracy in known
        if (chance := chance_of(group.record)) is not None and hardly_learned(accuracy, best, chance)
    ]


def hardly_learned_sentence(name: str, accuracy: float, chance: float, *, of_validation: bool = False) -> str:
    """Say that something hardly learned.

    Args:
        name: Of what was trained.
        accuracy: Its accuracy, 0 to 1.
        chance: Of guessing, 0 to 1.
        of_validation: The accuracy is of validation; else of the test.
    """
    return say(
        "{name} hardly learned: its {kind} accuracy of {percent:.1f} % is nearer to guessing ({chance:.0f} %) than to "
        "the best.",
        "{name} はほとんど学習できていない（{kind}精度は {percent:.1f} % であり、最良の値よりも、"
        "無作為に答えた場合の {chance:.0f} % に近い）。",
        name=name,
        kind=say("validation", "検証") if of_validation else say("test", "テスト"),
        percent=100 * accuracy,
        chance=100 * chance,
    )


def result_sentences(
    comparisons: Sequence[Comparison], figures: Sequence[str], *, reached: bool, reference: str = ""
) -> list[str]:
    """Return where the results stand, and what the figures show beside each other.

    Args:
        comparisons: With the first group.
        figures: File names, without an ending, of the figures there are.
        reached: A table shows when each group's mean reached the reference accuracy.
        reference: What that accuracy is; empty where there is none.
    """
    found = [say("{table} lists the results.", "結果を {table} に示す。", table=cite("results"))]
    if comparisons:
        found.append(
            say(
                "{table} lists ratios, differences and tests.",
                "比、差、検定の結果を {table} に示す。",
                table=cite("comparisons"),
            )
        )
    if reference and (reached or "accuracy_over_time" in figures):
        found.append(reference)
    if reached:
        found.append(
            say(
                "{table} shows how long each trained until its mean had reached the reference accuracy.",
                "検証精度の平均が基準精度に達したエポックの終わりまでの学習時間を {table} に示す。",
                table=cite("reached"),
            )
        )
    if "accuracy_over_time" in figures:
        found.append(
            say(
                "{figure} shows the validation accuracy while training.",
                "学習中の検証精度の変化を {figure} に示す。",
                figure=cite("accuracy_over_time"),
            )
        )
    found += _beside_each_other(comparisons, figures)
    if "time_and_accuracy" in figures:
        found.append(
            say(
                "{figure} shows time, accuracy and size together: the nearer to its upper left, the more accurate for "
                "its time.",
                "学習時間、精度、パラメータ数の関係を {figure} に示す。左上に近い設定ほど、短い学習時間で高い精度を得て"
                "いる。",
                figure=cite("time_and_accuracy"),
            )
        )
    found.append(say("The single runs stand in {table}.", "個々の実行は {table} に示す。", table=cite("runs")))
    return found


def _beside_each_other(comparisons: Sequence[Comparison], figures: Sequence[str]) -> list[str]:
    """Return what the figures of single quantities show: a few pairs with their values, of many where they stand."""
    beside = [entry for entry in comparisons if _FIGURES[entry.quantity] in figures]
    if 0 < len(beside) <= _MOST_CITED:
        return [_beside(entry) for entry in beside]
    if beside:
        return [
            say(
                "{time} compares the times, {accuracy} the accuracies.",
                "学習時間は {time}、精度は {accuracy} で比べられる。",
                time=cite("time_per_epoch"),
                accuracy=cite("accuracy"),
            )
        ]
    return [
        say("{figure} shows the runs.", "実行の結果を {figure} にも示す。", figure=cite(stem))
        for stem in _FIGURES.values()
        if stem in figures
    ]


def _beside(entry: Comparison) -> str:
    figure = cite(_FIGURES[entry.quantity])
    change = (ratio_text if entry.quantity == "time" else text_of)(entry.change, decimals=2)
    if entry.quantity == "time":
        return say(
            "{first} beside {second} in {figure}: the ratio of the times per epoch is {change}.",
            "{figure} の {first} と {second} を比べると、"
            "1 エポックの学習時間の比（{first} ÷ {second}）は {change} である。",
            first=entry.first.label,
            second=entry.second.label,
            figure=figure,
            change=change,
        )
    return say(
        "{first} beside {second} in {figure}: the test accuracies differ by {change} percentage points.",
        "{figure} の {first} と {second} を比べると、テスト精度の差（{second} − {first}）は {change} ポイントである。",
        first=entry.first.label,
        second=entry.second.label,
        figure=figure,
        change=change,
    )
