"""A study of three points, all queued."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import optuna
import pytest
from optuna import Study
from optuna.storages import RDBStorage
from sqlalchemy import NullPool

from mnist_lab.sweeps.storage import open_storage
from mnist_lab.sweeps.study import open_study
from tests.sweeps.grid_of_three import POINTS, SWEEP


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[RDBStorage]:
    with open_storage(f"sqlite:///{tmp_path / 'sweeps.sqlite3'}", 10) as opened:
        yield opened


@pytest.fixture
def study(storage: RDBStorage) -> Study:
    open_study(storage, "own", SWEEP, POINTS, ["digest"], 10)
    # Asked for trials one by one, Optuna warns where there are heartbeats.
    plain = RDBStorage(storage.url, engine_kwargs={"poolclass": NullPool})
    return optuna.load_study(study_name="own", storage=plain)
