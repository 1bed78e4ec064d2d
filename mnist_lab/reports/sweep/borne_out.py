"""What the tests of a sweep's observations bear out, in short: for the summary."""

from __future__ import annotations

from mnist_lab.language import listed, say
from mnist_lab.reports.setting_names import point_names
from mnist_lab.reports.sweep.accuracy_digits import accuracy_decimals
from mnist_lab.reports.sweep.families import varied_keys
from mnist_lab.reports.sweep.models_compared import best_of_models, times_compare
from mnist_lab.reports.sweep.ranks import FarthestApart, farthest_apart
from mnist_lab.reports.sweep.remarks import learned
from mnist_lab.reports.sweep.tested import accuracies, logarithms, tested
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.axis import axis_of
from mnist_lab.sweeps.result import PointResult, SweepResult


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
    """Sort the pairs that are farthest apart by whether they differ; nothing where values have an order."""
    keys = varied_keys(result)
    if len(keys) != 1 or axis_of(keys[0], [entry.point.values[keys[0]] for entry in result.points]).positions:
        return []
    of_models = [[entry for entry in result.points if entry.model == model] for model in result.models]
    found = [pair for points in of_models if len(points) > 1 for pair in farthest_apart(points)]
    yes = [_pair(pair) for pair in found if _is_borne_out(pair)]
    no = [_pair(pair) for pair in found if not _is_borne_out(pair) and not _is_undecided(pair)]
    undecided = [_pair(pair) for pair in found if _is_undecided(pair)]
    said = []
    if yes:
        said.append(
            say(
                "The two settings farthest apart differ by more than the noise in {pairs}.",
                "最も離れた 2 つの設定の差が有意であるのは、{pairs}である。",
                pairs=listed(yes, ja="と"),
            )
        )
    if no:
        said.append(
            say(
                "Even the two farthest apart cannot be told from the noise in {pairs}.",
                "最も離れた 2 つの設定でも差が有意とはいえないのは、{pairs}である。",
                pairs=listed(no, ja="と"),
            )
        )
    if undecided:
        said.append(
            say(
                "Whether the two farthest apart differ cannot be decided in {pairs}.",
                "最も離れた 2 つの設定の差が有意かどうかを判断できないのは、{pairs}である。",
                pairs=listed(undecided, ja="と"),
            )
        )
    return said


def _is_borne_out(found: FarthestApart) -> bool:
    return found.test is not None and found.test.is_larger_than_noise


def _is_undecided(found: FarthestApart) -> bool:
    """Return whether no test applies, or one of n = 2 that misses most differences."""
    return found.test is None or (min(found.test.n) == 2 and not found.test.is_larger_than_noise)


def _pair(found: FarthestApart) -> str:
    first, second = point_names(found.pair)
    return say(
        "the {what} of {model} ({first} {one}, {second} {other})",
        "{model} の{what}（{first} {one}、{second} {other}）",
        model=found.pair[0].model,
        what=found.name,
        first=first,
        second=second,
        one=found.shown[0],
        other=found.shown[1],
    )


def _models_differ(result: SweepResult) -> list[str]:
    first, *others = best_of_models(result)
    return [said for other in others if (said := _two_models(result, first, other, len(others)))]


def _two_models(result: SweepResult, one: PointResult, other: PointResult, of: int) -> str | None:
    of_accuracies = tested(accuracies([one]), accuracies([other]), of)
    if of_accuracies is None:
        return None
    decimals = accuracy_decimals(result.points)
    of_times = tested(logarithms([one]), logarithms([other]), of) if times_compare(one, other) else None
    return say(
        "Of the most accurate of each model by validation, {one} has a test accuracy of {good} % and {other} one of "
        "{less} %; the difference {verdict}.{times}",
        "モデルごとに検証精度が最も高い設定どうしを比べると、テスト精度は {one} が {good} %、{other} が {less} % "
        "であり、この差は{verdict}。{times}",
        one=one.model,
        other=other.model,
        good=f"{100 * one.test_accuracy:.{decimals}f}",
        less=f"{100 * other.test_accuracy:.{decimals}f}",
        verdict=_verdict(borne_out=of_accuracies.is_larger_than_noise),
        times=""
        if of_times is None
        else say(
            " The training time of {one} is {one_s} s, that of {other} {other_s} s; the difference {verdict}.",
            "学習時間は {one} が {one_s} s、{other} が {other_s} s であり、この差は{verdict}。",
            one=one.model,
            other=other.model,
            one_s=significant(one.train_s),
            other_s=significant(other.train_s),
            verdict=_verdict(borne_out=of_times.is_larger_than_noise),
        ),
    )


def _verdict(*, borne_out: bool) -> str:
    if borne_out:
        return say("is larger than the noise", "有意である")
    return say("cannot be told from the noise", "有意とはいえない")
