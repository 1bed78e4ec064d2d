"""fit, compare and sweep are stopped at random moments: each ends soon, with its exit code, and leaves whole files."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT
from tests.faults.whole_files import check_whole

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(sys.platform == "win32", reason="neither signal can be sent to another process on Windows"),
]
STOPS = int(os.environ.get("MNIST_LAB_STOPS", "1"))
"""Of each command by each signal."""
MOST_S = 5.0
LONG = ("--data.source=Digits", "--model.hidden=[8]", "--trainer.max_epochs=500")
SWEEP = """\
config: fc.yaml
settings: {data.source: Digits, trainer.max_epochs: 10, model.hidden: [8]}
parameters:
  optimizer.lr: {low: 0.0001, high: 0.1, log: true}
sampler: random
trials: 300
"""
COMMANDS = {
    "fit": ("fit", "--config=fc.yaml", *LONG),
    "compare": ("compare", "one.yaml", "other.yaml", "--repeats=50"),
    "sweep": ("sweep", "many.yaml"),
}
ONE = """\
model: {{class_path: FC, init_args: {{hidden: [{width}]}}}}
data: {{source: Digits}}
trainer: {{max_epochs: 50}}
"""
# A shell that starts tests in the background lets them ignore SIGINT; a terminal does not.
START = "import signal; signal.signal(2, signal.default_int_handler); from mnist_lab.main import run; run()"


def wait_for_a_run(folder: Path, process: subprocess.Popen[str]) -> None:
    while process.poll() is None and not list(folder.glob("tb_logs/*/*/record.json")):
        time.sleep(0.05)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["SIGTERM", "SIGINT"])
@pytest.mark.parametrize("command", COMMANDS)
def test_stopped_at_random_moments(command: str, number: int, code: int, tmp_path: Path) -> None:
    chance = random.Random(f"{command} {number}")
    longest_s, files = 0.0, 0
    for stop in range(STOPS):
        folder = tmp_path / f"stop-{stop}"
        folder.mkdir()
        (folder / "many.yaml").write_text(SWEEP, encoding="utf-8")
        for name, width in (("one", 8), ("other", 16)):
            (folder / f"{name}.yaml").write_text(ONE.format(width=width), encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-c", START, *COMMANDS[command]],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONIOENCODING": "utf-8", "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        # Half of them while it imports and parses, half while it trains.
        if stop % 2 == 0:
            wait_for_a_run(folder, process)
        time.sleep(chance.uniform(0.5, 3))
        assert process.poll() is None, process.communicate()[1]
        process.send_signal(number)
        sent_s = time.monotonic()
        _, err = process.communicate(timeout=60)
        took_s = time.monotonic() - sent_s
        assert process.returncode == code, err
        assert took_s < MOST_S, err
        assert "Traceback" not in err
        longest_s, files = max(longest_s, took_s), files + check_whole(folder / "tb_logs")
    sys.stdout.write(
        f"{STOPS} × {command}, {signal.Signals(number).name}: at most {longest_s:.1f} s, {files} files whole\n"
    )
