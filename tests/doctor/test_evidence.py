"""``lightning doctor --prove`` where it cannot begin: no GPU, or a file that is there already."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.commands import doctor
from mnist_lab.doctor.evidence import NothingToProveError, check_place, prove_all
from mnist_lab.errors import UsageError
from tests.gpu.fake_device import FakeCuda


def test_file_that_is_there_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("guard-evidence.json").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"--prove: guard-evidence\.json is there already and is kept as it is; move"):
        doctor.run("doctor", ["--prove"])
    assert Path("guard-evidence.json").read_text(encoding="utf-8") == "mine"


def test_place_that_cannot_be_written_is_refused_before_anything_is_measured(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"--output: .* cannot be written"):
        check_place(tmp_path / "file" / "evidence.json")


def test_without_a_gpu_there_is_nothing_to_prove() -> None:
    cuda = FakeCuda()
    cuda.available = False
    with pytest.raises(NothingToProveError, match="--prove needs a GPU that torch can use: the fake machine"):
        prove_all(cuda)


def test_output_without_prove_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="--output is of --prove only"):
        doctor.run("doctor", ["--output", "evidence.json"])
