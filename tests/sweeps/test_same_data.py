"""A study's runs are on the same data, whatever texts each training split has."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mnist_lab.errors import MnistLabError
from mnist_lab.runs.record import RunRecord, read_record
from mnist_lab.sweeps.same_data import check_same_data
from tests.reports.records import leave_run


def record_of(folder: Path, seed: int, **data: Any) -> RunRecord:
    record = read_record(leave_run(folder, "FC", seed))
    record.data.update(data)
    return record


def test_repeats_with_other_texts_in_their_splits_are_on_the_same_data(tmp_path: Path) -> None:
    attributes: dict[str, Any] = {}
    study: Any = SimpleNamespace(study_name="own", user_attrs=attributes, set_user_attr=attributes.__setitem__)
    texts = {"island": ["a", "b"]}
    check_same_data(study, record_of(tmp_path, 0, input_shape=[3], categories=texts, sha256="1a"))
    check_same_data(study, record_of(tmp_path, 1, input_shape=[2], categories={"island": ["a"]}, sha256="1a"))
    with pytest.raises(MnistLabError, match="The study own has runs on MNIST"):
        check_same_data(study, record_of(tmp_path, 2, input_shape=[3], categories=texts, sha256="2b"))
