"""Two processes of one training: every sample once an epoch, one set of logs, and the end of one ends the other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from mnist_lab import ClassificationDataModule, Digits
from mnist_lab.runs.record import read_record
from tests.commands.program import runs
from tests.faults.noting_samples import name_of
from tests.faults.processes import SMALL_FIT, start

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform == "win32", reason="gloo's rendezvous needs a network name on Windows"),
]
BOTH_END_WITHIN_S = 30


def two_processes(folder: Path, *args: str) -> subprocess.Popen[str]:
    (folder / "seen").mkdir()
    noting = [
        "--trainer.callbacks+=tests.faults.noting_samples.NotingSamples",
        f"--trainer.callbacks.folder={folder / 'seen'}",
    ]
    ddp = ["--trainer.accelerator=cpu", "--trainer.devices=2", "--trainer.strategy=ddp"]
    return start(folder, *SMALL_FIT, *ddp, *noting, *args)


def test_each_epoch_sees_every_sample_once_and_there_is_one_set_of_logs(tmp_path: Path) -> None:
    process = two_processes(tmp_path, "--trainer.max_epochs=3")
    out, err = process.communicate(timeout=200)
    assert process.returncode == 0, err
    data = ClassificationDataModule(Digits())
    data.setup("fit")
    expected = Counter(name_of(sample) for inputs, _ in data.train_dataloader() for sample in inputs)
    for epoch in range(3):
        files = sorted((tmp_path / "seen").glob(f"{epoch}-*.txt"))
        assert len(files) == 2
        seen = Counter(line for file in files for line in file.read_text(encoding="utf-8").split())
        assert not expected - seen
        # Of an odd number of samples one is seen twice, so that both processes have as many steps.
        assert sum((seen - expected).values()) == expected.total() % 2
    (run,) = runs(tmp_path)
    assert read_record(run).status == "completed"
    # A name ends in the writer's process and its number.
    assert len({path.name.split(".")[-2] for path in run.glob("events.out.tfevents.*")}) == 1
    assert out.count("look at them with") == 1


@pytest.mark.parametrize("rank", [0, 1])
def test_killed_process_ends_the_other(rank: int, tmp_path: Path) -> None:
    process = two_processes(tmp_path, "--trainer.max_epochs=100000")
    files = [tmp_path / "seen" / f"{each}.pid" for each in (0, 1)]
    deadline = time.monotonic() + 100
    while not all(file.is_file() and file.read_text(encoding="utf-8") for file in files):
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    numbers = [int(file.read_text(encoding="utf-8")) for file in files]
    os.kill(numbers[rank], signal.SIGKILL)
    process.communicate(timeout=BOTH_END_WITHIN_S)
    assert process.returncode != 0
    other = numbers[1 - rank]
    deadline = time.monotonic() + BOTH_END_WITHIN_S
    while alive(other):
        assert time.monotonic() < deadline, f"rank {1 - rank} lives on"
        time.sleep(0.1)


def alive(number: int) -> bool:
    """Return whether the process runs; a dead one that nobody has waited for does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
