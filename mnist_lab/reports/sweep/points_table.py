"""A sweep's points as a table, for the terminal and for the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mnist_lab.language import say
from mnist_lab.reports.setting_names import axis_label, point_label
from mnist_lab.reports.sweep.first_times import DAGGER
from mnist_lab.reports.words import end_of, word
from mnist_lab.runs.spread import counts_text, significant
from mnist_lab.sweeps.axis import axis_of
from mnist_lab.sweeps.result import PointResult, SweepResult, smallest_within
from mnist_lab.sweeps.setting_words import value_name
from mnist_lab.sweeps.shown_digits import accuracy_decimals, pareto_front

_HEADINGS = ("model", "parameters", "train_s", "val_accuracy", "accuracy", "note")


@dataclass(frozen=True)
class Table:
    """Headings with units, and rows of text as long."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    """Columns of numbers, which are aligned to the right."""


def table_of(result: SweepResult, within: float) -> Table:
    """Return one row a point, those that could not be trained last.

    Times have three significant digits, accuracies one decimal or two; where a point was trained several times, the
    median time and the mean accuracies, each with its range.

    Args:
        result: Of the sweep.
        within: Percentage points that the smallest model may stay behind the best.
    """
    everything = (*result.points, *result.failed)
    remarks = _notes(result, within)
    keys = list(dict.fromkeys(key for entry in everything for key in entry.point.values))
    axes = [
        axis_of(key, [entry.point.values[key] for entry in everything if key in entry.point.values]) for key in keys
    ]
    decimals = accuracy_decimals(result.points)
    name, *figures_and_note = map(word, _HEADINGS)
    # The cells hold the values themselves, also where an axis counts layers.
    shown = [axis_label(replace(axis, counts_layers=False)) for axis in axes]
    headings = (name, *shown, *figures_and_note)
    rows = []
    for entry in everything:
        varied = [value_name(entry.point.values[key]) if key in entry.point.values else "–" for key in keys]
        rows.append((entry.model, *varied, *_figures(entry, decimals), remarks[entry.point.key]))
    first = 1 + len(keys)
    return Table(headings, tuple(rows), tuple(range(first, first + 4)))


def short_table_of(result: SweepResult, within: float) -> Table:
    """Return the same without ranges and with a point's values in one column, for a narrow terminal."""
    remarks, decimals = _notes(result, within), accuracy_decimals(result.points)
    rows = [
        (
            point_label(entry),
            *(figure.partition(" ")[0] for figure in _figures(entry, decimals)),
            remarks[entry.point.key],
        )
        for entry in (*result.points, *result.failed)
    ]
    return Table(tuple(map(word, _HEADINGS)), tuple(rows), tuple(range(1, 5)))


def _notes(result: SweepResult, within: float) -> dict[str, str]:
    """Return what is to be said of each point, by its key."""
    front = [entry.point.key for entry in pareto_front(result.points)]
    smallest = []
    if result.sizes_vary:
        smallest = [entry.point.key for entry in smallest_within(result.points, within).values() if entry]
    repeats_differ = len({len(entry.runs) for entry in result.points}) > 1
    found: dict[str, str] = {}
    for entry in (*result.points, *result.failed):
        notes = [
            *([say("front", "パレート最適")] if entry.point.key in front else []),
            *([say("smallest", "最小")] if entry.point.key in smallest else []),
            *([f"n = {len(entry.runs)}"] if repeats_differ and entry.runs else []),
            *([word("strange")] if entry.strange else [word("again")] if entry.again else []),
            *([word("disturbed")] if entry.disturbed else []),
            *dict.fromkeys(end_of(run.status) for run in entry.ended_otherwise),
        ]
        found[entry.point.key] = say(", ", "、").join(notes) or "–"
    return found


def _figures(entry: PointResult, decimals: int) -> tuple[str, str, str, str]:
    if not entry.runs:
        return ("–",) * 4
    write = f"{{:.{decimals}f}}".format
    return (
        counts_text([run.parameters or 0 for run in entry.runs]),
        _with_range(entry.train_s, entry.times_s, significant) + (f" {DAGGER}" if entry.again else ""),
        _with_range(100 * entry.val_accuracy, [100 * value for value in entry.val_accuracies], write),
        _with_range(100 * entry.test_accuracy, [100 * value for value in entry.test_accuracies], write),
    )


def _with_range(middle: float, values: Sequence[float], write: Callable[[float], str]) -> str:
    if len(values) < 2:
        return write(middle)
    return f"{write(middle)} ({write(min(values))}–{write(max(values))})"
