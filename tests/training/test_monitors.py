"""Scores that a callback or a schedule may watch."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from lightning.pytorch import Callback
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint

from mnist_lab.errors import UsageError
from mnist_lab.training.monitors import MONITORED, check_monitors
from tests.commands.program import SMALL, call


class OwnScores(Callback):
    """May log anything."""


@pytest.mark.parametrize("name", [*MONITORED, "step", None])
def test_logged_score_may_be_watched(name: str | None) -> None:
    check_monitors([ModelCheckpoint(monitor=name)], None)


def test_score_that_is_never_logged_is_named() -> None:
    with pytest.raises(
        UsageError, match=r"^monitor: EarlyStopping watches 'val/acc', .* Did you mean 'val/accuracy'\?"
    ):
        check_monitors([EarlyStopping("val/acc")], None)


def test_beside_a_users_callback_any_score_may_be_watched() -> None:
    check_monitors([OwnScores(), EarlyStopping("own/score")], None)


def test_every_allowed_score_is_really_logged(tmp_path: Path) -> None:
    watchers = [{"class_path": "EarlyStopping", "init_args": {"monitor": name}} for name in MONITORED]
    (tmp_path / "own.yaml").write_text(yaml.safe_dump({"trainer": {"callbacks": watchers}}), encoding="utf-8")
    outcome = call(tmp_path, "fit", *SMALL, "--config=own.yaml")
    assert outcome.code == 0, outcome.err
