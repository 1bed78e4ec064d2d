"""A report's data as CSV, with all digits, for drawing and computing anew."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mnist_lab.reports.comparison import Comparison
from mnist_lab.reports.differences import layers_of
from mnist_lab.reports.groups import Group
from mnist_lab.reports.spread import Spread

_EPOCH_FIELDS = ("epoch", "steps", "epoch_s", "train_s", "wall_s", "samples_per_s")
_SCORES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")


def write_data(folder: Path, groups: Sequence[Group], comparisons: Sequence[Comparison]) -> None:
    """Write ``results.csv``, ``comparisons.csv``, ``runs.csv``, ``epochs.csv`` and ``layers.csv``.

    What is not known is an empty cell. The files are UTF-8 with a byte order mark: without it Excel takes them for
    another encoding.
    """
    _write(
        folder / "results.csv",
        "configuration,parameters,n,epoch_s_mean,epoch_s_sd,train_s_mean,train_s_sd,test_accuracy_percent_mean,"
        "test_accuracy_percent_sd",
        (
            (
                group.label,
                group.record.parameters,
                len(group.completed),
                *_both(group.epoch_s),
                *_both(group.train_s),
                *_both(group.accuracy_percent),
            )
            for group in groups
        ),
    )
    _write(
        folder / "comparisons.csv",
        "quantity,first,second,mean,sd,test,n_first,n_second,p",
        (
            (
                "time_per_epoch_first_over_second"
                if entry.quantity == "time"
                else "accuracy_points_second_minus_first",
                entry.first.label,
                entry.second.label,
                entry.change.mean,
                entry.change.sd,
                entry.test.name,
                *entry.test.n,
                entry.test.p,
            )
            for entry in comparisons
        ),
    )
    _write(
        folder / "runs.csv",
        "run,configuration,seed,data_seed,status,parameters,epochs,epoch_s,train_s,wall_s,test_loss,test_accuracy_percent",
        (
            (
                run.name,
                group.label,
                *run.seeds,
                run.record.status,
                run.record.parameters,
                run.epochs,
                run.epoch_s,
                run.train_s,
                run.record.wall_s,
                run.record.test_loss,
                run.accuracy_percent,
            )
            for group in groups
            for run in group.runs
        ),
    )
    _write(
        folder / "epochs.csv",
        ",".join(("run", "configuration", *_EPOCH_FIELDS, *_SCORES)),
        (
            (run.name, group.label, *(getattr(epoch, name) for name in (*_EPOCH_FIELDS, *_SCORES)))
            for group in groups
            for run in group.runs
            for epoch in run.record.epochs
        ),
    )
    _write(
        folder / "layers.csv",
        "configuration,layer,output_shape,parameters,weights_and_bias",
        (
            (group.label, layer.name, layer.shape, layer.parameters, layer.formula)
            for group in groups
            for layer in layers_of(group)
        ),
    )


def _both(spread: Spread | None) -> tuple[float | None, float | None]:
    return (None, None) if spread is None else (spread.mean, spread.sd)


def _write(path: Path, headings: str, rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headings.split(","))
        writer.writerows(rows)
