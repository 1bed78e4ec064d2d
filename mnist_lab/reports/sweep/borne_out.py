"""What the tests of a sweep's observations bear out, in short: for the summary."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import listed, say
from mnist_lab.reports.setting_names import point_names
from mnist_lab.reports.sweep.models_compared import beside, best_of_models, times_compare
from mnist_lab.reports.sweep.ranks import FarthestApart, farthest_of_models, shown_value
from mnist_lab.reports.sweep.remarks import learned
from mnist_lab.reports.sweep.tested import Tested, accuracies, logarithms, tested
from mnist_lab.sweeps.result import PointResult, SweepResult
from mnist_lab.sweeps.shown_digits import accuracy_decimals


def what_is_borne_out(result: SweepResult) -> list[str]:
    """Return whether the setting that was varied matters, and how the best of each model compare.

    The tests are those of the observations. Nothing is said of sizes, of which the smallest are compared, nor of what
    was trained once.

    Args:
        result: With at least one point.
    """
    counted = learned(result)
    if counted.sizes_vary:
        return []
    return [*_setting_matters(counted), *_models_differ(counted)]


def _setting_matters(result: SweepResult) -> list[str]:
    """Sort the quantities of each model by whether any two values differ; nothing where values have an order."""
    found = farthest_of_models(result)
    yes = [_with_values(pair) for pair in found if pair.borne_out]
    no = [pair for pair in found if not pair.borne_out and not _is_undecided(pair)]
    undecided = [pair for pair in found if not pair.borne_out and _is_undecided(pair)]
    parts = []
    if yes:
        parts.append(say("is larger than the noise in {where}", "{where}では有意である", where=listed(yes)))
    if no:
        where = listed(_quantities(no), en=", and ")
        parts.append(
            say("cannot be told from the noise in {where}", "{where}ではどの組でも有意とはいえない", where=where)
        )
    if undecided:
        where = listed(_quantities(undecided), en=", and ")
        parts.append(say("is left undecided in {where}", "{where}では有意かどうかを判断できない", where=where))
    if not parts:
        return []
    return [
        say(
            "The difference between two settings {parts}.",
            "設定どうしの差は、{parts}。",
            parts=say("; it ", "が、").join(parts),
        )
    ]


def _is_undecided(found: FarthestApart) -> bool:
    """Return whether no test applies to the two farthest apart, or one of n = 2 that misses most differences."""
    return found.test is None or min(found.test.n) == 2


def _quantities(found: Sequence[FarthestApart]) -> list[str]:
    """Return the quantities of each model together: ``the training time and the test accuracy of CNN``."""
    of_models: dict[str, list[str]] = {}
    for pair in found:
        of_models.setdefault(pair.pair[0].model, []).append(pair.name)
    return [
        say(
            "the {whats} of {model}",
            "{model} の{whats}",
            model=model,
            whats=listed(whats, en=" and the ", ja="と"),
        )
        for model, whats in of_models.items()
    ]


def _with_values(found: FarthestApart) -> str:
    """Say in how many pairs a quantity differs, with the two values that lie the farthest apart of those."""
    widest = found.borne_out[0]
    pair = sorted((widest.one, widest.other), key=found.middle, reverse=found.quantity == "accuracy")
    first, second = point_names(pair)
    one, other = (shown_value(found.quantity, entry, pair) for entry in pair)
    if len(found.pairs) == 1:
        return say(
            "{quantity} ({first} {one}, {second} {other})",
            "{quantity}（{first} {one}、{second} {other}）",
            quantity=listed(_quantities([found])),
            first=first,
            second=second,
            one=one,
            other=other,
        )
    return say(
        "{quantity} ({count} of {pairs} pairs; widest apart: {first} {one}, {second} {other})",
        "{quantity}（{pairs} 組のうち {count} 組。差が最も大きいのは {first} {one} と {second} {other}）",
        quantity=listed(_quantities([found])),
        count=len(found.borne_out),
        pairs=len(found.pairs),
        first=first,
        second=second,
        one=one,
        other=other,
    )


def _models_differ(result: SweepResult) -> list[str]:
    first, *others = best_of_models(result)
    return [said for other in others if (said := _two_models(result, first, other, len(others)))]


def _two_models(result: SweepResult, one: PointResult, other: PointResult, of: int) -> str | None:
    of_accuracies = tested(accuracies([one]), accuracies([other]), of)
    if of_accuracies is None:
        return None
    of_times = tested(logarithms([one]), logarithms([other]), of) if times_compare(one, other) else None
    decimals, verdicts = accuracy_decimals(result.points), _verdicts(of_times, of_accuracies)
    return say(
        "Of the most accurate of each model by validation, {beside}.",
        "モデルごとに検証精度が最も高い設定どうしを比べると、{beside}。",
        beside=beside(one, other, decimals, timed=of_times is not None, behind=verdicts),
    )


def _verdicts(of_times: Tested | None, of_accuracies: Tested) -> tuple[str, str]:
    """Return what the tests bear out of the time and of the accuracy; once behind the latter where they agree."""
    accuracy = _verdict(borne_out=of_accuracies.is_larger_than_noise)
    if of_times is None or of_times.is_larger_than_noise != of_accuracies.is_larger_than_noise:
        return "" if of_times is None else _verdict(borne_out=of_times.is_larger_than_noise), accuracy
    if of_times.is_larger_than_noise:
        return "", say("both larger than the noise", "いずれも有意")
    return "", say("neither can be told from the noise", "いずれも有意とはいえない")


def _verdict(*, borne_out: bool) -> str:
    if borne_out:
        return say("larger than the noise", "有意")
    return say("cannot be told from the noise", "有意とはいえない")
