"""Data that some processes of a training can get, and others cannot."""

from __future__ import annotations

import os
from pathlib import Path

from mnist_lab.data import Digits, Samples
from mnist_lab.errors import DataUnavailableError


class Moody(Digits):
    """The digits, to be had only where LOCAL_RANK is the one given; each process leaves a file that tells its data."""

    def __init__(self, rank: int) -> None:
        super().__init__()
        self.rank = rank

    @property
    def name(self) -> str:
        return "Moody"

    def prepare(self) -> None:
        if int(os.environ.get("LOCAL_RANK", "0")) != self.rank:
            raise DataUnavailableError("Moody: its mirror does not answer.")

    def load(self) -> tuple[Samples, Samples]:
        Path(f"moody-{os.environ.get('LOCAL_RANK', '0')}").touch()
        return super().load()
