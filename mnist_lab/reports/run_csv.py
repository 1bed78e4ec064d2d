"""A report's data as CSV, with all digits, for drawing and computing anew."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from mnist_lab.reports.differences import layers_of
from mnist_lab.reports.group_comparison import Comparison
from mnist_lab.runs.groups import Group
from mnist_lab.runs.spread import Spread

_RESULTS = (
    *("configuration", "parameters", "n", "epoch_s_mean", "epoch_s_sd", "train_s_mean", "train_s_sd"),
    *("test_accuracy_percent_mean", "test_accuracy_percent_sd"),
)
_COMPARISONS = ("quantity", "first", "second", "mean", "sd", "test", "n_first", "n_second", "p")
_RUNS = (
    *("run", "configuration", "seed", "data_seed", "status", "parameters", "epochs"),
    *("epoch_s", "train_s", "wall_s", "test_loss", "test_accuracy_percent"),
)
_EPOCH = (
    *("epoch", "steps", "epoch_s", "train_s", "wall_s", "samples_per_s"),
    *("train_loss", "train_accuracy", "val_loss", "val_accuracy", "others_cpu", "waited_s"),
)
_LAYERS = ("configuration", "layer", "output_shape", "parameters", "weights_and_bias")
_QUANTITIES = {"time": "time_per_epoch_first_over_second", "accuracy": "accuracy_points_second_minus_first"}


def data_files(groups: Sequence[Group], comparisons: Sequence[Comparison]) -> dict[str, bytes]:
    """Return ``results.csv``, ``comparisons.csv``, ``runs.csv``, ``epochs.csv`` and ``layers.csv``.

    Args:
        groups: All of them.
        comparisons: With the first group.
    """
    epochs = (row for group in groups for row in _epochs(group))
    return {
        "results.csv": csv_of(_RESULTS, map(_result, groups)),
        "comparisons.csv": csv_of(_COMPARISONS, map(_comparison, comparisons)),
        "runs.csv": csv_of(_RUNS, (row for group in groups for row in _runs(group))),
        "epochs.csv": csv_of(("run", "configuration", *_EPOCH), epochs),
        "layers.csv": csv_of(_LAYERS, (row for group in groups for row in _layers(group))),
    }


def csv_of(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a table as CSV; what is not known (None) is an empty cell.

    It is UTF-8 with a byte order mark: without it Excel takes it for another encoding.

    Args:
        headings: Row 1.
        rows: As long as the headings.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _result(group: Group) -> Sequence[Any]:
    spreads = (group.epoch_s, group.train_s, group.accuracy_percent)
    figures = [figure for spread in spreads for figure in _both(spread)]
    return (group.label, _parameters(group), len(group.completed), *figures)


def _parameters(group: Group) -> int | str:
    """Return the number, or where it is not the same in all runs, the least and the most."""
    counts = {run.record.parameters for run in group.runs}
    return counts.pop() if len(counts) == 1 else f"{min(counts)}–{max(counts)}"


def _comparison(entry: Comparison) -> Sequence[Any]:
    test = entry.test
    change = (entry.change.mean, entry.change.sd)
    return (_QUANTITIES[entry.quantity], entry.first.label, entry.second.label, *change, test.name, *test.n, test.p)


def _runs(group: Group) -> Iterable[Sequence[Any]]:
    for run in group.runs:
        record = run.record
        about = (run.name, group.label, *run.seeds, record.status, record.parameters, run.epochs)
        yield (*about, run.epoch_s, run.train_s, record.wall_s, record.test_loss, run.accuracy_percent)


def _epochs(group: Group) -> Iterable[Sequence[Any]]:
    for run in group.runs:
        for epoch in run.record.epochs:
            yield (run.name, group.label, *(getattr(epoch, name) for name in _EPOCH))


def _layers(group: Group) -> Iterable[Sequence[Any]]:
    for layer in layers_of(group):
        yield (group.label, layer.name, layer.shape, layer.parameters, layer.formula)


def _both(spread: Spread | None) -> tuple[float | None, float | None]:
    return (None, None) if spread is None else (spread.mean, spread.sd)
