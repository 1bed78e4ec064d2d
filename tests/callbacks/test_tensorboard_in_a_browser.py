"""TensorBoard in a real browser: accuracy, time, accuracy over time and HParams are there, with a run's values."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mnist_lab.runs.record import RunRecord, read_record
from tests.commands.program import fit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
SHOWN_WITHIN_S = 60
# Components keep their text in shadow trees, which the page's own text leaves out.
TEXT_OF_ALL = """
const text = node => node.nodeType === 3 ? node.data + ' '
    : ['STYLE', 'SCRIPT'].includes(node.tagName) ? ''
    : [...(node.shadowRoot ? [node.shadowRoot] : []), ...node.childNodes].map(text).join('');
return text(document.body).split(/\\s+/).join(' ');
"""


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return fit(tmp_path, "--trainer.max_epochs=3")


@pytest.fixture
def address(run: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ["--logdir", str(run.parents[1]), "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen([sys.executable, "-m", "tensorboard.main", *arguments], stderr=subprocess.DEVNULL)
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait(30)


def shown(browser: Any, address: str, found: Callable[[str], bool]) -> str:
    """Return a page's text as soon as it holds what is looked for; TensorBoard fills its pages bit by bit."""
    from selenium.common.exceptions import WebDriverException

    text, opened = "", False
    deadline = time.monotonic() + SHOWN_WITHIN_S
    while not found(text):
        assert time.monotonic() < deadline, text
        time.sleep(0.5)
        try:
            if not opened:
                browser.get(address)
                opened = True
            text = browser.execute_script(TEXT_OF_ALL)
        except WebDriverException:
            opened = False  # the server does not answer yet
    return text


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"(?<![\w.])\d+\.\d+(?![\w.])", text)]


def holds(record: RunRecord) -> Callable[[str], bool]:
    """Return whether a text has the run's own values; TensorBoard rounds to five digits."""
    values = [record.test_accuracy, record.train_s, record.parameters, record.epochs[-1].val_accuracy]

    def found(text: str) -> bool:
        there = numbers(text)
        return all(any(number == pytest.approx(value, rel=1e-4) for number in there) for value in values)

    return found


def test_pages_show_the_runs_own_values(run: Path, address: str, browser: Any) -> None:
    record = read_record(run)
    scalars = shown(browser, f"{address}/#timeseries", lambda text: all(tag in text for tag in ("test", "time", "val")))
    assert "accuracy_vs_time_ms" in scalars
    hparams = shown(browser, f"{address}/#hparams", holds(record))
    assert "time/train_s" in hparams
    title = "accuracy over training time (step axis: training time in ms)"
    shown(browser, f"{address}/#custom_scalars", lambda text: title in text)
