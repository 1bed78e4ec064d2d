"""The sweeps that come along: each parses, and the trainer's parser accepts every point."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mnist_lab.cli.quiet import quieten_lightning
from mnist_lab.errors import UsageError
from mnist_lab.sweeps.space import Sweep, read_sweep
from mnist_lab.sweeps.sweep_check import check_sweep, joined
from tests.conftest import CHECKOUT


@pytest.fixture(autouse=True)
def _quiet() -> None:
    quieten_lightning()


SHIPPED = sorted((CHECKOUT / "configs" / "sweeps").glob("*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_sweep_that_comes_along_is_accepted(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sweep = read_sweep(path)
    checked = check_sweep(sweep, [])
    assert checked.device
    assert {base.model for base in checked.bases.values()} <= {"FC", "CNN"}
    assert (checked.points is None) == (sweep.sampler != "grid")


def test_each_parameter_of_the_assignment_has_its_sweep() -> None:
    named = {"width", "layers", "activation", "epochs", "loss"}
    assert named | {"channels", "optimizer", "batch_size", "smallest"} <= {path.stem for path in SHIPPED}


def one_point(folder: Path) -> Sweep:
    """A sweep that is looked at quickly."""
    path = folder / "own.yaml"
    path.write_text("config: cnn.yaml\nparameters: {'model.channels': [[2]]}\n", encoding="utf-8")
    return read_sweep(path)


def test_study_follows_what_decides_the_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sweep = one_point(tmp_path)

    def digest(*options: str) -> str:
        return check_sweep(sweep, options).digest

    assert digest() == digest(f"--data.source.root={tmp_path}", f"--trainer.default_root_dir={tmp_path}")
    assert digest() != digest("--data.batch_size=32")


def test_workers_on_several_devices_and_another_within_have_one_study(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sweep = one_point(tmp_path)
    checks = [
        check_sweep(sweep, []),
        check_sweep(sweep, ["--trainer.devices=1"]),
        check_sweep(replace(sweep, within=2.0), []),
    ]
    assert len({check.digest for check in checks}) == 1
    # A study of version 0.1.0 goes by the digest that took both in.
    assert len({check.former_digest for check in checks}) == 3


def test_values_are_joined_to_their_options() -> None:
    assert joined(["--a", "1", "--b=2", "--c"]) == ["--a=1", "--b=2", "--c"]
    for wrong in (["1"], ["--a=1", "2"], ["--a", "1", "2"]):
        with pytest.raises(UsageError, match="belongs to no option"):
            joined(wrong)
