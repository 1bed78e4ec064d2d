"""What a sweep's figures bear out, and no more: how time and accuracy change with each parameter."""

from __future__ import annotations

import itertools
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mnist_lab.language import listed, paragraph, say
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.report_folder import as_file_name
from mnist_lab.reports.setting_names import axis_name, axis_texts
from mnist_lab.reports.sweep.accuracy_held import accuracy_held
from mnist_lab.reports.sweep.families import Family, families_of, varied_keys
from mnist_lab.reports.sweep.first_times import as_first_measured, at_first, in_brackets, of_unlike_conditions
from mnist_lab.reports.sweep.front import front_sentence
from mnist_lab.reports.sweep.heat_map_text import heat_map_sentence
from mnist_lab.reports.sweep.models_compared import models_compared
from mnist_lab.reports.sweep.ranks import ranks
from mnist_lab.reports.sweep.remarks import learned
from mnist_lab.reports.sweep.reversed_ranks import reversed_sentences
from mnist_lab.reports.sweep.slow_times import slow_times
from mnist_lab.reports.sweep.value_steps import (
    accuracy_percent,
    at_value,
    reversals,
    time_s,
    times_count,
    with_advice_once,
)
from mnist_lab.reports.sweep.verdicts import differences_text
from mnist_lab.reports.sweep.wide_spreads import wide_spreads
from mnist_lab.reports.words import unit
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.axis import Axis, axis_of
from mnist_lab.sweeps.points import short_key
from mnist_lab.sweeps.result import PointResult, SweepResult, smallest_within
from mnist_lab.sweeps.setting_words import named_value
from mnist_lab.sweeps.shown_digits import accuracy_decimals

_Ends = tuple[list[PointResult], list[PointResult]]


def observations(result: SweepResult, within: float, figures: Container[str] = ()) -> list[str]:
    """Return a paragraph for each model and parameter, reversed order, heat map, two models, and for the front.

    Of points that hardly learned nothing is said here: their differences are of no account.

    Args:
        result: With at least one point.
        within: Percentage points of validation accuracy that the smallest model may stay behind the best.
        figures: File names, without an ending, of the figures that can be cited.
    """
    counted = learned(result)
    pareto = "pareto" if "pareto" in figures else None
    found: list[str] = []

    def figure_of(key: str) -> str | None:
        """Return the figure of an option; None where there is none."""
        stem = as_file_name(short_key(key))
        return stem if stem in figures else None

    for key in varied_keys(counted):
        found += observations_along(counted, key, figure_of(key))
    found += reversed_sentences(counted, figure_of)
    found += _heat_maps(counted, figures)
    found += models_compared(counted, _of_test_accuracies(counted, figures), pareto)
    found += [*wide_spreads(counted), *slow_times(result, figure_of)]
    found += accuracy_held(result, within, pareto)
    found.append(paragraph([front_sentence(result, pareto), *_smallest_times(result, within)]))
    found = [paragraph([*_left_out(len(result.points) - len(counted.points)), found[0]]), *found[1:]]
    return with_advice_once(found)


def _of_test_accuracies(result: SweepResult, figures: Container[str]) -> str | None:
    """Return the figure in which each point has a mark of its own at its test accuracy; None where there is none."""
    for key in varied_keys(result):
        stem = as_file_name(short_key(key))
        everyone = all(key in entry.point.values for entry in result.points)
        if stem in figures and everyone and not any(family.mixed for family in families_of(result, key)):
            return stem
    return None


def _heat_maps(result: SweepResult, figures: Container[str]) -> list[str]:
    """Return what each heat map shows that there is."""
    found = []
    for base in dict.fromkeys(entry.point.base for entry in result.points):
        own = [entry for entry in result.points if entry.point.base == base]
        for across, down in itertools.combinations(varied_keys(SweepResult(tuple(own))), 2):
            stem = "-".join(map(as_file_name, (base, short_key(across), short_key(down))))
            if stem in figures and (said := heat_map_sentence(own, across, down, stem)):
                found.append(said)
    return found


def _left_out(lost: int) -> list[str]:
    if not lost:
        return []
    return [
        say(
            "Points that hardly learned ({lost}) are left out of what follows on single parameters.",
            "ほとんど学習できていない設定（{lost} 通り）は、設定項目ごとの以下の記述から除く。",
            lost=lost,
        )
    ]


