"""Checkpoints that name a user's files as those of their run: a training that goes on leaves them where they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from mnist_lab.runs.record import read_record
from tests.commands.program import SMALL, Outcome, call, fit, runs
from tests.faults.hostile import remembering

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Checkpoint directory .* exists and is not empty"),
]

SHORT = "--trainer.limit_train_batches=2"
# What a run keeps by itself; or a user's own, which writes into the same folder each time.
KEEPS = {
    "best and last": (SHORT,),
    "own": (
        *(SHORT, "--trainer.callbacks+=ModelCheckpoint", "--trainer.callbacks.dirpath=kept"),
        *("--trainer.callbacks.monitor=val/loss", "--trainer.callbacks.save_last=true"),
    ),
}
SPELLINGS: dict[str, Callable[[Path], str]] = {
    "absolute": str,
    "upwards": lambda path: f"{path.parent}/kept/../{path.name}",
    "upwards from here": lambda path: f"../work/{path.name}",
    "another file system": lambda path: f"local://{path}",
}
IGNORED = "The checkpoint remembers as files of its run what cannot be that ("


@pytest.fixture(scope="module", params=KEEPS)
def sound(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """How files are kept, and a checkpoint's content."""
    folder = tmp_path_factory.mktemp("trained")
    run = fit(folder, *KEEPS[request.param])
    last = (folder / "kept" if request.param == "own" else run / "checkpoints") / "last.ckpt"
    return request.param, torch.load(last, weights_only=True)


def gone_on(folder: Path, keeps: str, content: dict[str, Any]) -> Outcome:
    torch.save(content, folder / "hostile.ckpt")
    outcome = call(folder, "fit", *SMALL, *KEEPS[keeps], "--trainer.max_epochs=3", "--ckpt_path=hostile.ckpt")
    assert outcome.code == 0, outcome.err
    return outcome


@pytest.mark.parametrize("name", ["notes.txt", "folder"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_files_of_others_are_neither_deleted_nor_copied(
    spelling: str, name: str, sound: tuple[str, dict[str, Any]], tmp_path: Path
) -> None:
    keeps, content = sound
    work = tmp_path / "work"
    (work / "folder").mkdir(parents=True)
    others = [work / "notes.txt", work / "folder" / "notes.txt"]
    for other in others:
        other.write_text("not to be lost", encoding="utf-8")
    outcome = gone_on(work, keeps, remembering(content, SPELLINGS[spelling](work / name), work / "kept"))
    assert [other.read_text(encoding="utf-8") for other in others] == ["not to be lost"] * 2
    assert sorted(work.rglob("notes.txt")) == sorted(others)
    if keeps == "own":
        assert IGNORED in outcome.err
    else:
        assert "does not lie beside hostile.ckpt; the best of the epochs from here on counts." in outcome.err
        (run,) = runs(work)
        assert (run / str(read_record(run).best_checkpoint)).is_file()


@pytest.mark.parametrize("score", [None, "three"])
def test_scores_that_are_none_are_forgotten(score: object, sound: tuple[str, dict[str, Any]], tmp_path: Path) -> None:
    keeps, content = sound
    best = tmp_path / "kept" / "best.ckpt"
    best.parent.mkdir()
    hostile = remembering(content, str(best), best.parent)
    for state in hostile["callbacks"].values():
        if "best_k_models" in state:
            state.update(best_k_models={str(best): score}, best_model_score=score)
    (tmp_path / "best.ckpt").write_text("what a run's own keeper copies", encoding="utf-8")
    assert f"{IGNORED}{score!r})" in gone_on(tmp_path, keeps, hostile).err


@pytest.mark.parametrize("keeps", KEEPS)
def test_resumed_run_says_nothing_of_its_own_files(keeps: str, tmp_path: Path) -> None:
    run = fit(tmp_path, *KEEPS[keeps])
    last = (tmp_path / "kept" if keeps == "own" else run / "checkpoints") / "last.ckpt"
    outcome = call(tmp_path, "fit", *SMALL, *KEEPS[keeps], "--trainer.max_epochs=3", "--ckpt_path", str(last))
    assert outcome.code == 0, outcome.err
    assert IGNORED not in outcome.err
    assert "does not lie beside" not in outcome.err
    if keeps == "own":
        assert len(list(last.parent.glob("epoch=*.ckpt"))) == 1
