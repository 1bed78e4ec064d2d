"""The command ``lightning doctor``: its exit code, its JSON, this machine."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from mnist_lab.commands import doctor
from mnist_lab.doctor.finding import Check
from mnist_lab.errors import UsageError


@pytest.mark.parametrize(
    ("statuses", "worst", "code"),
    [(["green"], "green", 0), (["green", "yellow"], "yellow", 0), (["yellow", "red", "green"], "red", 1)],
)
def test_exit_code_is_1_only_for_red(
    statuses: list[Any],
    worst: str,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(doctor, "examine", lambda root: [Check("x", status, "s", {}) for status in statuses])
    assert doctor.run("doctor", ["--json"]) == code
    printed = json.loads(capsys.readouterr().out)
    assert printed["status"] == worst
    assert [check["status"] for check in printed["checks"]] == statuses


def test_this_machine_can_be_examined(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code = doctor.run("doctor", ["--json", "--root", str(tmp_path)])
    printed = json.loads(capsys.readouterr().out)
    checks = {check["name"]: check for check in printed["checks"]}
    assert code == (printed["status"] == "red")
    assert checks["torch"]["data"]["version"] == sys.modules["torch"].__version__
    assert checks["OpenMP"]["status"] in ("green", "yellow")
    assert checks["data"]["data"]["root"] == str(tmp_path)


def test_unknown_option_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match=r"unrecognized arguments: --jsno\. lightning doctor --help lists the options"):
        doctor.run("doctor", ["--jsno"])