def observations_along(result: SweepResult, key: str, figure: str | None = None) -> list[str]:
    """Return one paragraph for each model whose points differ in a parameter.

    Args:
        result: Of the sweep.
        key: The parameter's option.
        figure: File name, without an ending, of the figure that is cited; None: none is.
    """
    found: list[str] = []
    for model in result.models:
        families = [family for family in families_of(result, key) if family.model == model]
        values = [entry.point.values[key] for family in families for entry in family.points]
        axis = _axis_of(result, key, values) if values else None
        if axis is not None and len(axis.values) > 1:
            describe = _ordered if axis.positions is not None else _named
            where = say(" ({figure})", "{figure} の ", figure=cite(figure)) if figure else ""
            found.append(describe(model, families, axis, where))
    return found


def _axis_of(result: SweepResult, key: str, values: Sequence[Any]) -> Axis:
    """Return the axis of a model's values; layers are counted where the figure's axis, that of all models, does."""
    own = axis_of(key, values)
    everyone = axis_of(key, [entry.point.values[key] for entry in result.points if key in entry.point.values])
    return replace(own, counts_layers=own.counts_layers and everyone.counts_layers)


def _ordered(model: str, families: Sequence[Family], axis: Axis, where: str) -> str:
    """Compare the smallest value with the largest, in each family that has both."""
    low, high = axis.values[0], axis.values[-1]
    ends = {family.others: (at_value(family, axis, low), at_value(family, axis, high)) for family in families}
    named = {name: pair for name, pair in ends.items() if all(pair)}
    pairs = list(named.values())
    trusted = [pair for pair in pairs if times_count([*pair[0], *pair[1]])]
    if not pairs:
        return _named(model, families, axis, where)
    points = [entry for family in families for entry in family.points]
    describe = _one_family if len(pairs) == 1 else _several_families
    said = describe(pairs, accuracy_decimals(points), trusted)
    return (
        say(
            "With {model}{where}, as {ends}, {said}",
            "{where}{model} において、{ends}の場合を比べると、{said}",
            model=model,
            where=where,
            ends=_ends(axis),
            said=said,
        )
        + _differences(named, trusted=len(trusted) == len(pairs))
        + reversals(families, axis)
        + ("" if trusted else _no_times())
    )


def _differences(named: Mapping[str, _Ends], *, trusted: bool) -> str:
    """Say what the tests of the ends bear out; times of unlike conditions are not tested."""
    unlike = any(of_unlike_conditions([*first, *last]) for first, last in named.values())
    said = differences_text(list(named.values()), times=trusted and not unlike, names=list(named))
    if not said or not unlike:
        return said
    return said + say(
        " The training times are not tested, since the time of one end alone was measured again.",
        "一方だけ時間を測り直した組があるため、学習時間の差は検定していない。",
    )


def _several_families(pairs: Sequence[_Ends], decimals: int, trusted: Sequence[_Ends]) -> str:
    times = _growth(trusted)
    before = _growth([(as_first_measured(first), as_first_measured(last)) for first, last in trusted])
    points = [accuracy_percent(last) - accuracy_percent(first) for first, last in pairs]
    return say(
        "depending on the other settings, {time}the test accuracy changes by {points} percentage points.",
        "ほかの設定に応じて、{time}テスト精度の変化は {points} ポイントであった。",
        time=say(
            "the training time becomes {times} as long{again}{which} and ",
            "学習時間は{which} {times}{again}になり、",
            times=times,
            which=""
            if len(trusted) == len(pairs)
            else say(
                " in the {count} of {of} lines whose times are to be trusted",
                "、信頼できる {count} 組（{of} 組中）では",
                count=len(trusted),
                of=len(pairs),
            ),
            again=in_brackets(at_first(times, before, [[*first, *last] for first, last in trusted])),
        )
        if trusted
        else "",
        points=_span([_signed(pick(points), decimals) for pick in (min, max)], say(" to ", " ポイントから ")),
    )


def _growth(trusted: Sequence[_Ends]) -> str:
    """Return how many times the time at the first end that at the last one is, over all lines."""
    ratios = [time_s(last) / time_s(first) for first, last in trusted if time_s(first)]
    ends = [significant(pick(ratios, default=1.0), 2) for pick in (min, max)]
    return _span(ends, say(" to ", " 倍から ")) + say(" times", " 倍")


def _span(ends: Sequence[str], between: str) -> str:
    """Return the lowest and the highest of what is shown with words between them; once where they are alike."""
    low, high = ends
    return low if low == high else f"{low}{between}{high}"


