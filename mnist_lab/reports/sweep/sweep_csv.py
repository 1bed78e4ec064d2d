"""A sweep's data as CSV, with all digits, for drawing and computing anew."""

from __future__ import annotations

from typing import Any

from mnist_lab.reports.run_csv import csv_of
from mnist_lab.runs.places import without_home
from mnist_lab.sweeps.points import as_option
from mnist_lab.sweeps.result import SweepResult


def data_files(result: SweepResult) -> dict[str, bytes]:
    """Return ``points.csv``, one row a point, and ``runs.csv``, one row a training.

    Args:
        result: Of the sweep.
    """
    entries = (*result.points, *result.failed)
    keys = list(dict.fromkeys(key for entry in entries for key in entry.point.values))
    values = [
        [without_home(as_option(entry.point.values[key])) if key in entry.point.values else None for key in keys]
        for entry in entries
    ]
    measured = ("n", "parameters", "train_s_median", "val_accuracy_percent_mean", "test_accuracy_percent_mean")
    points: list[list[Any]] = []
    runs: list[list[Any]] = []
    for entry, own in zip(entries, values, strict=True):
        figures: list[Any] = [None] * 4
        if entry.runs:
            figures = [entry.parameters, entry.train_s, 100 * entry.val_accuracy, 100 * entry.test_accuracy]
        points.append([entry.model, *own, len(entry.runs), *figures])
        for again, run in [
            *((False, run) for run in (*entry.rejected, *entry.runs, *entry.ended_otherwise)),
            *((True, run) for run in entry.again),
        ]:
            shares = (run.val_accuracy, run.test_accuracy, run.others_cpu)
            percent = [None if share is None else 100 * share for share in shares]
            runs.append([run.folder, entry.model, *own, run.seed, run.status, again, run.device, run.train_s, *percent])
    ended = (
        *("seed", "status", "measured_again", "device", "train_s"),
        *("val_accuracy_percent", "test_accuracy_percent", "others_cpu_percent"),
    )
    return {
        "points.csv": csv_of(("model", *keys, *measured), points),
        "runs.csv": csv_of(("run", "model", *keys, *ended), runs),
    }
