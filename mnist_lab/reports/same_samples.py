"""Whether runs saw the same samples; where they did not, what makes them others: the data, or which setting."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mnist_lab.reports.common_settings import LIMITS
from mnist_lab.runs.groups import data_facts
from mnist_lab.runs.record import RunRecord
from mnist_lab.runs.run import compared_settings

DATA = "data"
_OF_THE_SOURCE = "data.source."
_OF_THE_SPLIT = "data.val_fraction"
# What follows from the settings of the source and the split.
_CONSEQUENCES = ("input_shape", "split_sizes")
_LIMITED = {"train": "data.batch_size", "val": "data.eval_batch_size", "test": "data.eval_batch_size"}
_USUAL_SIZES = {"data.batch_size": 64, "data.eval_batch_size": 1000}


def differing_samples(records: Sequence[RunRecord]) -> list[str]:
    """Return what makes the samples of runs others, apart from the split's seed; nothing where they are the same.

    ``data`` stands for the data themselves; all else is the name of a setting, such as
    ``trainer.limit_train_batches``.
    """
    facts = [data_facts(record) for record in records]
    settings = [_settings(record) for record in records]
    data = [name for name in dict.fromkeys(name for each in facts for name in each) if _differ(facts, name)]
    names = [name for name in dict.fromkeys(name for each in settings for name in each) if _differ(settings, name)]
    if set(data) - set(_CONSEQUENCES) or (data and not names):
        return [DATA, *(name for name in names if not name.startswith(_OF_THE_SOURCE))]
    return names


def same_samples(conditions: Sequence[str]) -> bool:
    """Return whether none of the conditions that differ is one of the samples."""
    return not any(name == DATA or name.startswith(("data.", "trainer.")) for name in conditions)


def _settings(record: RunRecord) -> dict[str, Any]:
    """Return the settings that decide which samples there are, and how many of them a run sees."""
    settings = compared_settings(record)
    wanted = {name: value for name, value in settings.items() if name.startswith((_OF_THE_SOURCE, _OF_THE_SPLIT))}
    return wanted | {name: _in_effect(name, settings, record) for name in LIMITS}


def _in_effect(name: str, settings: dict[str, Any], record: RunRecord) -> Any:
    """Return a limit on batches; None where there are no more batches than it lets pass."""
    value = settings.get(name)
    split = name.removeprefix("trainer.limit_").removesuffix("_batches")
    if split not in _LIMITED:
        return value or None  # overfit_batches: 0 is off
    size = settings.get(_LIMITED[split]) or _USUAL_SIZES[_LIMITED[split]]
    samples = (record.data.get("split_sizes") or {}).get(split)
    # A share is a float also where it is 1.0; an int counts batches.
    if isinstance(value, int) and isinstance(size, int) and samples and value >= math.ceil(samples / size):
        return None
    return None if isinstance(value, float) and value == 1.0 else value


def _differ(facts: Sequence[dict[str, Any]], name: str) -> bool:
    return len({str(each.get(name)) for each in facts}) > 1
