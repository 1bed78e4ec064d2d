"""fit under DDP with two processes on the CPU: one folder, one record, every sample once, and the same data in both."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mnist_lab.runs.record import read_record
from tests.commands.program import fit

CHECKOUT = Path(__file__).resolve().parents[2]
LIGHTNING = ("-m", "mnist_lab")
TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m", "mnist_lab")

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="gloo's rendezvous needs a network name on Windows"),
    pytest.mark.timeout(120),
]


def fit_in_two_processes(
    folder: Path, *args: str, launcher: tuple[str, ...] = LIGHTNING
) -> subprocess.CompletedProcess[str]:
    fit = ["fit", "--config", "fc.yaml", "--model.hidden=[8]", "--trainer.max_epochs", "2", *args]
    ddp = ["--trainer.accelerator", "cpu", "--trainer.devices", "2", "--trainer.strategy", "ddp"]
    return subprocess.run(
        [sys.executable, *launcher, *fit, *ddp],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )


def moody(rank: int) -> list[str]:
    """Data that only the process of that rank can get."""
    return ["--data.source", "tests.commands.moody_source.Moody", f"--data.source.rank={rank}"]


def test_two_processes_train_together(tmp_path: Path) -> None:
    done = fit_in_two_processes(tmp_path, "--data.source", "Digits")
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


@pytest.mark.parametrize(
    "launcher",
    [pytest.param(LIGHTNING, marks=pytest.mark.slow, id="lightning"), pytest.param(TORCHRUN, id="torchrun")],
)
def test_data_that_the_first_process_cannot_get_are_used_by_none(launcher: tuple[str, ...], tmp_path: Path) -> None:
    done = fit_in_two_processes(tmp_path, *moody(rank=1), launcher=launcher)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("This run does NOT use Moody.") == 1
    assert list(tmp_path.glob("moody-*")) == []
    (run,) = (tmp_path / "tb_logs" / "fc-digits").iterdir()
    assert read_record(run).data["fell_back"] is True


@pytest.mark.slow
def test_data_that_only_the_first_process_can_get_are_refused_by_the_other(tmp_path: Path) -> None:
    done = fit_in_two_processes(tmp_path, *moody(rank=0), launcher=TORCHRUN)
    assert done.returncode == 1
    assert "Error: Moody: its mirror does not answer." in done.stderr
    assert "This run does NOT use" not in done.stderr
    assert list(tmp_path.glob("moody-1")) == []


@pytest.mark.slow
def test_newest_checkpoint_is_the_one_that_the_first_process_has_found(tmp_path: Path) -> None:
    late = ["--data.source", "tests.commands.late_run_source.LateRun"]
    before = fit(tmp_path, *late)
    done = fit_in_two_processes(tmp_path, *late, "--ckpt_path=last")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Checkpoint: ") == 1
    (run,) = set(before.parent.iterdir()) - {before, before.with_name("9999-01-01_00-00-00")}
    record = read_record(run)
    assert record.resumed_from == str(before.relative_to(tmp_path) / "checkpoints" / "last.ckpt")
    assert [epoch.steps for epoch in record.epochs] == [22, 33]


@pytest.mark.slow
def test_newest_checkpoint_that_is_not_there_is_refused_in_all_processes(tmp_path: Path) -> None:
    done = fit_in_two_processes(tmp_path, "--data.source", "Digits", "--ckpt_path=last", launcher=TORCHRUN)
    assert done.returncode == 1
    assert done.stderr.count("has left a checkpoint; train first") == 2
