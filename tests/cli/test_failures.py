"""How runs end that go wrong amid training: exit code, one message, the logs kept."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import torch
from lightning.pytorch import Callback, LightningModule, Trainer

from mnist_lab.cli.configs import find_config
from mnist_lab.cli.failures import exit_code_of
from mnist_lab.cli.tracebacks import users_place
from mnist_lab.errors import Terminated
from mnist_lab.runs.record import read_record
from tests.commands.program import SMALL, call, only_record, runs
from tests.conftest import CHECKOUT


class OutOfMemory(Callback):
    """Raises what PyTorch's allocator raises, amid the second epoch."""

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: object, batch_idx: int) -> None:
        if trainer.current_epoch == 1 and batch_idx == 3:
            raise torch.OutOfMemoryError(
                "CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of"
            )


class Broken(Callback):
    """A mistake in somebody's code."""

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: object, batch_idx: int) -> None:
        raise LookupError("a mistake in the code")


class Waiting(Callback):
    """Says that the second epoch is under way, and waits to be stopped."""

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: object, batch_idx: int) -> None:
        if trainer.current_epoch == 1 and batch_idx == 3:
            sys.stdout.write("WAITING\n")
            sys.stdout.flush()
            time.sleep(60)


class StopsInTheFirstEpoch(Callback):
    """Stops the program as Ctrl+C does."""

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: object, batch_idx: int) -> None:
        signal.raise_signal(signal.SIGINT)


def callback(kind: type[Callback]) -> str:
    return f"--trainer.callbacks+={kind.__module__}.{kind.__name__}"


def test_cuda_out_of_memory_is_code_3(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL, "--trainer.max_epochs=2", callback(OutOfMemory))
    assert outcome.code == 3
    said = outcome.err[outcome.err.index("CUDA out of memory.") :]
    assert said.startswith("CUDA out of memory. A request for 20.0 MiB did not fit.")
    assert "a smaller batch size" in said
    assert "Traceback" not in outcome.err
    record = only_record(tmp_path)
    assert (record.status, len(record.epochs)) == ("out_of_memory", 1)
    assert record.message is not None
    assert record.message.startswith("CUDA out of memory.")
    assert record.ended is not None
    assert torch.load(runs(tmp_path)[0] / "checkpoints" / "last.ckpt", weights_only=True)["epoch"] == 0


def test_diverged_loss_names_the_epoch_and_keeps_the_logs(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL, "--optimizer=SGD", "--optimizer.lr=1e30")
    assert outcome.code == 1
    line = outcome.err.splitlines()[-1]
    assert line.startswith("Error: The training loss became nan in epoch 0 (step 22); lower the learning rate")
    assert "Traceback" not in outcome.err
    record = only_record(tmp_path)
    assert record.status == "diverged"
    assert record.message == line.removeprefix("Error: ")
    (run,) = runs(tmp_path)
    assert {"config.yaml", "record.json"} <= {path.name for path in run.iterdir()}
    assert list(run.glob("events.out*"))


def test_verbose_shows_where_the_loss_diverged(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL, "--optimizer=SGD", "--optimizer.lr=1e30", "--verbose")
    assert outcome.code == 1
    assert "Traceback (most recent call last):" in outcome.err
    assert outcome.err.splitlines()[-1].startswith("Error: The training loss became nan")


def test_mistake_in_the_users_code_is_one_line_and_a_file_in_the_runs_folder(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL, callback(Broken))
    assert outcome.code == 1
    (run,) = runs(tmp_path)
    (file,) = run.glob("mnist_lab-*.txt")
    line = outcome.err.splitlines()[-1]
    assert re.fullmatch(
        r"Error: LookupError in your own code \(test_failures\.py:\d+\): a mistake in the code\. "
        rf"The traceback is in {re.escape(str(file))}\.",
        line,
    )
    assert "Traceback" not in outcome.err
    text = file.read_text(encoding="utf-8")
    assert text.startswith("Traceback (most recent call last):")
    assert text.endswith("LookupError: a mistake in the code\n")
    record = read_record(run)
    assert (record.status, record.message) == ("failed", "a mistake in the code")


def test_verbose_shows_the_traceback_in_place_of_the_file(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL, callback(Broken), "--verbose")
    assert outcome.code == 1
    assert outcome.err.count("Traceback (most recent call last):") == 1
    assert outcome.err.splitlines()[-1].endswith(": a mistake in the code. The traceback stands above.")
    assert list(tmp_path.rglob("mnist_lab-*.txt")) == []


