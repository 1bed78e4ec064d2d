"""The idx format."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mnist_lab.data.idx import parse_idx
from mnist_lab.errors import DataError
from tests.data.idx_files import idx_bytes

PATH = Path("some-idx")


def parse(content: bytes) -> list[object]:
    parsed: list[object] = parse_idx(np.frombuffer(bytearray(content), dtype=np.uint8), PATH).tolist()
    return parsed


def test_idx_gives_back_the_array() -> None:
    array = np.arange(24).reshape(2, 3, 4)
    assert parse(idx_bytes(array)) == array.tolist()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "does not begin like an idx file"),
        (b"\x1f\x8b\x08\x01" + bytes(8), "does not begin like an idx file"),
        (bytes([0, 0, 0x0D, 1]) + bytes(8), "does not begin like an idx file"),
        (bytes([0, 0, 8, 3]) + bytes(6), "10 bytes, and the header alone takes 16"),
        (idx_bytes(np.arange(5))[:-1], "12 bytes where its header says 13"),
        (idx_bytes(np.arange(5)) + b"x", "14 bytes where its header says 13"),
    ],
)
def test_damaged_idx_is_named(content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=f"some-idx is damaged: .*{message}"):
        parse(content)
