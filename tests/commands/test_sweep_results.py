"""What one sweep leaves: its runs, its report, and what the same command and ``lightning report`` make of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from matplotlib.image import imread
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

from mnist_lab.language import Language, speaking
from mnist_lab.reports.words import word
from mnist_lab.runs.record import read_record
from tests.commands.program import Outcome, call, runs
from tests.commands.sweeps import sweep, widths

SECTIONS = (
    "summary",
    "changed",
    "models",
    "conditions",
    "results",
    "figures",
    "observations",
    "limits",
    "open",
    "runs",
)
GRID = widths() | {"parameters": {"model.hidden": [[4], [8]], "data.val_fraction": [0.1, 0.2]}}


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """A folder with a sweep of two parameters, each point trained twice, and its report in ``en``."""
    folder = tmp_path_factory.mktemp("swept")
    return folder, sweep(folder, GRID, "--repeats=2", "--output=en")


def files_in(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_repeats_of_the_command_line_take_the_place_of_the_files(swept: tuple[Path, Outcome]) -> None:
    folder, outcome = swept
    assert ": 4 points, 2 trainings each." in outcome.out
    records = [read_record(run) for run in runs(folder)]
    assert sorted(record.data["seed"] for record in records) == [0] * 4 + [1] * 4
    assert sorted(record.settings["seed_everything"] for record in records) == [0] * 4 + [1] * 4


def test_every_trial_is_a_run_in_tensorboard_with_hparams(swept: tuple[Path, Outcome]) -> None:
    shown: list[tuple[list[str], str]] = []
    for run in runs(swept[0]):
        events = EventAccumulator(str(run))
        events.Reload()
        content = events.SummaryMetadata("_hparams_/session_start_info").plugin_data.content
        hparams = HParamsPluginData.FromString(content).session_start_info.hparams
        shown.append((sorted(hparams), hparams["settings"].string_value))
    # No columns of its own push accuracy and time out of sight, and what is varied comes first.
    assert [columns for columns, _ in shown] == [["parameters", "settings"]] * 8
    assert all(re.match(r"val_fraction 0\.[12], hidden [48], ", settings) for _, settings in shown)


def test_report_of_the_runs_is_the_sweeps_report(swept: tuple[Path, Outcome]) -> None:
    folder, _ = swept
    assert call(folder, "report", "tb_logs", "--output=again").code == 0
    first = files_in(folder / "en")
    assert len(first) == 13  # and the list of its files
    assert first == files_in(folder / "again")
    report = first[Path("report.md")].decode("utf-8")
    assert sections_of(report, "en") == [word(name) for name in SECTIONS]
    assert str(folder) not in report


def test_same_command_trains_nothing_twice_and_reports_in_japanese(swept: tuple[Path, Outcome]) -> None:
    folder, _ = swept
    before = runs(folder)
    outcome = sweep(folder, GRID, "--repeats=2", "--output=ja", "--language=ja")
    assert "8 回の学習のうち 8 回はすでに終わっています。" in outcome.out
    assert runs(folder) == before
    assert re.search(r"最も小さいモデルは FC（.*隠れ層のノード数 \d", outcome.out)
    report = (folder / "ja" / "report.md").read_text(encoding="utf-8")
    assert (
        "| モデル | val\\_fraction | 隠れ層のノード数 \\[個\\] | パラメータ数 \\[個\\] | 学習時間 \\[s\\] |" in report
    )
    assert "data:font/woff;base64," in (folder / "ja" / "report.html").read_text(encoding="utf-8")
    with speaking("ja"):
        assert sections_of(report, "ja") == [word(name) for name in SECTIONS]


@pytest.mark.slow
def test_report_of_the_runs_is_the_sweeps_report_in_japanese(swept: tuple[Path, Outcome]) -> None:
    folder, _ = swept
    sweep(folder, GRID, "--repeats=2", "--output=first", "--language=ja")
    assert call(folder, "report", "tb_logs", "--output=second", "--language=ja").code == 0
    assert files_in(folder / "first") == files_in(folder / "second")


def sections_of(report: str, language: Language) -> list[str]:
    with speaking(language):
        found = [line.removeprefix("## ") for line in report.splitlines() if line.startswith("## ")]
        return [name for name in found if name != word("remarks")]


@pytest.fixture(scope="module")
def swept_twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the same sweep was begun twice, with other settings the second time."""
    folder = tmp_path_factory.mktemp("swept_twice")
    sweep(folder, widths(4))
    sweep(folder, widths(4), "--data.batch_size=32")
    return folder


def test_other_settings_are_another_study(swept_twice: Path) -> None:
    sizes = [read_record(run).settings["data"]["batch_size"] for run in runs(swept_twice)]
    assert sizes == [64, 32]


def test_runs_of_two_sweeps_are_reported_as_runs(swept_twice: Path) -> None:
    assert call(swept_twice, "report", "tb_logs", "--output=out").code == 0
    assert "Sweep" not in (swept_twice / "out" / "report.md").read_text(encoding="utf-8").splitlines()[0]


def test_two_kinds_are_trained_shown_and_written(tmp_path: Path) -> None:
    content = widths() | {
        "bases": [
            {"config": "fc.yaml", "parameters": {"model.hidden": [[8], [32]]}},
            {
                "config": "cnn.yaml",
                "settings": {"model.pooling": 2},
                "parameters": {"model.channels": [[2], [4]], "model.hidden": [[], [8]]},
            },
        ]
    }
    del content["config"], content["parameters"]
    outcome = sweep(tmp_path, content, "--output", "out")
    assert ": 6 points." in outcome.out
    assert "6/6  CNN  channels 4, hidden 8: " in outcome.out
    assert "The smallest model within one validation sample (" in outcome.out
    records = [read_record(run) for run in runs(tmp_path)]
    assert len(records) == 6
    assert {record.status for record in records} == {"completed"}
    written = {path.name for path in (tmp_path / "out" / "figures").iterdir() if path.suffix == ".png"}
    assert written == {"hidden.png", "channels.png", "cnn-channels-hidden.png", "pareto.png"}
    assert imread(tmp_path / "out" / "figures" / "pareto.png").shape[1] > 1000
    report = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "| model | number of hidden nodes \\[nodes\\] | number of channels \\[channels\\] | parameters |" in report
    assert "](figures/pareto.png)" in report
    results = report.partition("## Results")[2].partition("## ")[0]
    assert results.count("| FC |") == 2
    assert results.count("| CNN |") == 4
    changed = report.partition("## What was changed")[2]
    assert "| CNN | number of channels \\[channels\\] (model.channels) | 2, 4 |" in changed
