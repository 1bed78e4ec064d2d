"""The documents about the code name files and folders that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT

PACKAGE = CHECKOUT / "mnist_lab"
_NAMED = re.compile(r"`([\w./-]+(?:\.(?:py|md|yaml|toml|yml|json)|/))`|\]\((?!https?:)([\w./-]+)")


def files_named_in(document: Path) -> list[str]:
    return [code or link for code, link in _NAMED.findall(document.read_text(encoding="utf-8"))]


def exists(name: str) -> bool:
    return any((place / name).exists() for place in (CHECKOUT, PACKAGE, CHECKOUT / "docs"))


# What a run leaves, and so lies in no checkout.
MADE = {"record.json", "config.yaml", "data/", "tb_logs/"}


@pytest.mark.parametrize("name", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_named_files_exist(name: str) -> None:
    named = files_named_in(CHECKOUT / name)
    assert len(named) > 5
    assert [file for file in named if file not in MADE and not exists(file)] == []


def test_every_room_is_on_the_map() -> None:
    rooms = {f"{path.name}/" for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    assert rooms <= set(files_named_in(CHECKOUT / "docs" / "architecture.md"))


def test_file_that_is_missing_would_be_found(tmp_path: Path) -> None:
    document = tmp_path / "map.md"
    document.write_text(
        "See `training/nowhere.py`, `gpu/`, [it](docs/nowhere.md) and [that](https://pytorch.org/nowhere).",
        encoding="utf-8",
    )
    assert [file for file in files_named_in(document) if not exists(file)] == ["training/nowhere.py", "docs/nowhere.md"]
