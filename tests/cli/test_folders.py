"""Folders looked at before there is anything to write."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from mnist_lab.cli.folders import check_writable
from mnist_lab.errors import UsageError


def test_folder_that_can_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    check_writable(tmp_path / "new" / "folder", "--output")
    assert list(tmp_path.iterdir()) == []


def test_folder_that_refuses_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []

    def refuse(path: Path, *args: Any, **named: Any) -> Any:
        asked.append(path)
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UsageError, match=r"^--output: .*report cannot be written: Permission denied; name another\.$"):
        check_writable(tmp_path / "report", "--output")
    assert [path.parent for path in asked] == [tmp_path]


def test_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(UsageError, match=r"taken is no folder; name another\.$"):
        check_writable(tmp_path / "taken" / "report", "--output")
