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


DOCUMENTS = sorted((CHECKOUT / "docs").glob("*.md"))
TRANSLATED = [document for document in DOCUMENTS if document.name.endswith(".ja.md")]
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def original_of(document: Path) -> Path:
    return document.with_name(document.name.replace(".ja.md", ".md"))


def commands_in(document: Path) -> list[str]:
    """Return the lines of the blocks without a language: what is typed."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [line for language, block in blocks if not language for line in block.splitlines()]


def anchors_in(document: Path) -> set[str]:
    """Return what GitHub calls the headings."""
    headings = _HEADING.findall(document.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", TRANSLATED, ids=lambda document: document.name)
def test_japanese_document_shows_the_commands_of_the_english_one(document: Path) -> None:
    original = original_of(document)
    assert commands_in(document) == commands_in(original)
    for text, other in ((document, original), (original, document)):
        assert f"]({other.name})" in text.read_text(encoding="utf-8")
    assert len(_HEADING.findall(document.read_text(encoding="utf-8"))) == len(
        _HEADING.findall(original.read_text(encoding="utf-8"))
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", document.read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        target = (document.parent / name) if name else document
        assert target.exists(), link
        assert not anchor or anchor in anchors_in(target), link
