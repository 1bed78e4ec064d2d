"""Results as they would be after a sweep, with recorded figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mnist_lab.runs.record import read_record, write_record
from mnist_lab.runs.run import read_runs
from mnist_lab.sweeps.points import Point
from mnist_lab.sweeps.recorded import collect_runs
from mnist_lab.sweeps.result import PointResult, SweepResult
from mnist_lab.sweeps.run_result import RunResult
from tests.reports.records import leave_run

DEVICE = "AMD EPYC 7B13, 2 threads"


def run(
    model: str = "FC",
    *,
    parameters: int = 101_770,
    train_s: float = 1.0,
    val: float = 0.98,
    test: float | None = None,
    device: str = DEVICE,
) -> RunResult:
    return RunResult(
        "completed",
        folder=f"{model.lower()}-mnist/2026-04-17_09-30-00",
        machine="lab",
        device=device,
        model=model,
        data="MNIST",
        parameters=parameters,
        epochs=3,
        train_s=train_s,
        val_accuracy=val,
        test_accuracy=val - 0.001 if test is None else test,
        seed=0,
    )


def result(values: dict[str, Any], model: str = "FC", again_s: float | None = None, **figures: Any) -> PointResult:
    """A point that was trained once, or once more for its time."""
    again = () if again_s is None else (run(model, **figures | {"train_s": again_s}),)
    return PointResult(Point(model.lower(), values), (run(model, **figures),), again)


def by_channels(times_s: dict[int, float], **figures: Any) -> list[PointResult]:
    """CNNs with one, two, … channels in both convolutions."""
    return [
        result({"model.channels": [count, count]}, "CNN", train_s=train_s, **figures)
        for count, train_s in times_s.items()
    ]


def leave_swept_run(log_dir: Path, point_id: str, values: dict[str, Any], *, model: str = "FC", **more: Any) -> Path:
    """Leave a run of a sweep; ``more``: of ``leave_run``, and ``repeat`` and ``study``."""
    repeat, study = more.pop("repeat", 0), more.pop("study", "own-1")
    folder = leave_run(log_dir, model, more.pop("seed", repeat), **more)
    record = read_record(folder)
    record.sweep = {
        "name": "own",
        "study": study,
        "within": 0.5,
        "unit": point_id,
        "repeat": repeat,
        "base": model.lower(),
        "values": values,
        "machine": "lab",
    }
    write_record(record, folder)
    return folder


def leave_activations(log_dir: Path) -> SweepResult:
    """Return FC and CNN with three activations; with Sigmoid, the CNN hardly learned."""
    times_s = {"FC": (1.0, 1.3, 1.2), "CNN": (8.0, 12.0, 9.0)}
    points = [(model, place, name) for model in times_s for place, name in enumerate(("ReLU", "GELU", "Sigmoid"))]
    for number, (model, place, name) in enumerate(points):
        accuracy = 0.19 if (model, name) == ("CNN", "Sigmoid") else (0.97, 0.98, 0.95)[place]
        leave_swept_run(
            log_dir,
            f"point-{number}",
            {"model.activation": name},
            model=model,
            seed=number,
            epoch_s=[times_s[model][place] / 3] * 3,
            val=[accuracy] * 3,
            test=accuracy,
        )
    return collect_runs(read_runs([log_dir]))
