"""Fixtures that all tests share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
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


@pytest.fixture(scope="session")
def mnist_root() -> str:
    """The data root that holds the real MNIST; without one the test is skipped, and fails on CI."""
    named = os.environ.get("MNIST_LAB_DATA")
    candidates = [Path(named)] if named else []
    candidates += [CHECKOUT / "data", CHECKOUT.parent / "shared" / "data"]
    for root in candidates:
        if (root / "MNIST" / "raw" / "train-images-idx3-ubyte").is_file():
            return str(root)
    message = f"MNIST is in none of {', '.join(map(str, candidates))}; set MNIST_LAB_DATA to its root."
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    """A headless Chromium; missing on CI is a failure, elsewhere a skip."""
    from selenium import webdriver

    program, control = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or control is None:
        message = "Chromium and chromedriver are not installed (Debian: apt-get install chromium chromium-driver)."
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (*BROWSER_FLAGS, "--window-size=1000,1400", f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(control))
    yield driver
    driver.quit()
