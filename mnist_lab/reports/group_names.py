"""What groups of runs are called: by their models, and where groups share one by the settings in which they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rich.cells import cell_len

from mnist_lab.language import say, spaced
from mnist_lab.reports.differences import ABSENT
from mnist_lab.reports.words import word
from mnist_lab.runs.groups import Group, differing_settings
from mnist_lab.runs.model_names import model_names
from mnist_lab.runs.record import RunRecord
from mnist_lab.runs.run import compared_settings, value_text
from mnist_lab.sweeps.setting_words import named_values

_WIDEST = 60
"""Of a name, in Latin letters; a Japanese one is as wide as two."""
_SAID_BY_FACTS = {"data.source": "data", "trainer.precision": "precision", "trainer.accelerator": "type"}
"""Settings whose outcome the record has: of the data that were used, and of the device."""
_HEADINGS = {"location": "data", "type": "device", "name": "device"}


def named(groups: Sequence[Group]) -> list[Group]:
    """Return the groups under names that tell them apart, in the current language: ``FC, hidden 128``.

    Where the settings in which the groups of a model differ are too many for names, or do not tell them apart, these
    are numbered: ``FC-1``, ``FC-2``.
    """
    models, apart = model_names([group.record for group in groups]), told_apart(groups)
    names = [
        spaced(say("{model}, {what}", "{model}（{what}）", model=model, what=what)) if what else model
        for model, what in zip(models, apart, strict=True)
    ]
    repeated = {name for name, count in Counter(names).items() if count > 1}
    unfit = {model for model, name in zip(models, names, strict=True) if name in repeated or cell_len(name) > _WIDEST}
    seen: Counter[str] = Counter()
    found = []
    for group, model, name in zip(groups, models, names, strict=True):
        seen[model] += 1
        several = models.count(model) > 1
        found.append(replace(group, label=f"{model}-{seen[model]}" if model in unfit and several else name))
    return found


def first_number(groups: Sequence[Group]) -> Group | None:
    """Return the first group whose name is a number that has to be explained; None where no name is."""
    models = model_names([group.record for group in groups])
    return next(
        (group for group, model in zip(groups, models, strict=True) if group.label.startswith(f"{model}-")), None
    )


def told_apart(groups: Sequence[Group]) -> list[str]:
    """Return for each group the settings, and facts of data and device, in which those of its model differ.

    Empty for a group that has its model for itself.
    """
    records = [group.record for group in groups]
    models = model_names(records)
    of_models: dict[str, list[RunRecord]] = {}
    for record, model in zip(records, models, strict=True):
        of_models.setdefault(model, []).append(record)
    telling = {model: _telling(own) for model, own in of_models.items()}
    found = []
    for record, model in zip(records, models, strict=True):
        facts = _facts(record, of_models[model])
        said = {name for name, fact in _SAID_BY_FACTS.items() if fact in facts}
        settings = compared_settings(record)
        names = [name for name in telling[model] if name in settings and name not in said]
        values = {name: _plain(settings[name]) for name in names}
        found.append(say(", ", "、").join(filter(None, [named_values(values), *facts.values()])))
    return found


def fact_rows(groups: Sequence[Group]) -> list[list[str]]:
    """Return the facts of data and device that differ, one row each: name, then the value of each group."""
    records = [group.record for group in groups]
    facts = [_facts(record, records) for record in records]
    names = dict.fromkeys(name for each in facts for name in each)
    return [[word(_HEADINGS.get(name, name)), *(each.get(name, ABSENT) for each in facts)] for name in names]


def _telling(records: Sequence[RunRecord]) -> list[str]:
    """Return the settings that differ, without those that one class alone has: that the class is another says it."""
    settings = [compared_settings(record) for record in records]
    names = differing_settings(records)
    found = []
    for name in names:
        values = [each[name] for each in settings if name in each]
        follows = any(name.startswith(f"{other}.") for other in names)
        if not follows or any(value != values[0] for value in values):
            found.append(name)
    return found


def _facts(record: RunRecord, records: Sequence[RunRecord]) -> dict[str, str]:
    """Return what differs between records besides their settings, in words."""
    device, data = record.device, record.data
    found: dict[str, str] = {}
    if _differ([other.data.get("name") for other in records]):
        found["data"] = value_text(data.get("name"))
    if _differ([other.data.get("sha256") for other in records]):
        found["location"] = value_text(data.get("location"))
    kind = str(device.get("type"))
    if _differ([other.device.get("type") for other in records]):
        found["type"] = {"cpu": "CPU", "cuda": "GPU"}.get(kind, kind)
    if _differ([other.device.get("name") for other in records if str(other.device.get("type")) == kind]):
        found["name"] = value_text(device.get("name"))
    if _differ([other.device.get("threads") for other in records]):
        found["threads"] = say("{n} threads", "スレッド数 {n}", n=value_text(device.get("threads")))
    if _differ([other.device.get("precision") for other in records]):
        found["precision"] = say("precision {name}", "数値精度 {name}", name=value_text(device.get("precision")))
    return found


def _differ(values: Sequence[Any]) -> bool:
    return len({str(value) for value in values}) > 1


def _plain(value: Any) -> Any:
    """Return a value as names show it: paths without their folders."""
    return value_text(value) if isinstance(value, str) else value
