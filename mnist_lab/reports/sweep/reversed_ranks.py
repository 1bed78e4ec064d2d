"""Where one of two models, or of two values without an order, is ahead, while the other is ahead everywhere else."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mnist_lab.language import first_of, listed, say
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.setting_names import point_name
from mnist_lab.reports.sweep.families import families_of, varied_keys
from mnist_lab.reports.sweep.first_times import of_unlike_conditions
from mnist_lab.reports.sweep.models_compared import times_compare
from mnist_lab.reports.sweep.tested import accuracies, logarithms, tested
from mnist_lab.reports.sweep.verdicts import verdicts
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.axis import axis_of
from mnist_lab.sweeps.result import PointResult, SweepResult
from mnist_lab.sweeps.setting_words import named_value, setting_name
from mnist_lab.sweeps.shown_digits import accuracy_decimals

_MOST_NAMED = 4
_MOST_SENTENCES = 4


@dataclass(frozen=True)
class _Place:
    """Two points that differ in one thing alone."""

    name: str
    one: PointResult
    other: PointResult


@dataclass(frozen=True)
class _Compared:
    """Two models, or two values of a setting, at all places where both were trained."""

    one: str
    other: str
    alike: str
    """What is the same at each place."""
    key: str
    """The option in whose figure both are seen."""
    model: str | None
    """Of two values: whose; None: models are compared."""
    places: Sequence[_Place]


@dataclass(frozen=True)
class Reversal:
    """One quantity by which two are ranked one way at most places and the other way at the rest."""

    compared: _Compared
    is_time: bool
    most: Sequence[_Place]
    reversed: Sequence[_Place]
    most_are_higher: bool
    """Whether the quantity is higher for the first of the two at most places."""

    @property
    def widest(self) -> float:
        """How far apart the two are where they are reversed: as a share of the time, or of all samples."""
        return max(
            abs(place.one.train_s / place.other.train_s - 1)
            if self.is_time
            else abs(place.one.test_accuracy - place.other.test_accuracy)
            for place in self.reversed
        )


def reversals_of_rank(result: SweepResult) -> list[Reversal]:
    """Return where the order of two is reversed, models first; of values, those that lie farthest apart first.

    Values that have an order are followed step by step elsewhere.

    Args:
        result: Of points that learned.
    """
    models = [found for pair in _models(result) for found in _both_quantities(pair)]
    values = [found for pair in _values(result) for found in _both_quantities(pair)]
    return [*models, *sorted(values, key=lambda found: -found.widest)]


def reversed_sentences(result: SweepResult, figures: Callable[[str], str | None]) -> list[str]:
    """Return one sentence for each reversal of an order, with its figures and whether a test bears it out.

    Args:
        result: Of points that learned.
        figures: Returns the figure of an option by its file name, without an ending; None where there is none.
    """
    found = reversals_of_rank(result)
    said = [_sentence(one, figures(one.compared.key)) for one in found[:_MOST_SENTENCES]]
    if (more := len(found) - _MOST_SENTENCES) > 0:
        said.append(
            say(
                "The order of two is reversed in {more} more cases, where they lie nearer to each other.",
                "このほかにも {more} 通りの組み合わせで順位の逆転がある（差はより小さい）。",
                more=more,
            )
        )
    return said


def why_reversed(result: SweepResult) -> list[str]:
    """Return the questions that reversals of an order leave to the reader, of the first two.

    Args:
        result: Of points that learned.
    """
    return [
        say(
            "Why is the order of {one} and {other} in {what} reversed with {places}? Consider the spread, too.",
            "{one} と {other} の{what}の順位が、{places}で逆になったのはなぜか。"
            "ばらつきによる可能性も含めて考えること。",
            one=found.compared.one,
            other=found.compared.other,
            what=say("training time", "学習時間") if found.is_time else say("test accuracy", "テスト精度"),
            places=listed([place.name for place in found.reversed[:_MOST_NAMED]], ja="と"),
        )
        for found in reversals_of_rank(result)[:2]
    ]


def _models(result: SweepResult) -> list[_Compared]:
    """Return each two models of which one varied at least what the other varied."""
    found = []
    for one, other in itertools.combinations(result.models, 2):
        ours, theirs = (result.of_model(model) for model in (one, other))
        varied = [[key for key in varied_keys(result) if key in own[0].point.values] for own in (ours, theirs)]
        shared = [key for key in varied[0] if key in varied[1]]
        if not shared or len(shared) < min(map(len, varied)):
            continue
        places = [
            _Place(point_name(max(a, b, key=lambda entry: len(entry.point.values))), a, b)
            for a, b in itertools.product(ours, theirs)
            if all(a.point.values[key] == b.point.values[key] for key in shared)
        ]
        found.append(_Compared(one, other, _and([setting_name(key) for key in shared]), shared[0], None, places))
    return found


def _values(result: SweepResult) -> list[_Compared]:
    """Return each two values of a setting whose values have no order, where another setting was varied with it."""
    found = []
    for key in varied_keys(result):
        for model in result.models:
            families = [family for family in families_of(result, key) if family.model == model and not family.mixed]
            axis = axis_of(key, [entry.point.values[key] for family in families for entry in family.points] or [None])
            if len(families) < 2 or axis.positions is not None:
                continue
            others = [name for name in families[0].points[0].point.values if name != key]
            alike = _and([setting_name(name) for name in others if name in varied_keys(result)])
            for one, other in itertools.combinations(axis.values, 2):
                places = [
                    _Place(family.others, a, b)
                    for family in families
                    for a in family.points
                    for b in family.points
                    if a.point.values[key] == one and b.point.values[key] == other
                ]
                names = named_value(key, one), named_value(key, other)
                found.append(_Compared(*names, alike, key, model, places))
    return found


def _and(names: Sequence[str]) -> str:
    return listed(names, ja="と")


def _both_quantities(compared: _Compared) -> list[Reversal]:
    """Return where the order is reversed, by accuracy and by time; by the numbers as they are shown."""
    decimals = accuracy_decimals([entry for place in compared.places for entry in (place.one, place.other)])
    timed = [place for place in compared.places if times_compare(place.one, place.other)]
    found = []
    for is_time, places in ((False, compared.places), (True, timed)):
        shown = [
            (_shown(place.one, decimals, is_time), _shown(place.other, decimals, is_time), place) for place in places
        ]
        higher = [place for one, other, place in shown if _number(one) > _number(other)]
        lower = [place for one, other, place in shown if _number(one) < _number(other)]
        if higher and lower:
            most, fewer = (higher, lower) if len(higher) >= len(lower) else (lower, higher)
            found.append(Reversal(compared, is_time, most, fewer, most is higher))
    return found


def _shown(entry: PointResult, decimals: int, is_time: bool) -> str:
    return significant(entry.train_s) if is_time else f"{100 * entry.test_accuracy:.{decimals}f}"


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def _sentence(found: Reversal, figure: str | None) -> str:
    compared = found.compared
    unit = "s" if found.is_time else "%"
    decimals = accuracy_decimals([entry for place in compared.places for entry in (place.one, place.other)])
    each = [
        say(
            "{place} ({one} {unit} against {other} {unit})",
            "{place}（{one} {unit} と {other} {unit}）",
            place=place.name,
            one=_shown(place.one, decimals, found.is_time),
            other=_shown(place.other, decimals, found.is_time),
            unit=unit,
        )
        for place in found.reversed
    ]
    return say(
        "{of}{one} beside {other} at the same {alike}{where}{left_out}: the {what} of {one} is {most_how} in {most} of "
        "{count} (by {gap}), but {fewer_how} with {each}.{tested}",
        "{where}{of}{alike}が同じ {one} と {other} を比べると、{left_out}{count} 組のうち {most} 組では "
        "{one} の{what}のほうが{most_how}（差は {gap}）。逆に、{each}では {one} のほうが{fewer_how}。{tested}",
        of=say("With {model}, ", "{model} のうち、", model=compared.model) if compared.model else "",
        one=compared.one,
        other=compared.other,
        alike=compared.alike,
        where=say(" ({figure})", "{figure} で", figure=cite(figure)) if figure else "",
        what=say("training time", "学習時間") if found.is_time else say("test accuracy", "テスト精度"),
        most_how=_how(found.is_time, higher=found.most_are_higher),
        fewer_how=_how(found.is_time, higher=not found.most_are_higher),
        most=len(found.most),
        count=len(found.most) + len(found.reversed),
        gap=_gap(found, decimals),
        each=listed(first_of(each, _MOST_NAMED, ja="組"), ja="と"),
        left_out=_left_out(found),
        tested=_tested(found),
    )


def _left_out(found: Reversal) -> str:
    """Say how many places have no part: where one time alone was measured again, or both are alike as shown."""
    places = found.compared.places
    unlike = sum(of_unlike_conditions([place.one, place.other]) for place in places) if found.is_time else 0
    untrusted = sum(not times_compare(place.one, place.other) for place in places) if found.is_time else 0
    alike = len(places) - untrusted - len(found.most) - len(found.reversed)
    each = []
    if unlike:
        each.append(
            say("{n} where one time alone was measured again", "一方だけ時間を測り直した {n} 組", n=unlike),
        )
    if alike:
        each.append(say("{n} where both are alike", "値が等しい {n} 組", n=alike))
    return say(", without {each}", "{each}を除く ", each=listed(each, ja="と")) if each else ""


def _gap(found: Reversal, decimals: int) -> str:
    """Return how far apart the two are at most places, of numbers that were not rounded before."""
    pairs = [
        sorted(entry.train_s if found.is_time else 100 * entry.test_accuracy for entry in (place.one, place.other))
        for place in found.most
    ]
    if found.is_time:
        ratios = [high / low for low, high in pairs if low]
        texts = [significant(pick(ratios, default=1.0), 2) for pick in (min, max)]
        return _span(texts, say(" to ", " 倍から ")) + say(" times", " 倍")
    texts = [f"{pick(high - low for low, high in pairs):.{decimals}f}" for pick in (min, max)]
    return _span(texts, say(" to ", " ポイントから ")) + say(" percentage points", " ポイント")


def _span(ends: Sequence[str], between: str) -> str:
    low, high = ends
    return low if low == high else f"{low}{between}{high}"


def _how(is_time: bool, *, higher: bool) -> str:
    if is_time:
        return say("longer", "長い") if higher else say("shorter", "短い")
    return say("higher", "高い") if higher else say("lower", "低い")


def _tested(found: Reversal) -> str:
    """Say which of the differences either way a test bears out, corrected for all places."""
    values = logarithms if found.is_time else accuracies
    count = len(found.most) + len(found.reversed)
    if min(len(entry.runs) for place in (*found.most, *found.reversed) for entry in (place.one, place.other)) == 1:
        return say(
            " Trained once each, this cannot be told from the noise.",
            "学習は 1 回ずつであり、この逆転をばらつきと区別することはできない。",
        )
    most, fewer = (
        [(place.name, tested(values([place.one]), values([place.other]), count)) for place in places]
        for places in (found.most, found.reversed)
    )
    first = (
        say("the first one", "前者の 1 組")
        if len(most) == 1
        else say("the first {count}", "前者の {count} 組", count=len(most))
    )
    other_way = (
        say("the reversed one ({name})", "逆になった{name}", name=fewer[0][0])
        if len(fewer) == 1
        else say("the {count} reversed ones", "逆になった {count} 組", count=len(fewer))
    )
    return verdicts(most, first) + verdicts(fewer, other_way)
