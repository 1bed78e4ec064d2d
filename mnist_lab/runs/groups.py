"""Groups: runs that differ in nothing but their seeds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mnist_lab.runs.model_names import model_names
from mnist_lab.runs.record import RunRecord
from mnist_lab.runs.run import Run, compared_settings
from mnist_lab.runs.source_code import identity_of
from mnist_lab.runs.spread import Spread, counts_text, spread_of

DATA_FACTS = ("name", "sha256", "input_shape", "split_sizes", "fell_back", "requested_name")
DEVICE_FACTS = ("type", "name", "threads", "precision")


@dataclass(frozen=True)
class Group:
    """Repeats of one thing."""

    label: str
    """The model's class, or its file and class; a report has told those of one model apart."""
    runs: tuple[Run, ...]

    @property
    def record(self) -> RunRecord:
        """What all runs of the group have in common: the first's record."""
        return self.runs[0].record

    @property
    def completed(self) -> list[Run]:
        """The runs that count in means."""
        return [run for run in self.runs if run.is_completed]

    @property
    def parameters_text(self) -> str:
        """The number of parameters; the least and the most where texts become other inputs with each split."""
        return counts_text([run.record.parameters for run in self.runs])

    @property
    def repeats_seeds(self) -> bool:
        """Whether completed runs share their seeds, and so, on one device, their accuracies."""
        return len({str(run.seeds) for run in self.completed}) < len(self.completed)

    @property
    def epoch_s(self) -> Spread | None:
        """Training time per epoch in seconds."""
        return spread_of([run.epoch_s for run in self.completed if run.epoch_s is not None])

    @property
    def train_s(self) -> Spread | None:
        """Training time in seconds."""
        return spread_of([run.train_s for run in self.completed if run.train_s is not None])

    @property
    def accuracy_percent(self) -> Spread | None:
        """Test accuracy in per cent."""
        return spread_of([run.accuracy_percent for run in self.completed if run.accuracy_percent is not None])


def group_runs(runs: Sequence[Run]) -> list[Group]:
    """Return the groups in the order in which their first runs come, each labelled with its model."""
    members: dict[str, list[Run]] = {}
    for run in runs:
        members.setdefault(_identity(run.record), []).append(run)
    groups = [tuple(sorted(found, key=_order)) for found in members.values()]
    labels = model_names([found[0].record for found in groups])
    return [Group(label, found) for label, found in zip(labels, groups, strict=True)]


def differing_settings(records: Sequence[RunRecord]) -> list[str]:
    """Return the names of the settings that are not the same in all records."""
    settings = [compared_settings(record) for record in records]
    names = dict.fromkeys(name for each in settings for name in each)
    return [name for name in names if len({json.dumps(each.get(name, "–"), default=str) for each in settings}) > 1]


def data_facts(record: RunRecord) -> dict[str, Any]:
    """Return what tells whether two runs saw the same data.

    Where texts become inputs, how many there are is no such fact: it follows from the training split, and so from the
    seed.
    """
    return {name: record.data.get(name) for name in DATA_FACTS if name != "input_shape" or not learns_inputs(record)}


def learns_inputs(record: RunRecord) -> bool:
    """Return whether the training split says how many inputs there are: each of its texts is one."""
    return bool(record.data.get("categories"))


def _identity(record: RunRecord) -> str:
    of_layers = ("name",) if learns_inputs(record) else ("name", "formula")
    facts: dict[str, Any] = {
        "model": record.model,
        "settings": compared_settings(record),
        "layers": [[layer.get(name) for name in of_layers] for layer in record.layers],
        "data": data_facts(record),
        "device": {name: record.device.get(name) for name in DEVICE_FACTS},
        "code": identity_of(record.code),
    }
    return json.dumps(facts, sort_keys=True, default=str)


def _order(run: Run) -> tuple[str, str, str]:
    seed, split = run.seeds
    return f"{seed!s:>12}", f"{split!s:>12}", run.record.started
