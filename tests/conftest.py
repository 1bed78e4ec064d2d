"""Fixtures that all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]


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
