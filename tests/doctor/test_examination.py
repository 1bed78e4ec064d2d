"""The doctor's findings together: the table, and an examination where a probe fails."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from mnist_lab.doctor import examination
from mnist_lab.doctor.finding import Check
from tests.doctor.failing_probe import raising

CHECKS = [
    Check("GPU 0 memory", "green", "dedicated: 8192 MiB. " * 6, {"free_bytes": 1}),
    Check("torchvision", "red", "needs [torch]==2.10; reinstall.", {"fits": False}),
]


def test_table_fits_80_columns_and_is_plain_text_for_a_file() -> None:
    text = io.StringIO()
    examination.show(CHECKS, text, width=80)
    lines = text.getvalue().splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 80
    assert lines[0].startswith("green  GPU 0 memory  dedicated: 8192 MiB.")
    assert "red    torchvision   needs [torch]==2.10; reinstall." in text.getvalue()
    assert text.getvalue().encode("cp932")  # a Japanese console can print it


def test_without_torch_the_rest_is_still_examined(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    software = "mnist_lab.doctor.software_checks."
    monkeypatch.setattr(f"{software}openmp_check", raising(OSError("no process")))
    monkeypatch.setattr(f"{software}torch_check", lambda: Check("torch", "red", "absent", {}))
    monkeypatch.setattr(f"{software}torchvision_check", raising(ImportError("absent")))
    monkeypatch.setenv("KMP_DUPLICATE_LIB_OK", "True")  # the doctor sets it for its own process
    assert [(check.name, check.status) for check in examination.examine(tmp_path)] == [
        ("torch", "red"),
        ("torchvision", "yellow"),
        ("OpenMP", "yellow"),
        ("install", "green"),
        ("data", "green"),
    ]
