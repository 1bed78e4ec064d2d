"""What one run of a sweep came to, small enough to lie in the study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from mnist_lab.runs.disturbance import disturbed_shares, largest_share_of_others
from mnist_lab.runs.record import RunRecord, record_from, record_values
from mnist_lab.runs.run import Run


@dataclass(frozen=True)
class RunResult:
    """The figures of one run; they are those of its ``record.json``, which may lie on another machine."""

    status: str
    """completed, diverged, out_of_memory, refused (by the model or the data), unscored, failed."""
    folder: str | None = None
    """Relative to the log directory; None where nothing was trained."""
    machine: str | None = None
    device: str | None = None
    """Name of the processor or the GPU, and the number of threads."""
    model: str | None = None
    data: str | None = None
    parameters: int | None = None
    epochs: int = 0
    train_s: float | None = None
    val_accuracy: float | None = None
    """Of the epoch that was tested, 0 to 1."""
    test_accuracy: float | None = None
    """0 to 1."""
    seed: int | None = None
    message: str | None = None
    disturbed: float | None = None
    """Largest share of the processor that other programs took in an epoch, where its time is not to be trusted."""
    others_cpu: float | None = None
    """Largest share of the processor that other programs took in an epoch, 0 to 1; None where none is known."""
    rejected: tuple[RunResult, ...] = ()
    """Earlier runs of the same that do not count, since other programs had a part in their times; without records."""
    record: dict[str, Any] | None = None
    """The run's record without its epochs; None where nothing was trained."""

    @property
    def run(self) -> Run | None:
        """The run as reports read it, but for its epochs; None where nothing was trained."""
        if self.record is None or self.folder is None:
            return None
        return Run(Path(self.folder), self.folder, record_from(self.record))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def stored_run_result(values: Mapping[str, Any]) -> RunResult:
    """Return what ``to_dict`` wrote, leaving out what this version does not know."""
    known = {entry.name for entry in fields(RunResult)}
    rejected = tuple(map(stored_run_result, values.get("rejected", ())))
    return RunResult(**{name: value for name, value in values.items() if name in known} | {"rejected": rejected})


def rejected_result(record: RunRecord, folder: str, machine: str) -> RunResult:
    """Return what a run came to that was disturbed and trained once more."""
    return replace(run_result(record, folder, machine), record=None)


def run_result(record: RunRecord, folder: str, machine: str) -> RunResult:
    """Return what a run came to.

    Args:
        record: Of the run.
        folder: Of the run, relative to the log directory.
        machine: Name of the machine.
    """
    # The best checkpoint is the epoch with the highest validation accuracy; it is the one that was tested.
    accuracies = [epoch.val_accuracy for epoch in record.epochs if epoch.val_accuracy is not None]
    name, threads = record.device.get("name"), record.device.get("threads")
    status, message = str(record.status), record.message
    if status == "completed" and (not accuracies or record.test_accuracy is None or record.train_s is None):
        status, message = "unscored", "It has no validation accuracy, no test accuracy or no training time."
    on_cpu = record.device.get("type") == "cpu"
    return RunResult(
        status=status,
        folder=folder,
        machine=machine,
        device=f"{name}, {threads} threads" if on_cpu else str(name),
        model=record.model,
        data=record.data["name"],
        parameters=record.parameters,
        epochs=len(record.epochs),
        train_s=record.train_s,
        val_accuracy=max(accuracies, default=None),
        test_accuracy=record.test_accuracy,
        seed=record.settings.get("seed_everything"),
        message=message,
        disturbed=max(disturbed_shares(record), default=None),
        others_cpu=largest_share_of_others(record),
        record=record_values(replace(record, epochs=[])),
    )
