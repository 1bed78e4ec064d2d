"""What the doctor says of torch, torchvision, OpenMP, the place of the install and the data."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mnist_lab.doctor.finding import contained
from mnist_lab.doctor.software_checks import (
    IDX_FILES,
    data_check,
    openmp_check,
    place_check,
    torch_check,
    torchvision_check,
)
from tests.doctor.failing_probe import raising


def modules(torch_cuda: str | None = "13.0", torch: str = "2.11.0+cu130", **vision: Any) -> Callable[[str], Any]:
    """Return an importer of a torch and, unless it fails, a torchvision."""

    def load(name: str) -> Any:
        if name == "torch":
            return SimpleNamespace(__version__=torch, version=SimpleNamespace(cuda=torch_cuda))
        if "fails" in vision:
            raise vision["fails"]
        cuda = vision.get("cuda", 13000)
        return SimpleNamespace(__version__="0.26.0", version=SimpleNamespace(cuda=cuda))

    return load


def test_torch_absent_is_red_and_present_says_its_build() -> None:
    assert torch_check(raising(ImportError("No module named 'torch'"))).status == "red"
    assert torch_check(modules()).sentence == "2.11.0+cu130, built for CUDA 13.0."
    assert torch_check(modules(torch_cuda=None, torch="2.11.0+cpu")).sentence == "2.11.0+cpu, built for the CPU only."


def test_torch_whose_library_does_not_load_names_the_runtime_that_it_needs() -> None:
    error = OSError(22, 'The specified module could not be found. Error loading "C:\\torch\\lib\\fbgemm.dll" or one of')
    checks = [torch_check(raising(error)), torchvision_check(raising(error), lambda name: ["torch==2.11.0"])]
    for check in checks:
        assert check.status == "red"
        assert "(https://aka.ms/vs/17/release/vc_redist.x64.exe)" in check.sentence
    assert "pip install" not in checks[0].sentence + checks[1].sentence


@pytest.mark.parametrize(
    ("requirements", "load", "status", "words"),
    [
        (["torch==2.11.0", "numpy"], modules(), "green", "0.26.0 fits torch 2.11.0+cu130"),
        (["torch==2.10.0"], modules(), "red", "needs torch==2.10.0, but torch 2.11.0+cu130"),
        (["torch>=2.12"], modules(), "red", "needs torch>=2.12"),
        (None, modules(), "green", "fits"),
        (["torch==2.11.0"], modules(fails=RuntimeError("operator torchvision::nms does not exist")), "red", "nms"),
        (["torch==2.11.0"], modules(fails=ImportError("DLL load failed")), "red", "DLL load failed"),
        (["torch==2.11.0"], modules(cuda=None), "red", "is built for the CPU only, torch with CUDA"),
    ],
)
def test_torchvision_is_judged_by_its_requirement_its_import_and_its_build(
    requirements: list[str] | None, load: Callable[[str], Any], status: str, words: str
) -> None:
    check = torchvision_check(load, lambda name: requirements)
    assert check.status == status
    assert words in check.sentence
    assert check.data["fits"] is (status == "green")


def test_torchvision_absent_is_red() -> None:
    check = torchvision_check(modules(), raising(PackageNotFoundError("torchvision")))
    assert check.status == "red"
    assert check.data["fits"] is None


@pytest.mark.parametrize(
    ("program", "status", "words"),
    [
        ("print('[]')", "green", "loaded: none"),
        ('print(\'[["libgomp", "/a/libgomp.so.1"]]\')', "green", "libgomp.so.1"),
        (r"print('[[\"libiomp\", \"C:/a/libiomp5md.dll\"], [\"libiomp\", \"C:/b/libiomp5md.dll\"]]')", "yellow", "2 r"),
        (
            "import sys; sys.stderr.write('OMP: Error #15: Initializing libiomp5md.dll, but found'); sys.exit(3)",
            "red",
            "KMP_DUPLICATE_LIB_OK=True",
        ),
        ("import no_such_library_here", "yellow", "ModuleNotFoundError"),
        ("import sys; sys.exit(7)", "yellow", "exit code 7"),
    ],
)
def test_openmp_runtimes_are_listed_and_duplicates_come_with_the_remedy(program: str, status: str, words: str) -> None:
    check = openmp_check(program)
    assert (check.status, words in check.sentence) == (status, True), check.sentence


def test_openmp_probe_that_prints_no_json_or_hangs_is_contained() -> None:
    assert contained("OpenMP", lambda: openmp_check("print('no json')")).status == "yellow"
    hangs = contained("OpenMP", lambda: openmp_check("import time; time.sleep(60)", timeout_s=0.2))
    assert "TimeoutExpired" in hangs.sentence


@pytest.mark.parametrize(
    ("folder", "system", "version", "status"),
    [
        ("C:/課題/mnist_lab", "win32", (3, 11, 9), "yellow"),
        ("C:/課題/mnist_lab", "win32", (3, 12, 3), "yellow"),
        ("C:/課題/mnist_lab", "win32", (3, 12, 4), "green"),
        ("C:/lab/mnist_lab", "win32", (3, 11, 9), "green"),
        ("/課題/mnist_lab", "linux", (3, 11, 9), "green"),
    ],
)
def test_path_that_an_editable_install_is_not_found_under_is_yellow(
    folder: str, system: str, version: tuple[int, ...], status: str
) -> None:
    check = place_check(Path(folder), system, version)
    assert check.status == status
    assert ("Python 3.12.4 or later" in check.sentence) is (status == "yellow")


def idx(root: Path, dataset: str, *files: str) -> None:
    folder = root / dataset / "raw"
    folder.mkdir(parents=True)
    for file in files:
        (folder / file).touch()


def test_data_is_found_complete_incomplete_or_not_yet(tmp_path: Path) -> None:
    assert "nothing in" in data_check(tmp_path / "missing").sentence
    idx(tmp_path, "MNIST", *IDX_FILES)
    idx(tmp_path, "KMNIST", *[f"{file}.gz" for file in IDX_FILES])
    check = data_check(tmp_path)
    assert (check.status, check.data["complete"]) == ("green", ["MNIST", "KMNIST"])
    idx(tmp_path, "FashionMNIST", *IDX_FILES[:2])
    check = data_check(tmp_path)
    assert (check.status, check.data["partial"]) == ("yellow", ["FashionMNIST"])
