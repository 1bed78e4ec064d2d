"""Which formats a report has: Word when it is asked for, one line where its package is missing, no user's file lost."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from tests.commands.program import call, refused
from tests.reports.records import cnn_and_fc


def reported(folder: Path, *more: str) -> str:
    outcome = call(folder, "report", "tb_logs", "--output=out", *more)
    assert outcome.code == 0, outcome.err
    return outcome.out


def test_word_file_is_written_when_asked_for_and_again(tmp_path: Path) -> None:
    cnn_and_fc(tmp_path / "tb_logs")
    assert "report.docx" in reported(tmp_path, "--format=docx")
    first = (tmp_path / "out" / "report.docx").read_bytes()
    again = reported(tmp_path, "--format=docx", "--language=ja")
    assert "（ブラウザで開いてください）、report.docx、report.md、figures、data" in again.replace("\n", "")
    reported(tmp_path, "--format=docx")
    assert (tmp_path / "out" / "report.docx").read_bytes() == first


def test_word_file_that_was_filled_in_is_kept(tmp_path: Path) -> None:
    cnn_and_fc(tmp_path / "tb_logs")
    reported(tmp_path, "--format=docx")
    file = tmp_path / "out" / "report.docx"
    file.write_bytes(file.read_bytes() + b"mine")
    mine = file.read_bytes()
    message = refused(tmp_path, "report", "tb_logs", "--output=out", "--format=docx")
    assert "report.docx was changed since it was written" in message
    compared = ["fc.yaml", "cnn.yaml", "--output=out", "--format=docx"]
    assert "report.docx was changed" in refused(tmp_path, "compare", *compared)
    assert file.read_bytes() == mine


@pytest.mark.parametrize(
    "args",
    [
        ("report", "tb_logs"),
        ("compare", "cnn.yaml", "fc.yaml"),
        ("sweep", "sweeps/width.yaml"),
        ("bench", "matmul"),
    ],
)
def test_missing_package_is_told_before_anything_is_done(
    args: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec

    def without_docx(name: str, *more: Any) -> Any:
        return None if name == "docx" else found(name, *more)

    monkeypatch.setattr("mnist_lab.reports.formats.find_spec", without_docx)
    message = refused(tmp_path, *args, "--format=docx")
    assert message.startswith('--format docx needs the package python-docx: pip install "mnist-lab[docx]"')
