"""A long fit: the process's memory stays where it was after its first epochs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from mnist_lab.runs.record import read_record
from tests.commands.program import runs
from tests.faults.memory_notes import STATM
from tests.faults.processes import finished

EPOCHS = int(os.environ.get("MNIST_LAB_EPOCHS", "150"))
SETTLED = 50
MOST_GROWTH_BYTES = 5 * 2**20

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not STATM.is_file(), reason="the process's memory is read from Linux' /proc"),
]


def test_memory_of_many_epochs(tmp_path: Path) -> None:
    notes = ["--trainer.callbacks+=tests.faults.memory_notes.MemoryNotes", "--trainer.callbacks.path=memory.txt"]
    fit = ["fit", "--config=fc.yaml", "--data.source=Digits", "--model.hidden=[8]", f"--trainer.max_epochs={EPOCHS}"]
    code, _, err = finished(tmp_path, *fit, *notes, timeout_s=1500)
    assert code == 0, err
    resident_bytes = [int(line) for line in (tmp_path / "memory.txt").read_text(encoding="ascii").splitlines()]
    (run,) = runs(tmp_path)
    assert len(resident_bytes) == len(read_record(run).epochs) == EPOCHS
    growth_bytes = max(resident_bytes[SETTLED:]) - resident_bytes[SETTLED - 1]
    sys.stdout.write(f"{EPOCHS} epochs: {growth_bytes / 2**20:+.1f} MiB after the first {SETTLED}\n")
    assert growth_bytes < MOST_GROWTH_BYTES
