"""``lightning new``: what it writes runs as it is, and nothing of the user's is touched."""

from __future__ import annotations

import json
import locale
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mnist_lab.main import COMMANDS
from mnist_lab.shipped import find_file
from mnist_lab.starter.starter_folder import system_language
from tests.commands.program import call, only_record, refused
from tests.conftest import CHECKOUT


@pytest.fixture
def starter(tmp_path: Path) -> Path:
    """The folder, made by the command."""
    outcome = call(tmp_path, "new", "begun", "--language", "en")
    assert outcome.code == 0, outcome.err
    assert "cd begun" in outcome.out
    return tmp_path / "begun"


def arguments_in(folder: Path) -> list[list[str]]:
    """What the run configurations of PyCharm and of VS Code start."""
    found = []
    for path in sorted(folder.glob(".run/*.run.xml")):
        options = {
            option.get("name"): option.get("value", "") for option in ElementTree.parse(path).getroot().iter("option")
        }
        assert options["SCRIPT_NAME"] == "mnist_lab"
        assert options["MODULE_MODE"] == "true"
        assert options["WORKING_DIRECTORY"] == "$PROJECT_DIR$"
        found.append(options["PARAMETERS"].split())
    for path in folder.glob(".vscode/launch.json"):
        found += [entry["args"] for entry in json.loads(path.read_text(encoding="utf-8"))["configurations"]]
    return found


def test_what_it_writes_trains(starter: Path) -> None:
    quick = ("--data.source", "Digits", "--trainer.max_epochs", "1")
    outcome = call(starter, "fit", "--config", "begun.yaml", *quick)
    assert outcome.code == 0, outcome.err
    record = only_record(starter)
    assert (record.model, record.parameters) == ("Net", 296_518)
    assert record.code["begun.py"]["text"] == (starter / "begun.py").read_text(encoding="utf-8")
    assert record.test_accuracy is not None
    assert record.test_accuracy > 0.7


def test_run_configurations_start_commands_that_there_are(starter: Path) -> None:
    found = arguments_in(starter)
    assert len(found) == 6
    for command, *rest in found:
        assert command in COMMANDS
        configs = [value for value in rest if value.endswith(".yaml")]
        assert configs
        assert all((starter / config).is_file() or find_file(config) for config in configs)


def test_checkouts_own_run_configurations_start_commands_that_there_are() -> None:
    found = arguments_in(CHECKOUT)
    assert len(found) == 5
    for command, *rest in found:
        assert command in COMMANDS
        assert all(find_file(value) for value in rest if value.endswith(".yaml"))


def test_readme_is_in_the_language_asked_for(tmp_path: Path) -> None:
    assert call(tmp_path, "new", "begun_ja", "--language", "ja").code == 0
    assert "課題の進め方" in (tmp_path / "begun_ja" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "language"), [("ja_JP", "ja"), ("Japanese_Japan", "ja"), ("de_DE", "en"), (None, "en")]
)
def test_language_is_the_systems(name: str | None, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locale, "getlocale", lambda: (name, None))
    assert system_language() == language


def test_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "README.md").write_text("mine", encoding="utf-8")
    assert "is there already, and nothing was written" in refused(tmp_path, "new", "thesis")
    assert (tmp_path / "thesis" / "README.md").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["my-net", "3d", "class", "../up", "ネット", "torch", "random", "cnn"])
def test_name_that_cannot_be_a_module_is_refused(name: str, tmp_path: Path) -> None:
    message = refused(tmp_path, "new", name)
    assert name in message
    assert "give" in message


def test_name_that_is_missing_is_asked_for_in_one_line(tmp_path: Path) -> None:
    assert "required: NAME." in refused(tmp_path, "new")
