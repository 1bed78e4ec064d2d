"""A run's folder that goes away, or refuses to be written, in mid-run: one line and exit code 1."""

from __future__ import annotations

import errno
import io
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from lightning.pytorch import Callback, LightningModule, Trainer

from tests.commands.program import SMALL, call, runs

REAL_OPEN = io.open


class Loses(Callback):
    """Takes the run's folder away in the second epoch."""

    def __init__(self, how: str) -> None:
        self.how = how

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if trainer.current_epoch == 1:
            folder = Path(str(trainer.log_dir))
            if self.how == "moved":
                folder.rename(folder.with_name("elsewhere"))
                return
            if self.how == "without its record":
                (folder / "record.json").unlink()
                return
            shutil.rmtree(folder)
            if self.how == "replaced":
                folder.touch()


def only_line(err: str) -> str:
    assert "Traceback" not in err
    (line,) = [line for line in err.splitlines() if not line.startswith("CudaMemoryGuard: ")]
    return line


@pytest.mark.parametrize("how", ["removed", "moved", "replaced"])
def test_folder_that_goes_away_is_one_line(how: str, tmp_path: Path) -> None:
    loses = [f"--trainer.callbacks+={__name__}.Loses", f"--trainer.callbacks.how={how}"]
    outcome = call(tmp_path, "fit", *SMALL, "--trainer.max_epochs=4", *loses)
    assert outcome.code == 1
    line = only_line(outcome.err)
    assert line.startswith("Error: ")
    assert str(Path("tb_logs", "fc-digits")) in line
    assert "was removed or moved while the" in line
    assert "Make room" not in line
    assert [run.name for run in runs(tmp_path)] == (["elsewhere"] if how == "moved" else [])


def test_record_that_goes_away_is_named_and_no_folder_is_said_to_be_gone(tmp_path: Path) -> None:
    loses = [f"--trainer.callbacks+={__name__}.Loses", "--trainer.callbacks.how=without its record"]
    outcome = call(tmp_path, "fit", *SMALL, "--trainer.max_epochs=3", *loses)
    assert outcome.code == 1
    line = only_line(outcome.err)
    assert line.startswith("Error: The run's record tb_logs")
    assert "record.json is gone: the file or its folder was removed or moved while the run went on" in line


class Refuses(Callback):
    """Makes the run's folder refuse every file from the second epoch on, as a read-only one does."""

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if trainer.current_epoch == 1:
            folder = str(trainer.log_dir)

            def opened(file: Any, mode: str = "r", *args: Any, **named: Any) -> Any:
                path = os.fsdecode(file) if isinstance(file, (str, bytes, os.PathLike)) else ""
                if folder in path and mode.strip("bt") != "r":
                    raise PermissionError(errno.EACCES, "Permission denied", path)
                return REAL_OPEN(file, mode, *args, **named)

            io.open = opened


def test_folder_that_becomes_read_only_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(io, "open", REAL_OPEN)  # given back at the end
    outcome = call(tmp_path, "fit", *SMALL, "--trainer.max_epochs=4", f"--trainer.callbacks+={__name__}.Refuses")
    assert outcome.code == 1
    assert "Permission denied" in only_line(outcome.err)
