"""Which files may be written again: our own, unchanged; never the user's."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from mnist_lab.atomic_write import HeldError, write_atomically
from mnist_lab.errors import UsageError
from mnist_lab.own_files import MANIFEST, OwnFiles, why_unwritten


def content_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST
    }


def test_own_files_are_replaced_and_those_of_before_go(tmp_path: Path) -> None:
    files = OwnFiles(tmp_path / "new", "--output")
    files.write({"report.md": b"one", "figures/a.png": b"a"})
    files.write({"report.md": b"two", "figures/b.png": b"b"})
    assert content_of(tmp_path / "new") == {"report.md": b"two", "figures/b.png": b"b"}


def test_users_file_beside_ours_stays(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "photo.png").write_bytes(b"mine")
    files = OwnFiles(tmp_path, "--output")
    for text in (b"one", b"two"):
        files.write({"report.md": text, "figures/a.png": text})
    assert content_of(tmp_path) == {"report.md": b"two", "figures/a.png": b"two", "figures/photo.png": b"mine"}


@pytest.mark.parametrize("place", ["report.md", "figures/a.png"])
def test_users_file_in_the_way_is_named_and_nothing_written(place: str, tmp_path: Path) -> None:
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_bytes(b"mine")
    with pytest.raises(UsageError) as caught:
        OwnFiles(tmp_path, "--output").write({"data/x.csv": b"x", "report.md": b"one", "figures/a.png": b"a"})
    assert str(caught.value) == (
        f"--output: {tmp_path / place} is not a file of this program's and is kept as it is; move it away, or name "
        "another place with --output."
    )
    assert content_of(tmp_path) == {place: b"mine"}


@pytest.mark.parametrize("changed", ["report.md", "figures/a.png"])
def test_changed_file_is_kept_even_where_it_would_only_be_taken_away(changed: str, tmp_path: Path) -> None:
    files = OwnFiles(tmp_path, "--output")
    files.write({"report.md": b"one", "figures/a.png": b"a"})
    (tmp_path / changed).write_bytes(b"filled in")
    before = content_of(tmp_path)
    with pytest.raises(UsageError, match="was changed since it was written"):
        files.write({"report.md": b"two"})
    assert content_of(tmp_path) == before


def test_folder_in_a_files_place_is_kept(tmp_path: Path) -> None:
    (tmp_path / "report.md").mkdir()
    with pytest.raises(UsageError, match=r"report\.md is not a file of this program's"):
        OwnFiles(tmp_path, "--output").write({"report.md": b"one"})


def test_single_files_of_one_folder_do_not_take_one_another_away(tmp_path: Path) -> None:
    OwnFiles(tmp_path, "--picture").write({"samples.png": b"s"})
    (tmp_path / ".part").write_bytes(b"p")
    OwnFiles(tmp_path, "--predictions").take(tmp_path / ".part", "predictions.csv")
    OwnFiles(tmp_path, "--output").write({"report.md": b"r"})
    assert content_of(tmp_path) == {"samples.png": b"s", "predictions.csv": b"p", "report.md": b"r"}


def test_crash_between_two_files_leaves_none_that_passes_for_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = OwnFiles(tmp_path, "--output")
    files.write({"a.md": b"one", "b.md": b"one"})

    def stops_at_b(path: Path, content: bytes) -> None:
        if path.name == "b.md":
            raise KeyboardInterrupt
        write_atomically(path, content)

    monkeypatch.setattr("mnist_lab.own_files.write_atomically", stops_at_b)
    with pytest.raises(KeyboardInterrupt):
        files.write({"a.md": b"two", "b.md": b"two"})
    monkeypatch.undo()
    assert content_of(tmp_path) == {"a.md": b"two", "b.md": b"one"}
    files.write({"a.md": b"three", "b.md": b"three"})
    assert content_of(tmp_path) == {"a.md": b"three", "b.md": b"three"}


@pytest.mark.parametrize("text", ["[]", "{", '{"report.md": 1}'])
def test_damaged_list_counts_for_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=rf"{MANIFEST} is damaged"):
        OwnFiles(tmp_path, "--output").write({"report.md": b"one"})


def test_list_reaches_no_file_outside_its_folder(tmp_path: Path) -> None:
    files = OwnFiles(tmp_path / "in", "--output")
    (tmp_path / "out.txt").write_bytes(b"x")
    files.write({"a/b.txt": b"x"})
    known = json.loads((tmp_path / "in" / MANIFEST).read_text(encoding="utf-8"))
    known["../out.txt"] = known["a/b.txt"]
    (tmp_path / "in" / MANIFEST).write_text(json.dumps(known), encoding="utf-8")
    files.write({"report.md": b"one"})
    assert (tmp_path / "out.txt").read_bytes() == b"x"


def test_file_of_before_that_is_held_for_a_moment_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = OwnFiles(tmp_path, "--output")
    files.write({"figures/a.png": b"a"})
    real, refusals = Path.unlink, iter([True, True])

    def held(path: Path, missing_ok: bool = False) -> None:
        if path.name == "a.png" and next(refusals, False):
            raise PermissionError(errno.EACCES, "Access is denied")
        real(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", held)
    files.write({"figures/b.png": b"b"})
    assert content_of(tmp_path) == {"figures/b.png": b"b"}


def test_file_that_cannot_be_read_is_not_taken_for_a_changed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = OwnFiles(tmp_path, "--output")
    files.write({"points.csv": b"one"})
    real = Path.open

    def held(path: Path, *args: Any, **named: Any) -> Any:
        if path.name == "points.csv":
            raise PermissionError(errno.EACCES, "The process cannot access the file")
        return real(path, *args, **named)

    monkeypatch.setattr(Path, "open", held)
    with pytest.raises(UsageError, match=r"points\.csv cannot be read \(another program may have it open\)"):
        files.check(["points.csv"])


def test_file_that_is_held_is_named_with_what_may_hold_it() -> None:
    held = HeldError(errno.EACCES, "Access is denied", "reports/data/points.csv")
    assert why_unwritten(held) == "points.csv is open in another program, such as Excel"
    assert why_unwritten(OSError(errno.ENOSPC, "No space left on device")) == "No space left on device"
