"""A fit on disks of many sizes: where it does not fit, one line and exit code 1, and what was written is whole."""

from __future__ import annotations

import builtins
import errno
import io
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.program import SMALL, call
from tests.faults.whole_files import check_whole

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
SIZES = int(os.environ.get("MNIST_LAB_DISKS", "20"))
REAL_OPEN = io.open


class Disk:
    """Takes so many bytes, in files under a folder; a file that is removed gives nothing back."""

    def __init__(self, folder: Path, size_bytes: float) -> None:
        self.folder = str(folder)
        self.left_bytes = size_bytes
        self.written_bytes = 0

    def open(self, file: Any, mode: str = "r", *args: Any, **named: Any) -> Any:
        opened = REAL_OPEN(file, mode, *args, **named)
        path = os.fsdecode(file) if isinstance(file, (str, bytes, os.PathLike)) else ""
        if mode.strip("bt") in ("r", "") or not os.path.abspath(path).startswith(self.folder):  # noqa: PTH100 (in open)
            return opened
        return _Counted(opened, self.take)

    def take(self, size_bytes: int) -> None:
        if size_bytes > self.left_bytes:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.left_bytes -= size_bytes
        self.written_bytes += size_bytes


class _Counted:
    """A file that asks the disk before it writes."""

    def __init__(self, file: Any, take: Callable[[int], None]) -> None:
        self._file = file
        self._take = take

    def write(self, content: Any) -> Any:
        self._take(len(content))
        return self._file.write(content)

    def __enter__(self) -> _Counted:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def fit_on(disk: Disk, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    with monkeypatch.context() as patched:
        patched.setattr(io, "open", disk.open)
        patched.setattr(builtins, "open", disk.open)
        outcome = call(folder, "fit", *SMALL)
    return outcome.code, outcome.err


def test_fit_on_disks_of_many_sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = Disk(tmp_path / "endless", float("inf"))
    (tmp_path / "endless").mkdir()
    assert fit_on(endless, tmp_path / "endless", monkeypatch)[0] == 0
    needed_bytes = endless.written_bytes
    assert needed_bytes > 10_000
    chance = random.Random(2026)
    ended, files = 0, 0
    for number in range(SIZES):
        folder = tmp_path / f"disk-{number}"
        folder.mkdir()
        size_bytes = needed_bytes * (number + chance.random()) / SIZES
        code, err = fit_on(Disk(folder, size_bytes), folder, monkeypatch)
        what = f"{size_bytes:.0f} of {needed_bytes} bytes: {err}"
        if code != 0:  # a checkpoint more or less, by the time of day in the record, may be what is lacking
            assert code == 1, what
            assert "Traceback" not in err, what
            assert "No space left on device" in err.splitlines()[-1], what
            ended += 1
        assert size_bytes > 0.98 * needed_bytes or code == 1, what
        files += check_whole(folder)
    sys.stdout.write(
        f"{SIZES} disks up to {needed_bytes:,} bytes: {ended} fits ended in one line, {files} files whole\n"
    )
