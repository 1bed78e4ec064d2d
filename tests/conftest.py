"""Fixtures that all tests share."""

from __future__ import annotations

import math
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
MOST_WORKERS = 4  # each, and the program that it starts, loads torch: 1 GB and more together
STRICT = "MNIST_LAB_STRICT"
BROWSER_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


if "PYTEST_XDIST_WORKER" in os.environ:
    # Before torch is imported, here and in the programs that tests start: the workers share the cores.
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_xdist_auto_num_workers() -> int:
    """Say how many processes run the tests: one a core, but where there is an NVIDIA GPU none beside this one.

    Tests that measure a GPU's memory share it with nobody.
    """
    gpu = shutil.which("nvidia-smi") is not None
    return 0 if gpu else min(os.cpu_count() or 1, MOST_WORKERS)


def missing(message: str) -> NoReturn:
    """Skip a test that lacks something to be installed or downloaded; where nothing may be missing, fail it.

    Args:
        message: What is missing and how to get it.
    """
    if os.environ.get(STRICT) == "1":
        pytest.fail(f"{message} ({STRICT}=1: nothing may be missing.)")
    pytest.skip(message)


@pytest.fixture(scope="session", autouse=True)
def _undisturbed() -> Iterator[None]:
    """Have no epoch measured for what other programs do: the tests beside this one would have runs trained again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mnist_lab.runs.processor_load.SHORTEST_CORES_S", math.inf)
        yield


@pytest.fixture(autouse=True)
def _no_modules_of_another_test() -> Iterator[None]:
    """Forget one's own networks that a test has imported: the next test has others under the same names."""
    path = list(sys.path)
    yield
    modules = sys.modules.get("mnist_lab.training.user_modules")
    if modules is not None and modules._imported:
        for name in modules._imported:
            sys.modules.pop(name, None)
        modules._imported.clear()
        sys.path[:] = path


@pytest.fixture(scope="session")
def mnist_root() -> str:
    """The data root that holds the real MNIST."""
    named = os.environ.get("MNIST_LAB_DATA")
    candidates = [Path(named)] if named else []
    candidates += [CHECKOUT / "data", CHECKOUT.parent / "shared" / "data"]
    for root in candidates:
        if (root / "MNIST" / "raw" / "train-images-idx3-ubyte").is_file():
            return str(root)
    missing(f"MNIST is in none of {', '.join(map(str, candidates))}; set MNIST_LAB_DATA to its root.")


@pytest.fixture
def unrendered_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have reports drawn and not made into pictures, which takes most of a report's time: for tests that see none."""

    def empty(figure: Any, stem: str) -> dict[str, bytes]:
        return {
            f"{stem}.png": f"{stem} as pixels".encode(),
            f"{stem}.svg": f"<svg><title>{stem}</title></svg>".encode(),
        }

    for room in ("run_report", "sweep.sweep_report"):
        monkeypatch.setattr(f"mnist_lab.reports.{room}.figure_files", empty)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    """A headless Chromium."""
    from selenium import webdriver

    program, control = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or control is None:
        missing("Chromium and chromedriver are not installed (Debian: apt-get install chromium chromium-driver).")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (*BROWSER_FLAGS, "--window-size=1000,1400", f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(control))
    yield driver
    driver.quit()
