"""Which run of which sweep a run is, as its record holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from mnist_lab.errors import MnistLabError
from mnist_lab.language import say
from mnist_lab.runs.run import Run

# Names in users' records, where they differ from the field's.
_STORED_NAMES = {"point_id": "unit"}


@dataclass(frozen=True)
class SweptRun:
    """A run of a sweep."""

    name: str
    """Of the sweep."""
    study: str
    within: float
    """Percentage points of validation accuracy that the smallest model may stay behind the best."""
    point_id: str
    repeat: int
    """From 0."""
    base: str
    values: Mapping[str, Any]
    """Option to value."""
    machine: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, by the names that they have in records."""
        return {_STORED_NAMES.get(name, name): value for name, value in asdict(self).items()}


def swept_run(run: Run) -> SweptRun | None:
    """Return what a run's record says of its sweep; None for a run of no sweep.

    Raises:
        MnistLabError: The record is damaged.
    """
    values = run.record.sweep
    if values is None:
        return None
    names = [entry.name for entry in fields(SweptRun)]
    try:
        return SweptRun(**{name: values[_STORED_NAMES.get(name, name)] for name in names})
    except (KeyError, TypeError) as error:
        raise MnistLabError(
            say(
                "The record of {run} is damaged ('sweep' lacks {what}); make the run again.",
                "{run} の記録は壊れています（'sweep' に {what} がありません）。もう一度学習してください。",
                run=run.name,
                what=error,
            )
        ) from error


def only_swept_run(runs: Sequence[Run]) -> SweptRun | None:
    """Return what the newest run says of its sweep, where all runs are of one sweep's study, else None.

    Of one study ``within`` may differ from run to run; that which was wanted last counts.
    """
    swept = [swept_run(run) for run in sorted(runs, key=lambda run: run.record.started)]
    newest = swept[-1]
    return newest if newest and all(entry and entry.study == newest.study for entry in swept) else None