def test_our_own_mistake_is_one_line_and_a_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def mistake(*_: object) -> None:
        raise KeyError("not there\nand more")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("mnist_lab.commands.doctor.examine", mistake)
    monkeypatch.setattr("mnist_lab.cli.failures.users_place", lambda error: None)
    outcome = call(tmp_path, "doctor")
    (file,) = tmp_path.iterdir()
    assert outcome.code == 1
    assert outcome.err == (
        "Error: this is an error of mnist_lab, not of yours: KeyError: 'not there\\nand more'. The traceback is in "
        f"{file}. Please report it with that.\n"
    )
    assert file.name.startswith("mnist_lab-")
    assert "KeyError: 'not there" in file.read_text(encoding="utf-8")


def test_no_room_for_the_traceback_is_no_second_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "there is none"))
    monkeypatch.setattr("mnist_lab.commands.doctor.examine", lambda root: 1 / 0)
    outcome = call(tmp_path, "doctor")
    assert outcome.code == 1
    assert "ZeroDivisionError" in outcome.err
    assert outcome.err.endswith("division by zero. --verbose shows the traceback.\n")


def test_code_that_a_users_own_code_calls_is_to_blame_for_its_own_mistakes() -> None:
    with pytest.raises(TypeError) as caught:
        find_config(None)  # type: ignore[arg-type]
    assert users_place(caught.value) is None
    with pytest.raises(json.JSONDecodeError) as caught_inside:
        json.loads("{")
    assert users_place(caught_inside.value) == f"test_failures.py:{caught_inside.traceback[0].lineno + 1}"


def test_reader_that_has_gone_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("mnist_lab.commands.doctor.examine", gone)
    with pytest.raises(BrokenPipeError):  # which run() ends without a word
        call(tmp_path, "doctor")


def test_stop_in_the_first_epoch_says_that_no_checkpoint_was_saved(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", *SMALL, callback(StopsInTheFirstEpoch))
    assert outcome.code == 130
    assert outcome.err.splitlines()[-2:] == [
        "Stopped from the keyboard.",
        "No checkpoint of this run was saved yet; the same command starts it again.",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="neither signal can be sent to another process on Windows")
@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (signal.SIGINT, 130, "Stopped from the keyboard."),
        (signal.SIGTERM, 143, "Stopped by the system (SIGTERM)."),
    ],
)
def test_signal_stops_at_once_and_keeps_everything(number: int, code: int, said: str, tmp_path: Path) -> None:
    # A shell that starts tests in the background lets them ignore SIGINT; a terminal does not.
    start = "import signal; signal.signal(2, signal.default_int_handler); from mnist_lab.main import run; run()"
    process = subprocess.Popen(
        [sys.executable, "-c", start, "fit", *SMALL, "--trainer.max_epochs=3", callback(Waiting)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line == "WAITING\n":
            break
    process.send_signal(number)
    sent_s = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - sent_s < 5
    assert process.returncode == code
    assert [line for line in err.splitlines() if not line.startswith(("CudaMemoryGuard: ", "One step at a time"))] == [
        said,
        "This goes on: lightning fit " + shlex.join([*SMALL, "--trainer.max_epochs=3", callback(Waiting)]) + " "
        "--ckpt_path last",
    ]
    assert out == ""
    record = only_record(tmp_path)
    assert (record.status, record.message) == ("interrupted", said)
    assert [epoch.epoch for epoch in record.epochs] == [0]
    for path in (runs(tmp_path)[0] / "checkpoints").iterdir():
        assert torch.load(path, weights_only=True)["epoch"] == 0
    resumed = call(tmp_path, "fit", *SMALL, "--trainer.max_epochs=2", "--ckpt_path=last")
    assert resumed.code == 0, resumed.err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "Stopped from the keyboard.\n"),
        (
            # str(OSError) of WinError 126, as torch raises it where Microsoft's C++ runtime is not installed.
            OSError(
                22, 'The specified module could not be found. Error loading "C:\\torch\\lib\\c10.dll" or one of its'
            ),
            1,
            "Error: A library cannot be loaded: [Errno 22] The specified module could not be found. Error loading "
            '"C:\\torch\\lib\\c10.dll" or one of its. Install Microsoft\'s Visual C++ Redistributable '
            "(https://aka.ms/vs/17/release/vc_redist.x64.exe), open a new terminal, and start again.\n",
        ),
        (
            ImportError("DLL load failed while importing _multiarray_umath: The specified module could not be found."),
            1,
            "Error: A library cannot be loaded: DLL load failed while importing _multiarray_umath",
        ),
        (
            FileNotFoundError(2, "No such file or directory", "tb_logs/a/last.ckpt"),
            1,
            "Error: tb_logs/a/last.ckpt is not there: the file or its folder was removed or moved while the program "
            "ran. Start it again, ",
        ),
        (
            OSError(28, "No space left on device"),
            1,
            "Error: a file cannot be read or written: No space left on device. ",
        ),
        (Terminated(), 143, "Stopped by the system (SIGTERM).\n"),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"), 3, "CUDA out of memory. A request"),
    ],
)
def test_exit_code_of(error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code_of(error, verbose=False) == code
    assert capsys.readouterr().err.startswith(said)
