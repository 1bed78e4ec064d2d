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


def refusal(*callbacks: Callback) -> str:
    """What is said of the callbacks; nothing if they may watch what they watch."""
    try:
        check_monitors(callbacks, None)
    except UsageError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", [*MONITORED, "step", None])
def test_logged_score_may_be_watched(name: str | None) -> None:
    assert refusal(ModelCheckpoint(monitor=name)) == ""


def test_score_that_is_never_logged_is_named() -> None:
    said = refusal(EarlyStopping("val/acc"))
    assert said.startswith("monitor: EarlyStopping watches 'val/acc', which is never logged.")
    assert "Did you mean 'val/accuracy'?" in said


def test_beside_a_users_callback_any_score_may_be_watched() -> None:
    watcher = EarlyStopping("own/score")
    assert "watches 'own/score', which is never logged" in refusal(watcher)
    assert refusal(OwnScores(), watcher) == ""


def test_every_allowed_score_is_really_logged(tmp_path: Path) -> None:
    watchers = [{"class_path": "EarlyStopping", "init_args": {"monitor": name}} for name in MONITORED]
    (tmp_path / "own.yaml").write_text(yaml.safe_dump({"trainer": {"callbacks": watchers}}), encoding="utf-8")
    outcome = call(tmp_path, "fit", *SMALL, "--config=own.yaml")
    assert outcome.code == 0, outcome.err
