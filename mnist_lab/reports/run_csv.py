"""A report's data as CSV, with all digits, for drawing and computing anew."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
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
    *("train_loss", "train_accuracy", "val_loss", "val_accuracy"),
)
_LAYERS = ("configuration", "layer", "output_shape", "parameters", "weights_and_bias")
_QUANTITIES = {"time": "time_per_epoch_first_over_second", "accuracy": "accuracy_points_second_minus_first"}


def write_data(folder: Path, groups: Sequence[Group], comparisons: Sequence[Comparison]) -> None:
    """Write ``results.csv``, ``comparisons.csv``, ``runs.csv``, ``epochs.csv`` and ``layers.csv``.

    Args:
        folder: It exists.
        groups: All of them.
        comparisons: With the first group.
    """
    write_csv(folder / "results.csv", _RESULTS, map(_result, groups))
    write_csv(folder / "comparisons.csv", _COMPARISONS, map(_comparison, comparisons))
    write_csv(folder / "runs.csv", _RUNS, (row for group in groups for row in _runs(group)))
    write_csv(
        folder / "epochs.csv", ("run", "configuration", *_EPOCH), (row for group in groups for row in _epochs(group))
    )
    write_csv(folder / "layers.csv", _LAYERS, (row for group in groups for row in _layers(group)))


def write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a table; what is not known (None) is an empty cell.

    The file is UTF-8 with a byte order mark: without it Excel takes it for another encoding.

    Args:
        path: The file.
        headings: Row 1.
        rows: As long as the headings.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(rows)


def _result(group: Group) -> Sequence[Any]:
    spreads = (group.epoch_s, group.train_s, group.accuracy_percent)
    figures = [figure for spread in spreads for figure in _both(spread)]
    return (group.label, group.record.parameters, len(group.completed), *figures)


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
