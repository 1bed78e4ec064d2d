"""Runs as fit leaves them, with numbers that a test chooses."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from mnist_lab.language import Language
from mnist_lab.reports.run_report import write_report
from mnist_lab.runs.record import EpochRecord, RunRecord, write_record
from mnist_lab.runs.record_kinds import Status
from mnist_lab.runs.run import Run, read_runs

CNN_LAYERS = [
    ("Conv2d: 1-1", [64, 4, 26, 26], 40, "1×3×3×4 + 4 = 40"),
    ("ReLU: 1-2", [64, 4, 26, 26], 0, ""),
    ("Conv2d: 1-3", [64, 4, 24, 24], 148, "4×3×3×4 + 4 = 148"),
    ("ReLU: 1-4", [64, 4, 24, 24], 0, ""),
    ("Flatten: 1-5", [64, 2304], 0, ""),
    ("Linear: 1-6", [64, 128], 295040, "2304×128 + 128 = 295,040"),
    ("ReLU: 1-7", [64, 128], 0, ""),
    ("Linear: 1-8", [64, 10], 1290, "128×10 + 10 = 1,290"),
]
FC_LAYERS = [
    ("Flatten: 1-1", [64, 784], 0, ""),
    ("Linear: 1-2", [64, 128], 100480, "784×128 + 128 = 100,480"),
    ("ReLU: 1-3", [64, 128], 0, ""),
    ("Linear: 1-4", [64, 10], 1290, "128×10 + 10 = 1,290"),
]
LAYERS = {"CNN": CNN_LAYERS, "FC": FC_LAYERS}
MODEL_SETTINGS: dict[str, dict[str, Any]] = {
    "CNN": {"channels": [4, 4], "kernel_size": 3, "hidden": [128]},
    "FC": {"hidden": [128]},
}
VERSIONS = {"mnist_lab": "0.1.0", "python": "3.11.7", "torch": "2.15.0"}
DEVICE = {
    "type": "cpu",
    "name": "A Processor",
    "threads": 2,
    "precision": "32-true",
    "platform": "Linux-6.1-x86_64",
}


def leave_run(
    log_dir: Path,
    model: str,
    seed: int,
    *,
    epoch_s: Sequence[float] = (1.0, 1.0, 1.0),
    val: Sequence[float | None] = (0.9, 0.95, 0.97),
    test: float | None = 0.97,
    status: Status = "completed",
    message: str | None = None,
    name: str | None = None,
    model_settings: dict[str, Any] | None = None,
    parameters: int | None = None,
    max_epochs: int | None = None,
    others_cpu: Sequence[float | None] = (),
    **facts: Any,
) -> Path:
    """Write the record of a run into its folder under ``log_dir`` and return it; ``facts``: of the device, versions."""
    epochs = _epochs(epoch_s, val, others_cpu)
    *_, train_s = accumulate(epoch_s, initial=0.0)
    record = RunRecord(
        model=model,
        data={
            "name": facts.pop("data", "MNIST"),
            "requested_name": "MNIST",
            "fell_back": facts.pop("fell_back", False),
            "location": "/home/somebody/data",
            "input_shape": [1, 28, 28],
            "split_sizes": {"train": 55000, "val": 5000, "test": 10000},
            "seed": seed,
        },
        settings=_settings(log_dir, model, seed, max_epochs or len(epoch_s), model_settings or MODEL_SETTINGS[model]),
        parameters=sum(layer[2] for layer in LAYERS[model]) if parameters is None else parameters,
        layers=[
            {"name": layer, "depth": 1, "output_shape": shape, "parameters": count, "formula": formula}
            for layer, shape, count, formula in LAYERS[model]
        ],
        versions=VERSIONS | facts.pop("versions", {}),
        device=DEVICE | facts,
        started=f"2026-04-17T09:{seed:02}:{'30' if model == 'FC' else '00'}+00:00",
        ended=f"2026-04-17T09:{seed:02}:59+00:00",
        status=status,
        message=message,
        train_s=train_s,
        wall_s=train_s + 1,
        epochs=epochs,
        test_loss=0.1 if test is not None else None,
        test_accuracy=test,
    )
    folder = log_dir / f"{model.lower()}-mnist" / (name or f"2026-04-17_09-{seed:02}-00")
    write_record(record, folder)
    return folder


def _settings(log_dir: Path, model: str, seed: int, max_epochs: int, init_args: dict[str, Any]) -> dict[str, Any]:
    return {
        "seed_everything": seed,
        "trainer": {"max_epochs": max_epochs, "default_root_dir": str(log_dir)},
        "model": {"class_path": f"mnist_lab.models.{model}", "init_args": init_args},
        "data": {
            "source": {"class_path": "mnist_lab.data.MNIST", "init_args": {"root": "/home/somebody/data"}},
            "batch_size": 64,
            "seed": seed,
        },
        "optimizer": {"class_path": "torch.optim.Adam", "init_args": {"lr": 0.002}},
    }


def _epochs(
    epoch_s: Sequence[float], val: Sequence[float | None], others_cpu: Sequence[float | None]
) -> list[EpochRecord]:
    train_s, epochs = 0.0, []
    for number, (time_s, accuracy) in enumerate(zip(epoch_s, val, strict=True)):
        train_s += time_s
        epochs.append(
            EpochRecord(number, 10 * (number + 1), time_s, train_s, train_s + 1, 500.0, 0.5, 0.9, 0.4, accuracy)
        )
    for epoch, share in zip(epochs, others_cpu, strict=False):
        epoch.others_cpu = share
    return epochs


def cnn_and_fc(log_dir: Path) -> list[Run]:
    """Three runs each: the CNN six times as slow, about a point better."""
    for seed, (slow, fast, good, less) in enumerate(
        [(3.0, 0.5, 0.988, 0.978), (3.1, 0.5, 0.986, 0.977), (2.9, 0.5, 0.987, 0.976)]
    ):
        leave_run(log_dir, "CNN", seed, epoch_s=[slow] * 3, val=(0.96, 0.98, 0.985), test=good)
        leave_run(log_dir, "FC", seed, epoch_s=[fast] * 3, val=(0.94, 0.96, 0.97), test=less)
    return read_runs([log_dir])


def report(folder: Path, log_dir: Path, language: Language = "en") -> str:
    """Write the report of all runs in a log directory, and return its Markdown."""
    write_report(folder, read_runs([log_dir]), language)
    return (folder / "report.md").read_text(encoding="utf-8")
