"""A probe of the doctor that fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def raising(error: BaseException) -> Callable[..., Any]:
    def probe(*args: Any) -> Any:
        raise error

    return probe
