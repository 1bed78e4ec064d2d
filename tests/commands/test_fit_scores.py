"""``lightning fit --scores``: off unless asked for, and no different training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from mnist_lab.cli.configs import resolve_configs
from mnist_lab.cli.quiet import quieten_lightning
from mnist_lab.runs.record import read_record
from mnist_lab.runs.run import compared_settings
from tests.commands.program import SMALL, call, fit, only_record, refused, runs

ONE_BLOCK = "--trainer.log_every_n_steps=10"


@pytest.fixture(autouse=True)
def _no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnist_lab.callbacks.score_places.has_windows", lambda: False)


def score_curves_of(*args: str, quiet: bool = False) -> list[Any]:
    from mnist_lab.callbacks import ScoreCurves
    from mnist_lab.training.training_cli import TrainingCLI

    quieten_lightning()
    cli = TrainingCLI("fit", resolve_configs([*SMALL, *args]), quiet=quiet)
    return [callback for callback in cli.trainer.callbacks if isinstance(callback, ScoreCurves)]  # type: ignore[attr-defined]


def test_option_switches_it_on_and_a_number_draws_within_epochs() -> None:
    assert score_curves_of() == []
    assert score_curves_of("--scores", "false") == []
    (each_epoch,) = score_curves_of("--scores")
    assert (each_epoch.every_n_epochs, each_epoch.every_n_steps) == (1, None)
    (each_50,) = score_curves_of("--scores", "50")
    assert (each_50.every_n_epochs, each_50.every_n_steps) == (1, 50)


def test_own_callback_takes_its_place_and_comparisons_draw_nothing() -> None:
    own = ["--trainer.callbacks+=ScoreCurves", "--trainer.callbacks.every_n_epochs=3", "--trainer.callbacks.to=[gif]"]
    (curves,) = score_curves_of("--scores", *own)
    assert (curves.every_n_epochs, curves.to) == (3, ["gif"])
    assert score_curves_of("--scores", quiet=True) == []


@pytest.mark.parametrize("value", ["0", "-3", "often"])
def test_number_that_is_none_is_refused(value: str, tmp_path: Path) -> None:
    assert "scores" in refused(tmp_path, "fit", *SMALL, f"--scores={value}")


def test_watched_training_is_the_same_and_leaves_its_pictures(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL, ONE_BLOCK, "--scores", "8")
    assert outcome.code == 0, outcome.err
    assert "One step at a time" not in outcome.err
    (watched,) = runs(tmp_path)
    folder = watched.relative_to(tmp_path) / "scores"
    line = "Scores of 200 test samples, which are looked at and not learned from: TensorBoard; PNG and GIF in"
    assert f"{line} {folder}." in outcome.out.splitlines()
    names = sorted(path.name for path in (watched / "scores").iterdir())
    assert names == [
        "0000.png",
        "0001.png",
        "0002.png",
        "0003.png",
        "scores.gif",
        "scores.jsonl",
    ]  # steps 0, 8, 16 and 22
    record = only_record(tmp_path)
    unwatched = fit(tmp_path, ONE_BLOCK)
    ours, theirs = (torch.load(run / "checkpoints" / "last.ckpt", weights_only=True) for run in (watched, unwatched))
    for key, value in theirs["state_dict"].items():
        assert torch.equal(ours["state_dict"][key], value)
    other = read_record(unwatched)
    assert [epoch.train_loss for epoch in record.epochs] == [epoch.train_loss for epoch in other.epochs]
    assert compared_settings(record) == compared_settings(other)


def test_fast_dev_run_draws_nothing(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL, "--scores", "--trainer.fast_dev_run=true")
    assert outcome.code == 0, outcome.err
    assert "Scores of" not in outcome.out
    assert list(tmp_path.iterdir()) == []


def test_run_without_a_folder_is_told_that_there_is_no_place(tmp_path: Path) -> None:
    nothing_kept = ["--trainer.logger=false", "--trainer.enable_checkpointing=false"]
    outcome = call(tmp_path, "fit", *SMALL, "--scores", *nothing_kept)
    assert outcome.code == 2
    said = outcome.err.splitlines()[-1]
    assert said.startswith("Error: ScoreCurves: there is no notebook, no window, no TensorBoard and no folder")


def test_config_of_a_watched_run_is_taken_by_every_command(tmp_path: Path) -> None:
    assert call(tmp_path, "fit", *SMALL, "--scores").code == 0
    (run,) = runs(tmp_path)
    config = str(run.relative_to(tmp_path) / "config.yaml")
    for command in (["test", "--ckpt_path=last"], ["summary"]):
        outcome = call(tmp_path, command[0], "--config", config, *command[1:])
        assert outcome.code == 0, outcome.err
        assert "Scores of" not in outcome.out
