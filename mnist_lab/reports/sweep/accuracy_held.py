"""Which points reach the accuracy that is asked for, and which lie so near to the best that they are not ranked."""

from __future__ import annotations

from mnist_lab.language import listed, paragraph, say
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.setting_names import point_label, point_name
from mnist_lab.reports.sweep.bound_text import bound_text, needed_percent, reaches
from mnist_lab.reports.sweep.first_times import in_brackets
from mnist_lab.reports.sweep.other_limits import at_other_limits, with_size
from mnist_lab.reports.sweep.sentences import margin_text, named_in_short, near_the_best, ratios_of
from mnist_lab.reports.sweep.spread_near_best import spread_near_best
from mnist_lab.reports.sweep.tested import gives_p
from mnist_lab.sweeps.result import SweepResult, best_of, smallest_within
from mnist_lab.sweeps.setting_words import named_values
from mnist_lab.sweeps.shown_digits import accuracy_decimals


def accuracy_held(result: SweepResult, within: float, figure: str | None = None) -> list[str]:
    """Return who reaches the bound, who does not, and the smallest, at other bounds too; of equal sizes, who is near.

    Args:
        result: With at least one point.
        within: Percentage points of validation accuracy that the smallest model may stay behind the best.
        figure: File name, without an ending, of the figure with the bound; None: none is.
    """
    if len(result.points) < 2:
        return []
    if not result.sizes_vary:
        return _not_ranked(result, within)
    return [_reached(result, within, figure), *_beside_the_best(result, within, figure)]


def _reached(result: SweepResult, within: float, figure: str | None) -> str:
    needed = needed_percent(result.points, within)
    small = {model: entry for model, entry in smallest_within(result.points, within).items() if entry}
    each = [_how_many(result, model, needed) for model in result.models if model in small]
    short = [model for model in result.models if model not in small]
    bound, nearest = bound_text(result.points, needed)
    first = say(
        "Of the {points} points in {table}, the bound of {bound} validation accuracy{where}{nearest} is reached by "
        "{each}{alone}; the smallest{ringed}: {smallest}.",
        "{where}検証精度の下限 {bound}{nearest}以上の設定は、{table} の {points} 通りのうち{each}{alone}であり、"
        "{ringed}最小の設定は {smallest} である。",
        bound=bound,
        nearest=in_brackets(nearest),
        where=say(" (dotted in {figure})", "{figure} の点線で示した", figure=cite(figure)) if figure else "",
        ringed=say(", ringed", "丸で囲んだ") if figure else "",
        each=listed(each, ja="と"),
        alone=say(" alone", "だけ") if short else "",
        points=len(result.points),
        table=cite("points"),
        smallest=listed([with_size(entry, result) for entry in small.values()], ja="と"),
    )
    falls_short = [_falls_short(result, model) for model in short]
    return paragraph([first, *falls_short, *at_other_limits(result, within)])


def _how_many(result: SweepResult, model: str, needed: float) -> str:
    """Return how many points of a model reach the bound, and which values are common to them and to no other."""
    own = result.of_model(model)
    those = [entry for entry in own if reaches(entry, needed)]
    values = those[0].point.values
    common = {
        key: value
        for key, value in values.items()
        if all(entry.point.values.get(key) == value for entry in those)
        and any(entry.point.values.get(key) != value for entry in own)
    }
    return say(
        "{count}{of}{common}",
        "{of}{count} 通り{common}",
        count=len(those),
        of=say(" of {model}", "{model} の ", model=model) if len(result.models) > 1 else "",
        common=in_brackets(named_values(common)) if len(those) > 1 and len(common) < len(values) else "",
    )


def _falls_short(result: SweepResult, model: str) -> str:
    best = best_of(result.of_model(model))
    return say(
        "No {model} reaches it: the highest validation accuracy of {model} is {val} % ({name}, {parameters:,} "
        "parameters).",
        "{model} の検証精度は最高でも {val} %（{name}、パラメータ数 {parameters:,}）であり、下限に届かない。",
        model=model,
        val=f"{100 * best.val_accuracy:.{accuracy_decimals(result.points)}f}",
        name=point_name(best),
        parameters=best.parameters,
    )


def _beside_the_best(result: SweepResult, within: float, figure: str | None) -> list[str]:
    """Set the smallest beside the most accurate of its model, and of each model that has none so accurate."""
    (_, first), *rest = smallest_within(result.points, within).items()
    if first is None:
        return []
    others = [best_of(result.of_model(model)) for model, entry in rest if entry is None]
    if best_of(result.points).model == first.model and best_of(result.points) is not first:
        others.insert(0, best_of(result.points))
    if not others:
        return []
    where = listed([*([cite(figure)] if figure else []), cite("points")])
    each = [
        say(
            "beside {name}, the most accurate of its kind, it has {ratios}",
            "検証精度が最高の {name} と比べると、{ratios}である",
            name=point_label(other),
            ratios=ratios_of(first, other, result.points),
        )
        for other in others
    ]
    said = say(
        "By {where}, the smallest model, {smallest}, compares as follows: {each}.",
        "{where} において、最小の {smallest} を{each}。",
        where=where,
        smallest=point_label(first),
        each=say("; ", "。また、").join(each),
    )
    return [said + _chosen_before(len(others)) if gives_p(said) else said]


def _chosen_before(pairs: int) -> str:
    """Say why the tests are not corrected, although other pairs of the same points are."""
    if pairs == 1:
        return say(
            " The two were chosen before they were tested, by validation accuracy and number of parameters: as a "
            "single pair, they need no correction.",
            "この 2 つの設定は、検定の前に検証精度とパラメータ数によって選んだ 1 組であるため、p は補正していない。",
        )
    return say(
        " These pairs were chosen before they were tested, by validation accuracy and number of parameters, and each p "
        "is that of one pair.",
        "これらの組は、検定の前に検証精度とパラメータ数によって選んだものであり、p は 1 組ごとの値である。",
    )


def _not_ranked(result: SweepResult, within: float) -> list[str]:
    """Name the points of each model that lie near its best; nothing where there are no others."""
    groups = []
    for model in result.models:
        best, near = near_the_best(result.of_model(model), within)
        groups.append((model, [*best, *near]))
    if all(len(group) == 1 for _, group in groups):
        return []
    each = [
        say(
            "{names}{alone} with {model}",
            "{model} では{names}{alone}",
            names=listed(named_in_short(group)),
            alone=say(" alone", "だけ") if len(group) == 1 else "",
            model=model,
        )
        for model, group in groups
    ]
    said = say(
        "By the validation accuracies of {table}, these lie within {margin} of the highest one of their model: "
        "{each} (the highest is named first). Within a model, they are not ranked.",
        "{table} の検証精度において、モデルごとの最高値との差が{margin}以内の設定は、{each}である（それぞれ先頭が"
        "最高値の設定）。同じモデルのこれらの設定に、順位はつけない。",
        table=cite("points"),
        margin=margin_text(result.points, within),
        each=say("; ", "、").join(each),
    )
    return [paragraph([said, *spread_near_best(groups)])]
