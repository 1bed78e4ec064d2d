"""Damaged copies of MNIST's files: each is refused, and named."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mnist_lab.data import MNIST
from mnist_lab.data.idx import parse_idx
from mnist_lab.errors import DataError, DataUnavailableError
from tests.data.idx_files import NAMES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
COPIES = int(os.environ.get("MNIST_LAB_DAMAGED_COPIES", "100"))


def flip(content: bytearray, chance: random.Random) -> None:
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def flip_in_the_head(content: bytearray, chance: random.Random) -> None:
    content[chance.randrange(8)] ^= 1 << chance.randrange(8)


def cut(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(len(content)) :]


def lengthen(content: bytearray, chance: random.Random) -> None:
    content += bytes(chance.randrange(1, 5000))


def empty(content: bytearray, chance: random.Random) -> None:
    content.clear()


def page_of_a_login(content: bytearray, chance: random.Random) -> None:
    content[:] = b"<html><title>Login</title></html>"


def zeroes(content: bytearray, chance: random.Random) -> None:
    """A power cut leaves a file's length without its content."""
    begin = chance.randrange(len(content) - 4096)
    content[begin : begin + 4096] = b"\x00" * 4096 if any(content[begin : begin + 4096]) else b"\x01" * 4096


DAMAGES: list[Callable[[bytearray, random.Random], None]] = [
    flip,
    flip_in_the_head,
    cut,
    lengthen,
    empty,
    page_of_a_login,
    zeroes,
]
SEEN_WITHOUT_MD5 = (flip_in_the_head, cut, lengthen, empty, page_of_a_login)
"""What the format alone tells: its head says how long the file is."""


@pytest.fixture
def copy(mnist_root: str, tmp_path: Path) -> Path:
    """MNIST's folder."""
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in NAMES:
        shutil.copyfile(Path(mnist_root, "MNIST", "raw", name), raw / name)
    return raw


def test_damaged_copies_are_refused_by_name(copy: Path, tmp_path: Path) -> None:
    chance = random.Random(2026)
    MNIST(str(tmp_path), mirrors=[]).prepare()
    for number in range(COPIES):
        (name,) = chance.choices(NAMES, weights=(1, 3, 3, 3))  # the first has 47 MB
        damage = DAMAGES[number % len(DAMAGES)]
        sound = (copy / name).read_bytes()
        content = bytearray(sound)
        damage(content, chance)
        (copy / name).write_bytes(content)
        what = f"{number}: {damage.__name__} of {name}"
        with pytest.raises(DataError) as refusal:
            MNIST(str(tmp_path), mirrors=[]).prepare()
        assert not isinstance(refusal.value, DataUnavailableError), what  # no fallback steps in
        assert name in str(refusal.value), what
        assert "\n" not in str(refusal.value), what
        with pytest.raises(DataError, match=name):
            MNIST(str(tmp_path), mirrors=[]).load()
        if damage in SEEN_WITHOUT_MD5:
            with pytest.raises(DataError, match=name):
                parse_idx(np.frombuffer(bytes(content), np.uint8), copy / name)
        assert (copy / name).read_bytes() == content, what
        (copy / name).write_bytes(sound)
    MNIST(str(tmp_path), mirrors=[]).prepare()
    sys.stdout.write(f"{COPIES} damaged copies, each refused by name\n")
