"""Tables with gaps and texts on the command line: what is said, what is kept, and what a trained network is given."""

from __future__ import annotations

import csv
import json
import shlex
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from mnist_lab.runs.record import read_record
from tests.commands.program import call, only_record, refused, runs
from tests.conftest import CHECKOUT
from tests.test_docs import commands_in

ONE_EPOCH = "--trainer.max_epochs=1"
FISH = ("--config=text_table.yaml", "--data.batch_size=8")


def penguins(path: Path, islands: tuple[str, ...] = ("Dream", "Biscoe")) -> None:
    """Write a table as palmerpenguins has it: one class is longer, and some values are NA."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["species", "island", "bill_length_mm", "body_mass_g", "sex"])
        for row in range(60):
            kind = row % 2
            length = "NA" if row % 20 == 7 else f"{30 + 10 * kind + row % 5}"
            sex = "NA" if row == 4 else ("male", "female")[row % 4 // 2]
            writer.writerow([("Adelie", "Gentoo")[kind], islands[row % 3 % len(islands)], length, 4000 + row % 7, sex])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    penguins(tmp_path / "penguins.csv")
    return tmp_path


def options(missing: str, path: str = "penguins.csv") -> list[str]:
    own = [f"--data.source.path={path}", "--data.source.label=species", f"--data.source.missing={missing}"]
    return [*FISH, *own, "--data.source.inputs=[island, bill_length_mm]"]


def test_rows_left_out_are_said_and_kept(tmp_path: Path) -> None:
    for args in (["data", *FISH], ["fit", *FISH, ONE_EPOCH], ["test", *FISH, "--ckpt_path=last"]):
        outcome = call(tmp_path, *args)
        assert outcome.code == 0, outcome.err
        assert outcome.out.count("rows are left out, as a value is missing (missing: drop): ") == 1
    data = only_record(tmp_path).data
    assert data["missing"]["treatment"] == "drop"
    assert data["missing"]["dropped_rows"] == 180 - sum(data["split_sizes"].values())
    assert data["categories"] == {"sea": ["北の海", "南の海"], "sex": ["オス", "メス"]}
    checkpoint = torch.load(next(runs(tmp_path)[0].glob("checkpoints/last.ckpt")), weights_only=True)
    assert checkpoint["mnist_lab_trained_on"]["categories"] == data["categories"]


@pytest.mark.usefixtures("unrendered_figures")
def test_report_says_what_became_of_missing_values_in_both_languages(folder: Path) -> None:
    assert call(folder, "fit", *options("mean"), ONE_EPOCH).code == 0
    assert call(folder, "fit", "--config=csv_table.yaml", ONE_EPOCH).code == 0  # a run without any
    for language, said in (
        (
            "en",
            "missing values are replaced by the mean of the training split (missing: mean), of 60 rows: bill_length_mm "
            "3",
        ),
        ("ja", "欠損値を学習用データの平均で補完（missing: mean）：60 行のうち bill_length_mm 3 個"),
    ):
        outcome = call(folder, "report", "tb_logs", f"--output={language}", f"--language={language}")
        assert outcome.code == 0, outcome.err
        report = (folder / language / "report.md").read_text(encoding="utf-8").replace("\\_", "_")
        assert said in report
        assert "; ;" not in report
        assert "; |" not in report


@pytest.mark.parametrize("ckpt_path", ["best", "named"])
def test_scores_are_those_of_the_run(ckpt_path: str, folder: Path) -> None:
    assert call(folder, "fit", *options("mean"), "--trainer.max_epochs=5").code == 0
    record = only_record(folder)
    path = "best" if ckpt_path == "best" else str(runs(folder)[0] / str(record.best_checkpoint))
    outcome = call(folder, "test", *options("mean"), "--ckpt_path", path)
    assert outcome.code == 0, outcome.err
    assert record.test_accuracy is not None
    assert f"{100 * record.test_accuracy:.2f}" in outcome.out


def test_other_treatment_of_missing_values_is_refused_with_the_way_out(folder: Path) -> None:
    assert call(folder, "fit", *options("mean"), ONE_EPOCH).code == 0
    checkpoint = next(runs(folder)[0].glob("checkpoints/last.ckpt"))
    said = refused(folder, "test", *options("drop"), f"--ckpt_path={checkpoint}")
    assert "was trained on another split of the data (data.source.missing: mean there, drop here)" in said
    assert "Give --data.source.missing mean" in said


def test_predict_uses_the_texts_the_scale_and_the_mean_that_were_learned(folder: Path) -> None:
    """Other rows, with an island that is new, fewer of the old ones, and gaps."""
    assert call(folder, "fit", *options("mean"), "--trainer.max_epochs=8").code == 0
    checkpoint = next(runs(folder)[0].glob("checkpoints/last.ckpt"))
    penguins(folder / "new.csv", islands=("Torgersen",))
    outcome = call(folder, "predict", *options("mean", "new.csv"), f"--ckpt_path={checkpoint}")
    assert outcome.code == 0, outcome.err
    assert (
        "data: texts that no training sample has, so that each of their columns is 0: island 'Torgersen' ("
        in outcome.out
    )
    assert "data: missing values are replaced by the mean of the training split (missing: mean)" in outcome.out
    with (folder / "predictions.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    assert sum(row["label"] == row["predicted"] for row in rows) >= 10
    # The same rows without their labels, all of them.
    with (folder / "new.csv").open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    with (folder / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [name for name in cells[0] if name != "species"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(cells)
    asked = ("--rows=rows.csv", "--predictions=asked.csv")
    outcome = call(folder, "predict", *options("mean"), f"--ckpt_path={checkpoint}", *asked)
    assert outcome.code == 0, outcome.err
    assert "island 'Torgersen' (new " in outcome.out
    assert "missing values are replaced by the mean of the training split (missing: mean)" in outcome.out
    with (folder / "asked.csv").open(encoding="utf-8-sig", newline="") as file:
        answers = [row["predicted"] for row in csv.DictReader(file)]
    assert len(answers) == len(cells)
    assert np.mean([answer == row["species"] for answer, row in zip(answers, cells, strict=True)]) > 0.8


def test_mistakes_are_listed_under_the_features_that_the_network_was_given(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mnist_lab.pictures import confusion_picture

    named: list[str] = []

    def drawn(*_: object, feature_names: list[str], **__: object) -> bytes:
        named.extend(feature_names)
        return b"png"

    monkeypatch.setattr(confusion_picture, "draw_wrong", drawn)
    assert call(folder, "fit", *FISH, ONE_EPOCH).code == 0
    outcome = call(folder, "test", *FISH, "--ckpt_path=best")
    assert outcome.code == 0, outcome.err
    (run,) = runs(folder)
    assert named == read_record(run).data["feature_names"]
    assert any("=" in name for name in named)


def test_predict_refuses_other_columns(folder: Path) -> None:
    assert call(folder, "fit", *options("drop"), ONE_EPOCH).code == 0
    checkpoint = next(runs(folder)[0].glob("checkpoints/last.ckpt"))
    other = [*options("drop")[:-1], "--data.source.inputs=[sex, bill_length_mm]"]
    said = refused(folder, "predict", *other, f"--ckpt_path={checkpoint}")
    assert "--ckpt_path: " in said
    said = refused(folder, "predict", *options("drop"), "--ckpt_path=gone.ckpt")
    assert said == "--ckpt_path: there is no file 'gone.ckpt'; give a .ckpt file, 'last' or 'best'."


def test_compare_refuses_two_treatments(folder: Path) -> None:
    text = (CHECKOUT / "configs" / "text_table.yaml").read_text(encoding="utf-8")
    for missing in ("drop", "mean"):
        (folder / f"{missing}.yaml").write_text(text.replace("missing: drop", f"missing: {missing}"), encoding="utf-8")
    said = refused(folder, "compare", "drop.yaml", "mean.yaml", "--repeats=1", ONE_EPOCH)
    assert "ask for different data (data.source.missing: drop" in said


def test_run_from_before_there_was_missing_is_scored(folder: Path) -> None:
    """A checkpoint of a table with numbers alone, as earlier versions left it."""
    own = ["--config=csv_table.yaml", "--data.batch_size=8"]
    assert call(folder, "fit", *own, ONE_EPOCH).code == 0
    checkpoint = next(runs(folder)[0].glob("checkpoints/last.ckpt"))
    content = torch.load(checkpoint, weights_only=True)
    learned = content["mnist_lab_trained_on"]
    del learned["categories"]
    assert "missing" not in learned["source"]
    torch.save(content, folder / "old.ckpt")
    outcome = call(folder, "test", *own, "--ckpt_path=old.ckpt")
    assert outcome.code == 0, outcome.err


def test_excel_workbook_trains(folder: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="the extra excel is not installed")
    book = openpyxl.Workbook()
    with (folder / "penguins.csv").open(encoding="utf-8") as file:
        for row in csv.reader(file):
            book.active.append(row)
    book.save(folder / "ペンギン.xlsx")
    own = ["--data.source=ExcelTable", "--data.source.path=ペンギン.xlsx", "--data.source.label=species"]
    outcome = call(
        folder, "fit", "--config=csv_table.yaml", *own, "--data.source.missing=drop", "--data.batch_size=8", ONE_EPOCH
    )
    assert outcome.code == 0, outcome.err
    (run,) = runs(folder)
    assert run.parent.name == "perceptron-ペンギン"
    assert read_record(run).data["feature_names"] == ["bill_length_mm", "body_mass_g"]


@pytest.mark.slow
def test_commands_of_the_document_run(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="the extra excel is not installed")
    penguins(tmp_path / "penguins.csv")
    book = openpyxl.Workbook()
    with (tmp_path / "penguins.csv").open(encoding="utf-8") as file:
        for row in csv.reader(file):
            book.active.append(row)
    book.save(tmp_path / "penguins.xlsx")
    forecasts = json.loads((CHECKOUT / "configs" / "data" / "forecast.json").read_text(encoding="utf-8"))
    files = [forecasts[place : place + 2] for place in range(0, len(forecasts), 2)]
    (tmp_path / "osaka.jsonl").write_text("\n".join(map(json.dumps, files)), encoding="utf-8")
    commands = [line for line in commands_in(CHECKOUT / "docs" / "own_data.md") if line.startswith("lightning ")]
    assert len(commands) == 5
    for line in commands:
        _, command, *args = shlex.split(line)
        outcome = call(tmp_path, command, *args, *([ONE_EPOCH] if command == "fit" else []))
        assert outcome.code == 0, f"{line}: {outcome.err}"


def test_workbook_without_openpyxl_is_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "own.xlsx").write_bytes(b"PK\x03\x04")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    own = ["--data.source=ExcelTable", "--data.source.path=own.xlsx", "--data.source.label=species"]
    said = refused(folder, "data", "--config=csv_table.yaml", *own)
    assert said.startswith('ExcelTable needs the package openpyxl: pip install "mnist-lab[excel]"')