def _one_family(pairs: Sequence[_Ends], decimals: int, trusted: Sequence[_Ends]) -> str:
    (pair,) = pairs
    (low_s, high_s), scores = [time_s(end) for end in pair], [accuracy_percent(end) for end in pair]
    times = _growth(pairs) if low_s else say("– times", "– 倍")
    before = _growth([(as_first_measured(pair[0]), as_first_measured(pair[1]))])
    again = at_first(times, before, [[*pair[0], *pair[1]]])
    return say(
        "{time}the test accuracy goes from {low} % to {high} % ({change} percentage points).",
        "{time}テスト精度は {low} % から {high} %（{change} ポイント）になった。",
        time=say(
            "the training time goes from {low_s} s to {high_s} s ({times}{again}) and ",
            "学習時間は {low_s} s から {high_s} s（{times}{again}）、",
            low_s=significant(low_s),
            high_s=significant(high_s),
            times=times,
            again=again and say("; {again}", "、{again}", again=again),
        )
        if trusted
        else "",
        low=f"{scores[0]:.{decimals}f}",
        high=f"{scores[1]:.{decimals}f}",
        change=_signed(scores[1] - scores[0], decimals),
    )


def _no_times() -> str:
    return say(
        " Of the training times nothing is said, since some of them are not to be trusted.",
        "学習時間には信頼できない値が含まれるため、学習時間については述べない。",
    )


def _named(model: str, families: Sequence[Family], axis: Axis, where: str) -> str:
    """Say how far values that have no order lie apart; which is ahead only where their repeats bear it out."""
    points = [entry for family in families for entry in family.points]
    trusted = [entry for entry in points if not entry.disturbed]
    times, before = (_range_s(entries) if len(trusted) > 1 else "" for entries in (trusted, as_first_measured(trusted)))
    decimals = accuracy_decimals(points)
    return say(
        "With {model}{where}, over the {count} values of the {name}, {time}the test accuracy lies between {low} % and "
        "{high} %.{ranks}{untrusted}",
        "{where}{model} において、{name}を {count} 通りに変えたとき、{time}"
        "テスト精度は {low} % から {high} % であった。{ranks}{untrusted}",
        model=model,
        where=where,
        count=len(axis.values),
        name=axis_name(axis),
        time=say(
            "the training time {which}lies between {times}{again} and ",
            "{which}学習時間は {times}{again}、",
            which=""
            if len(trusted) == len(points)
            else say("of the {count} whose times are to be trusted ", "信頼できる {count} 通りの", count=len(trusted)),
            times=times,
            again=in_brackets(at_first(times, before, [trusted])),
        )
        if len(trusted) > 1
        else "",
        low=f"{100 * min(entry.test_accuracy for entry in points):.{decimals}f}",
        high=f"{100 * max(entry.test_accuracy for entry in points):.{decimals}f}",
        ranks=ranks(points),
        untrusted="" if len(trusted) > 1 else _no_times(),
    )


def _range_s(entries: Sequence[PointResult]) -> str:
    low, high = (significant(pick(entry.train_s for entry in entries)) for pick in (min, max))
    return say("{low} s and {high} s", "{low} s から {high} s", low=low, high=high)


def _smallest_times(result: SweepResult, within: float) -> list[str]:
    """Name the training times of the smallest models that hold the accuracy, where there are two or more kinds."""
    found = [entry for entry in smallest_within(result.points, within).values() if entry]
    if len(found) < 2 or not times_count(found) or not result.sizes_vary or len({entry.device for entry in found}) > 1:
        return []
    each, before = _time_of_each(found), _time_of_each(as_first_measured(found))
    return [
        say(
            "These smallest models were trained in {each}{again}.",
            "上に示した最小のモデルの学習時間は、{each}{again} であった。",
            each=each,
            again=in_brackets(at_first(each, before, [found])),
        )
    ]


def _time_of_each(entries: Sequence[PointResult]) -> str:
    each = [(entry.model, significant(entry.train_s)) for entry in entries]
    return listed([say("{model} {s} s", "{model} が {s} s", model=model, s=s) for model, s in each], en=", ")


def _signed(points: float, decimals: int) -> str:
    return f"{points:+.{decimals}f}".replace("-", "\N{MINUS SIGN}")


def _ends(axis: Axis) -> str:
    """Return the smallest and the largest value, with their unit; no layer at all in words."""
    low, high = axis_texts(axis)[0], axis_texts(axis)[-1]
    if axis.values[0] == [] and not axis.counts_layers:
        return say(
            "the {name} goes from 0 ({absent}) to {high}",
            "{absent}の場合と{name}が {high}",
            absent=named_value(axis.key, []),
            name=axis_name(axis),
            high=_with_unit(axis, high),
        )
    return say(
        "the {name} goes from {low} to {high}",
        "{name}が {low}の場合と {high}",
        low=_with_unit(axis, low),
        name=axis_name(axis),
        high=_with_unit(axis, high),
    )


def _with_unit(axis: Axis, text: str) -> str:
    """Return a value with its unit, where the axis's name does not say it."""
    if axis.unit is None or axis.counts_layers or unit(axis.unit) in axis_name(axis):
        return text
    return f"{text} {unit(axis.unit)}"
