"""Files whole or not at all: on a full disk, and while another program holds them."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from mnist_lab.atomic_write import HeldError, remove, write_atomically


class Clock:
    """A clock that only ``sleep`` moves, and files that are held until a certain time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, held_until_s: float) -> None:
        self.now_s = 0.0
        self._held_until_s = held_until_s
        monkeypatch.setattr("time.monotonic", lambda: self.now_s)
        monkeypatch.setattr("time.sleep", self._sleep)
        replace, unlink = Path.replace, Path.unlink

        def held_replace(path: Path, target: Path) -> Path:
            self._check()
            return replace(path, target)

        def held_unlink(path: Path, missing_ok: bool = False) -> None:
            if not path.name.endswith(".part"):
                self._check()
            unlink(path, missing_ok)

        monkeypatch.setattr(Path, "replace", held_replace)
        monkeypatch.setattr(Path, "unlink", held_unlink)

    def _sleep(self, seconds: float) -> None:
        self.now_s += seconds

    def _check(self) -> None:
        if self.now_s < self._held_until_s:
            raise PermissionError(errno.EACCES, "Access is denied")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "file").write_bytes(b"old")
    return tmp_path / "file"


def test_file_that_is_held_for_a_moment_is_replaced(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, held_until_s=1.5)
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert 1.5 <= clock.now_s < 1.6


def test_file_that_stays_held_stays_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, held_until_s=60)
    with pytest.raises(HeldError) as caught:
        write_atomically(path, b"new")
    assert caught.value.filename == str(path)
    assert 2 <= clock.now_s < 2.1
    assert [(each.name, each.read_bytes()) for each in path.parent.iterdir()] == [("file", b"old")]


@pytest.mark.parametrize(("held_until_s", "gone"), [(1.0, True), (60.0, False)])
def test_removal_waits_as_well(held_until_s: float, gone: bool, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Clock(monkeypatch, held_until_s)
    if gone:
        remove(path)
    else:
        with pytest.raises(HeldError):
            remove(path)
    assert path.exists() is not gone


def test_full_disk_names_the_target_and_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left") as caught:
        write_atomically(path, b"new")
    assert caught.value.filename == str(path)
    assert [(each.name, each.read_bytes()) for each in path.parent.iterdir()] == [("file", b"old")]
