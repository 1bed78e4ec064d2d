"""A clock that a test moves on."""

from __future__ import annotations

OTHER_WORK_S = 1000.0


class Clock:
    """Stands still until told otherwise."""

    def __init__(self) -> None:
        self.now_s = 50.0

    def __call__(self) -> float:
        return self.now_s

    def pass_by(self, seconds: float = OTHER_WORK_S) -> None:
        self.now_s += seconds
