"""Fixtures that all tests share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
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


def missing(message: str) -> NoReturn:
    """Skip a test that lacks something to be installed or downloaded; where nothing may be missing, fail it.

    Args:
        message: What is missing and how to get it.
    """
    if os.environ.get(STRICT) == "1":
        pytest.fail(f"{message} ({STRICT}=1: nothing may be missing.)")
    pytest.skip(message)


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
