"""What a restored ModelCheckpoint may remember, without a training: whole ones are in tests/faults."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from lightning.pytorch.callbacks import ModelCheckpoint

from mnist_lab.callbacks import OwnCheckpoints

SCORE = torch.tensor(0.5)


def keeper(folder: Path | str, **memory: Any) -> ModelCheckpoint:
    callback = ModelCheckpoint(dirpath=folder, monitor="val/loss")
    for name, value in memory.items():
        setattr(callback, name, value)
    return callback


def remembered(path: Any) -> dict[str, Any]:
    return {"best_k_models": {path: SCORE}, **dict.fromkeys(("best_model_path", "kth_best_model_path"), path)}


def look_at(callback: ModelCheckpoint) -> None:
    trainer: Any = SimpleNamespace(checkpoint_callbacks=[callback], is_global_zero=True)
    OwnCheckpoints().on_fit_start(trainer, None)  # type: ignore[arg-type]


def test_files_in_its_folder_are_kept_in_mind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inside = str(tmp_path / "deeper" / "best.ckpt")
    callback = keeper(tmp_path, **remembered(inside), last_model_path=str(tmp_path / "last.ckpt"))
    look_at(callback)
    assert callback.best_k_models == {inside: SCORE}
    assert (callback.best_model_path, callback.last_model_path) == (inside, str(tmp_path / "last.ckpt"))
    assert capsys.readouterr().err == ""


def test_files_in_its_folder_on_another_file_system_are_kept_in_mind() -> None:
    callback = keeper("memory://runs", **remembered("memory://runs/best.ckpt"))
    look_at(callback)
    assert callback.best_model_path == "memory://runs/best.ckpt"


@pytest.mark.parametrize(
    "path",
    ["{folder}/../other.ckpt", "/other.ckpt", "local://{folder}/best.ckpt", "memory://other/best.ckpt", "a\0b", 5],
)
@pytest.mark.parametrize("name", ["best_k_models", "kth_best_model_path", "last_model_path"])
def test_files_elsewhere_are_forgotten_with_a_line(
    name: str, path: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = path.format(folder=tmp_path) if isinstance(path, str) else path
    best = str(tmp_path / "best.ckpt")
    memory = remembered(best) | {name: {best: SCORE, path: SCORE} if name == "best_k_models" else path}
    callback = keeper(tmp_path, **memory, best_model_score=SCORE)
    look_at(callback)
    assert callback.best_k_models == {}
    paths = (callback.best_model_path, callback.kth_best_model_path, callback.last_model_path)
    assert paths == ("", "", "")
    assert callback.best_model_score is None
    assert f"cannot be that ({path!r}); they are left alone" in capsys.readouterr().err


def test_address_that_climbs_is_forgotten() -> None:
    callback = keeper("memory://runs", **remembered("memory://runs/../other.ckpt"))
    look_at(callback)
    assert callback.best_model_path == ""


@pytest.mark.parametrize(("former", "says"), [("/former/best.ckpt", False), ("local:///former/best.ckpt", True)])
def test_best_file_of_a_former_run_is_forgotten_without_a_line(
    former: str, says: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    callback = keeper(tmp_path, best_model_path=former)
    look_at(callback)
    assert callback.best_model_path == ""
    assert ("cannot be that" in capsys.readouterr().err) == says


@pytest.mark.parametrize("scores", [None, ["a"], "{best: None}", "{best: two}", "{}"])
def test_scores_that_are_none_are_forgotten(scores: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    best = str(tmp_path / "best.ckpt")
    made = {"{best: None}": {best: None}, "{best: two}": {best: torch.zeros(2)}, "{}": {}}
    memory = remembered(best) | {"best_k_models": made.get(scores, scores) if isinstance(scores, str) else scores}
    callback = keeper(tmp_path, **memory)
    look_at(callback)
    assert (callback.best_k_models, callback.best_model_path) == ({}, "")
    assert "cannot be that" in capsys.readouterr().err
