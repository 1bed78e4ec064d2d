"""fit under DDP with two processes on the CPU: one folder, one record, every sample once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mnist_lab.runs.record import read_record

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(sys.platform == "win32", reason="gloo's rendezvous needs a network name on Windows")
@pytest.mark.timeout(120)
def test_two_processes_train_together(tmp_path: Path) -> None:
    fit = ["fit", "--config", "fc.yaml", "--data.source", "Digits", "--model.hidden=[8]", "--trainer.max_epochs", "2"]
    ddp = ["--trainer.accelerator", "cpu", "--trainer.devices", "2", "--trainer.strategy", "ddp"]
    done = subprocess.run(
        [sys.executable, "-m", "mnist_lab", *fit, *ddp],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("One step at a time, which is slower: several processes train together.") == 1
    assert done.stdout.count("look at them with") == 1
    (run,) = (tmp_path / "tb_logs" / "fc-digits").iterdir()
    record = read_record(run)
    assert record.status == "completed"
    # 1,373 samples: 687 for each process, in batches of 64.
    assert [epoch.steps for epoch in record.epochs] == [11, 22]
    assert (run / "config.yaml").is_file()
    assert (run / "checkpoints" / "last.ckpt").is_file()
