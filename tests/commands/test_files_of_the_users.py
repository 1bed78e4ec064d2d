"""Every command that writes: it writes again what it wrote, and leaves alone what the user wrote or changed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import yaml

from mnist_lab.reports.report_folder import new_report_folder
from tests.commands.program import call, fit, refused, runs
from tests.reports.records import cnn_and_fc

FAST = ("--data.source=Digits", "--trainer.max_epochs=1")
MINE = "my own words"


def sweep_file(folder: Path) -> str:
    content = {
        "config": "fc.yaml",
        "settings": {"data.source": "Digits", "trainer.max_epochs": 1},
        "parameters": {"model.hidden": [[4], [8]]},
        "remeasure": False,
    }
    (folder / "own.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return "own.yaml"


def commands(folder: Path) -> dict[str, tuple[list[str], str]]:
    """By command: its line, and the first file that it writes."""
    return {
        "data": (["data", "--config=fc.yaml", "--data.source=Digits"], "class_samples.png"),
        "compare": (
            ["compare", "fc.yaml", "cnn.yaml", "--repeats=1", "--output=out", *FAST, "--trainer.limit_train_batches=1"],
            "out/report.md",
        ),
        "sweep": (["sweep", sweep_file(folder), "--output=out"], "out/figures/hidden.png"),
    }


@pytest.mark.parametrize("command", ["data", "compare", "sweep"])
def test_users_file_is_refused_before_anything_is_trained(command: str, tmp_path: Path) -> None:
    args, name = commands(tmp_path)[command]
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(MINE, encoding="utf-8")
    message = refused(tmp_path, *args)
    assert str(Path(name)) in message
    assert "is not a file of this program's" in message
    assert path.read_text(encoding="utf-8") == MINE
    assert runs(tmp_path) == []


@pytest.mark.usefixtures("unrendered_figures")
@pytest.mark.parametrize("command", ["data", "compare", "sweep"])
def test_second_time_goes_and_a_changed_file_is_kept(command: str, tmp_path: Path) -> None:
    args, name = commands(tmp_path)[command]
    for _ in range(2):
        outcome = call(tmp_path, *args)
        assert outcome.code == 0, outcome.err
    (tmp_path / name).write_text(MINE, encoding="utf-8")
    assert "was changed since it was written" in refused(tmp_path, *args)
    assert (tmp_path / name).read_text(encoding="utf-8") == MINE


def test_predictions_are_written_twice_and_kept_once_changed(tmp_path: Path) -> None:
    run = fit(tmp_path)
    args = ("predict", "--config", str(run / "config.yaml"), f"--ckpt_path={run / 'checkpoints' / 'last.ckpt'}")
    for _ in range(2):
        outcome = call(tmp_path, *args)
        assert outcome.code == 0, outcome.err
    path = tmp_path / "predictions.csv"
    path.write_text(MINE, encoding="utf-8")
    assert "predictions.csv was changed since it was written" in refused(tmp_path, *args)
    assert path.read_text(encoding="utf-8") == MINE


@pytest.mark.usefixtures("unrendered_figures")
def test_report_leaves_the_users_files_in_its_folder(tmp_path: Path) -> None:
    cnn_and_fc(tmp_path / "tb_logs")
    photo = tmp_path / "thesis" / "figures" / "photo.png"
    photo.parent.mkdir(parents=True)
    photo.write_text(MINE, encoding="utf-8")
    for _ in range(2):
        outcome = call(tmp_path, "report", "tb_logs", "--output=thesis")
        assert outcome.code == 0, outcome.err
    report = tmp_path / "thesis" / "report.md"
    report.write_text(MINE, encoding="utf-8")
    assert f"{Path('thesis/report.md')} was changed" in refused(tmp_path, "report", "tb_logs", "--output=thesis")
    assert (photo.read_text(encoding="utf-8"), report.read_text(encoding="utf-8")) == (MINE, MINE)


def test_two_reports_of_one_second_get_two_folders(tmp_path: Path) -> None:
    now = datetime(2026, 4, 17, 9, 30)
    made = [new_report_folder(["cnn", "fc"], tmp_path / "tb_logs", now).name for _ in range(2)]
    assert made == ["2026-04-17_09-30-00-cnn-fc", "2026-04-17_09-30-00-cnn-fc-2"]


@pytest.mark.parametrize("name", ["../../../OUT", "/OUT", "..\\OUT", "C:OUT", "a/b", "..", ""])
def test_name_from_a_record_leads_nowhere_else(name: str, tmp_path: Path) -> None:
    folder = new_report_folder([name], tmp_path / "tb_logs", datetime(2026, 4, 17, 9, 30))
    assert folder.parent == tmp_path / "reports"
    assert folder.is_dir()
    assert not set(folder.name) & set('/\\:*?"<>|.')
