"""What a sweep's tests of training times come to where a slow phase is allowed for: its times divided by its factor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from mnist_lab.language import listed, say
from mnist_lab.reports.numbering import cite
from mnist_lab.reports.setting_names import axis_name
from mnist_lab.reports.sweep.families import families_of, varied_keys
from mnist_lab.reports.sweep.ranks import farthest_apart
from mnist_lab.reports.sweep.tested import logarithms, tested
from mnist_lab.reports.sweep.value_steps import at_value, times_count, times_that_fall
from mnist_lab.runs.spread import significant
from mnist_lab.sweeps.axis import axis_of
from mnist_lab.sweeps.result import SweepResult
from mnist_lab.sweeps.run_result import RunResult
from mnist_lab.sweeps.slow_phase import SlowPhase

_Counts = dict[tuple[str, str], tuple[int, int]]
"""Of each option and model, how many pairs differ in time, and how many times fall from a value to the next."""


def changes_allowing_for(result: SweepResult, phase: SlowPhase, figures: Callable[[str], str | None]) -> list[str]:
    """Return which numbers of differing pairs, and of times that fall, change where the phase's times are divided.

    Args:
        result: Of points that learned.
        phase: One.
        figures: Returns the figure of an option by its file name, without an ending; None where there is none.
    """
    points = [
        replace(entry, runs=_allowed_for(entry.runs, phase), again=_allowed_for(entry.again, phase))
        for entry in result.points
    ]
    before, after = _counts(result), _counts(replace(result, points=tuple(points)))
    if not before:
        return []
    factor = significant(phase.factor)
    changes = [
        change
        for (key, model), counts in before.items()
        for change in _changes(_where(result, key, model, figures(key)), counts, after[key, model])
    ]
    if not changes:
        return [
            say(
                "With these times divided by {factor}, no number of pairs that differ in training time, or in which it "
                "falls, is another.",
                "この間の学習時間を {factor} で割っても、学習時間の差が有意である組の数と、学習時間が短くなる組の数は"
                "変わらない。",
                factor=factor,
            )
        ]
    return [
        say(
            "With these times divided by {factor}, {changes}.",
            "この間の学習時間を {factor} で割ると、{changes}変わる。",
            factor=factor,
            changes=listed(changes),
        )
    ]


def _allowed_for(runs: Sequence[RunResult], phase: SlowPhase) -> tuple[RunResult, ...]:
    """Return runs, of which those in the phase have their times divided by its factor."""
    return tuple(
        replace(run, train_s=run.train_s / phase.factor) if run.train_s and run in phase.runs else run for run in runs
    )


def _counts(result: SweepResult) -> _Counts:
    found: _Counts = {}
    for key in varied_keys(result):
        for model in result.models:
            families = [family for family in families_of(result, key) if family.model == model and not family.mixed]
            points = [entry for family in families for entry in family.points]
            if not points or not times_count(points) or min(len(entry.times_s) for entry in points) < 2:
                continue
            axis = axis_of(key, [entry.point.values[key] for entry in points])
            if axis.positions is None:
                pairs = [one.borne_out for one in farthest_apart(points) if one.quantity == "time"]
                found[key, model] = sum(map(len, pairs)), 0
                continue
            ends = [
                [at_value(family, axis, value) for value in (axis.values[0], axis.values[-1])] for family in families
            ]
            tests = [tested(logarithms(a), logarithms(b), len(ends)) for a, b in ends if a and b]
            differing = sum(test is not None and test.is_larger_than_noise for test in tests)
            found[key, model] = differing, times_that_fall(families, axis)
    return found


def _where(result: SweepResult, key: str, model: str, figure: str | None) -> str:
    """Name the comparison: by its figure, else by what was varied."""
    values = [entry.point.values[key] for entry in result.points if key in entry.point.values]
    name = cite(figure) if figure else axis_name(axis_of(key, values))
    return say("for {model} ({name})", "{name} の {model} では", model=model, name=name)


def _changes(where: str, before: tuple[int, int], after: tuple[int, int]) -> Iterator[str]:
    if before[0] != after[0]:
        yield say(
            "{after} pairs differ in training time instead of {before} {where}",
            "{where}学習時間の差が有意である組が {before} 組から {after} 組に",
            where=where,
            before=before[0],
            after=after[0],
        )
    if before[1] != after[1]:
        yield say(
            "the training time falls in {after} steps instead of {before} {where}",
            "{where}学習時間が短くなる組が {before} 組から {after} 組に",
            where=where,
            before=before[1],
            after=after[1],
        )
