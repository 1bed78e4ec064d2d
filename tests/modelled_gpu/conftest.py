"""The fixture that makes modelled machines; where they cannot be had, a test is skipped with the reason, or fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import missing
from tests.modelled_gpu.build import why_not
from tests.modelled_gpu.machine import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Callable[..., Machine]]:
    """Make a modelled machine: ``machine(Gpu(mib=2048, spills=True), platform="WSL2")``; a test may make several."""
    reason = why_not()
    if reason is not None:
        missing(reason)
    made: list[Machine] = []

    def make(*gpus: Any, **more: Any) -> Machine:
        folder = tmp_path / f"machine_{len(made)}"
        folder.mkdir()
        made.append(Machine(folder, *gpus, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()
