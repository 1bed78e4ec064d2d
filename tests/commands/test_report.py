"""``lightning report``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.commands.program import call, fit, refused
from tests.conftest import CHECKOUT


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    fit(folder)
    fit(folder, "--seed_everything=1", "--data.seed=1")
    return folder


def test_runs_of_a_folder_are_reported_beside_the_logs(trained: Path, tmp_path: Path) -> None:
    shutil.copytree(trained / "tb_logs", tmp_path / "tb_logs")
    outcome = call(tmp_path, "report", str(Path("tb_logs", "fc-digits")))
    assert outcome.code == 0, outcome.err
    (report,) = tmp_path.glob("reports/*-fc/report.html")
    assert f"Report: {report.relative_to(tmp_path)}" in outcome.out
    text = report.with_suffix(".md").read_text(encoding="utf-8")
    assert "# FC on Digits: training time and accuracy" in text
    assert "| FC | 6,370 | 2 |" in text
    assert str(tmp_path) not in text


def test_copied_run_is_reported_in_the_working_folder(trained: Path, tmp_path: Path) -> None:
    (run, _) = sorted(trained.glob("tb_logs/*/*"))
    work = tmp_path / "a" / "work"
    work.mkdir(parents=True)
    for place in (tmp_path / "copy", work / "rec" / "date"):
        shutil.copytree(run, place)
        outcome = call(work, "report", str(place))
        assert outcome.code == 0, outcome.err
        assert outcome.out.startswith(f"Report: {Path('reports')}")
    assert len(list(work.glob("reports/*/report.html"))) == 2
    assert len(list(tmp_path.rglob("report.html"))) == 2


def test_one_run_is_reported_in_japanese(trained: Path, tmp_path: Path) -> None:
    (run, _) = sorted(trained.glob("tb_logs/*/*"))
    outcome = call(tmp_path, "report", str(run), "--language", "ja", "--output", str(tmp_path / "out"))
    assert outcome.code == 0, outcome.err
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "# Digits における FC の学習時間と精度" in text
    assert "実行が 1 回だけの設定では、ばらつきがわからない。" in text


def test_unknown_run_folder_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "report", "nowhere").startswith("There is no run folder 'nowhere'")


def test_report_without_a_run_is_refused(tmp_path: Path) -> None:
    assert "the following arguments are required: RUN" in refused(tmp_path, "report")


def test_folder_without_runs_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert refused(tmp_path, "report", "empty", code=1).startswith("No run in empty: record.json is missing")


def test_damaged_record_is_refused(trained: Path, tmp_path: Path) -> None:
    run = shutil.copytree(next(trained.glob("tb_logs/*/*")), tmp_path / "run")
    path = run / "record.json"
    path.write_text(path.read_text(encoding="utf-8")[:200], encoding="utf-8")
    assert "is damaged (" in refused(tmp_path, "report", "run", code=1)


def test_output_that_cannot_be_a_folder_is_refused(trained: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    assert refused(tmp_path, "report", str(trained / "tb_logs"), "--output", "taken").startswith(
        "--output: taken cannot be written"
    )


def test_reports_are_not_committed() -> None:
    assert "/reports/" in (CHECKOUT / ".gitignore").read_text(encoding="utf-8").splitlines()
