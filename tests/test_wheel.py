"""The wheel, installed where there is no checkout: its scripts, its configs."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from installer import install
from installer.destinations import SchemeDictionaryDestination
from installer.sources import WheelFile
from installer.utils import get_launcher_kind

from mnist_lab import __version__
from tests.commands.program import only_record
from tests.conftest import CHECKOUT


def done(*command: str, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONWARNINGS")}
    environment["PYTHONIOENCODING"] = "utf-8"
    run = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder), cwd=CHECKOUT)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts' folder of a new environment that holds the wheel, and sees this one's other packages."""
    root = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(root, with_pip=False, symlinks=os.name != "nt")
    places = sysconfig.get_paths("venv", {"base": str(root), "platbase": str(root), "installed_base": str(root)})
    folder = Path(places["scripts"])
    interpreter = str(folder / ("python.exe" if os.name == "nt" else "python"))
    destination = SchemeDictionaryDestination(places, interpreter, get_launcher_kind())
    with WheelFile.open(wheel) as source:
        install(source, destination, additional_metadata={})
    others = Path(places["purelib"]) / "others.pth"
    others.write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return folder


def test_wheel_holds_the_package_and_every_config(wheel: Path) -> None:
    assert wheel.name.startswith(f"mnist_lab-{__version__}-py3-none-any")
    names = set(zipfile.ZipFile(wheel).namelist())
    configs = {path.relative_to(CHECKOUT).as_posix() for path in (CHECKOUT / "configs").rglob("*.yaml")}
    sources = [
        path
        for ending in ("*.py", "*.c", "*.h", "*.js", "*.css", "*.html")
        for path in (CHECKOUT / "mnist_lab").rglob(ending)
    ]
    modules = {path.relative_to(CHECKOUT).as_posix() for path in sources}
    assert {"mnist_lab/bench/c_sources/matmul_simd.c", "mnist_lab/page/files/operations.js"} <= modules
    assert {f"mnist_lab/{name}" for name in configs} <= names
    data = {path.relative_to(CHECKOUT).as_posix() for path in (CHECKOUT / "configs" / "data").rglob("*.*")}
    assert {f"mnist_lab/{name}" for name in data if "__pycache__" not in name} <= names
    assert modules <= names
    assert not any(name.startswith("tests/") for name in names)


@pytest.mark.parametrize("script", ["lightning", "mnist-lab"])
def test_both_scripts_are_the_program(script: str, scripts: Path, tmp_path: Path) -> None:
    assert done(str(scripts / script), "--version", cwd=tmp_path) == f"mnist_lab {__version__}\n"


def test_installed_program_finds_the_wheels_config(scripts: Path, tmp_path: Path) -> None:
    where = "import mnist_lab, sys; sys.stdout.write(mnist_lab.__file__)"
    installed = Path(done(str(scripts / "python"), "-c", where, cwd=tmp_path))
    assert installed.is_relative_to(scripts.parent)
    out = done(str(scripts / "mnist-lab"), "summary", "--config", "cnn.yaml", cwd=tmp_path)
    assert "CNN: 296,518 parameters" in out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_installed_program_trains(scripts: Path, tmp_path: Path) -> None:
    small = ["--config", "fc.yaml", "--data.source=Digits", "--model.hidden=[8]", "--trainer.max_epochs=1"]
    out = done(str(scripts / "mnist-lab"), "fit", *small, cwd=tmp_path)
    assert "test accuracy [%]" in out
    assert only_record(tmp_path).status == "completed"
    assert [path.name for path in tmp_path.iterdir()] == ["tb_logs"]


@pytest.mark.parametrize("config", ["csv_table.yaml", pytest.param("image_folder.yaml", marks=pytest.mark.slow)])
def test_installed_program_finds_the_data_beside_the_wheels_config(config: str, scripts: Path, tmp_path: Path) -> None:
    done(str(scripts / "mnist-lab"), "fit", "--config", config, "--trainer.max_epochs=1", cwd=tmp_path)
    location = Path(only_record(tmp_path).data["location"])
    assert location.is_relative_to(scripts.parent)
    assert [path.name for path in tmp_path.iterdir()] == ["tb_logs"]
