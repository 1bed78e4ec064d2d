"""A study's runs are all on the same data."""

from __future__ import annotations

import json
from pathlib import PureWindowsPath

from optuna import Study

from mnist_lab.errors import MnistLabError
from mnist_lab.language import say
from mnist_lab.runs.groups import data_facts
from mnist_lab.runs.record import RunRecord
from mnist_lab.runs.run import compared_settings, value_text

_DATA = "data "  # and what was asked for: the name of a study's attribute


def check_same_data(study: Study, record: RunRecord) -> None:
    """Refuse other data under the same settings, such as those that stand in where one machine lacks MNIST.

    Args:
        study: Which keeps what its first run used.
        record: Of a run that is about to begin.

    Raises:
        MnistLabError: The study has runs on other data.
    """
    asked = {name: value for name, value in compared_settings(record).items() if name.startswith("data.source")}
    asked["file"] = PureWindowsPath(record.data.get("settings", {}).get("path") or "").name
    key = _DATA + json.dumps(asked, sort_keys=True, default=value_text)
    facts = {name: value for name, value in data_facts(record).items() if name != "split_sizes"}
    first = study.user_attrs.get(key)
    if first is None:
        study.set_user_attr(key, facts)
    elif any(first.get(name) != value for name, value in facts.items()):
        raise MnistLabError(
            say(
                "The study {study} has runs on {there}, and this machine has {here} for the same settings, so they "
                "cannot be compared; bring the same data here, or give another --study.",
                "スイープ {study} には {there} での実行がありますが、このコンピューターで同じ設定に使われるデータは "
                "{here} であり、比較できません。同じデータを用意するか、別の --study を指定してください。",
                study=study.study_name,
                there=first["name"],
                here=facts["name"],
            )
        )
