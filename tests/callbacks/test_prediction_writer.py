"""The CSV file of predictions: its rows, its names, its order."""

from __future__ import annotations

import csv
import errno
from pathlib import Path

import pytest
import torch

from mnist_lab.atomic_write import HeldError
from mnist_lab.callbacks import PredictionWriter
from mnist_lab.data import ClassificationDataModule
from mnist_lab.errors import MnistLabError, UsageError
from mnist_lab.models import Perceptron
from tests.small_run import interval_data, perceptron, quiet_trainer

NAMES = ["イヌ", "サル", "キジ, グリーン", 'the "fourth"', "4", "5", "6", "7", "8", "9"]


def predicted(path: Path, model: Perceptron, data: ClassificationDataModule, folder: Path) -> PredictionWriter:
    writer = PredictionWriter(path, NAMES)
    quiet_trainer(folder, callbacks=[writer]).predict(model, data, return_predictions=False)
    return writer


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_rows_are_the_test_samples_in_their_order_with_the_classes_names(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "predictions.csv"
    model, data = perceptron(), interval_data()
    quiet_trainer(tmp_path, max_epochs=3).fit(model, data)
    writer = predicted(path, model, data, tmp_path)
    header, *rows = rows_of(path)
    assert header == ["index", "label", "predicted", "probability"]
    samples = data.samples("test")
    with torch.no_grad():
        probabilities = model.network(data.standardisation.apply(samples.inputs)).softmax(dim=1)
    best, classes = probabilities.max(dim=1)
    assert len(rows) == writer.rows == len(samples) > 3 * data.eval_batch_size
    assert [row[0] for row in rows] == [str(index) for index in range(len(samples))]
    assert [row[1] for row in rows] == [NAMES[label] for label in samples.labels.tolist()]
    assert [row[2] for row in rows] == [NAMES[one] for one in classes.tolist()]
    assert [float(row[3]) for row in rows] == pytest.approx(best.tolist(), abs=2e-6)
    assert all(len(row[3]) == len("0.123456") for row in rows)
    assert len({row[1] for row in rows}) == 10


def test_own_older_file_is_replaced_and_a_second_run_counts_anew(tmp_path: Path) -> None:
    path = tmp_path / "predictions.csv"
    model, data = perceptron(), interval_data()
    writer = predicted(path, model, data, tmp_path)
    first = rows_of(path)
    quiet_trainer(tmp_path, callbacks=[writer]).predict(model, data, return_predictions=False)
    assert rows_of(path) == first
    assert len(first) == 1 + writer.rows
    assert {entry.name for entry in tmp_path.glob("*pred*")} == {"predictions.csv"}


def test_file_of_the_users_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "predictions.csv"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"^--predictions: .*predictions\.csv is not a file of this program's"):
        predicted(path, perceptron(), interval_data(), tmp_path)
    assert path.read_text(encoding="utf-8") == "mine"
    assert list(tmp_path.glob(".predictions*")) == []


def test_batch_size_changes_no_row(tmp_path: Path) -> None:
    model = perceptron()
    for size in (7, 1000):
        predicted(tmp_path / f"{size}.csv", model, interval_data(eval_batch_size=size), tmp_path)
    one, other = rows_of(tmp_path / "7.csv"), rows_of(tmp_path / "1000.csv")
    assert [row[:3] for row in one] == [row[:3] for row in other]


def test_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("", encoding="utf-8-sig")
    path = tmp_path / "a file" / "predictions.csv"
    with pytest.raises(MnistLabError) as caught:
        predicted(path, perceptron(), interval_data(), tmp_path)
    message = str(caught.value)
    assert message.startswith(f"The predictions cannot be written to {path}: ")
    assert message.endswith("or name another file with --predictions.")
    assert "\n" not in message


def test_file_that_excel_has_open_is_one_line_and_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "predictions.csv"
    predicted(path, perceptron(), interval_data(), tmp_path)
    before = path.read_bytes()

    def held(source: Path, target: Path) -> None:
        raise HeldError(errno.EACCES, "Access is denied", str(target))

    monkeypatch.setattr("mnist_lab.own_files.rename", held)
    with pytest.raises(MnistLabError) as caught:
        predicted(path, perceptron(), interval_data(), tmp_path)
    assert str(caught.value) == (
        f"The predictions cannot be written to {path}: predictions.csv is open in another program, such as Excel. "
        "Close it where it is open, or name another file with --predictions."
    )
    assert path.read_bytes() == before


def test_names_are_no_formulas_to_a_spreadsheet_and_numbers_stay_numbers(tmp_path: Path) -> None:
    writer = PredictionWriter(tmp_path / "p.csv", ["=1+1", "-3", "@sum", "cat"])
    assert writer.class_names == ["'=1+1", "-3", "'@sum", "cat"]
