"""The file that predict writes, row by row."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from lightning.pytorch import Trainer

from mnist_lab.callbacks import PredictionWriter
from mnist_lab.data import ClassificationDataModule, Digits
from mnist_lab.models import FC


@pytest.fixture
def rows(tmp_path: Path) -> list[dict[str, str]]:
    data = ClassificationDataModule(Digits(), eval_batch_size=100)
    data.prepare_data()
    data.setup()
    model = FC(data.input_shape, data.num_classes, hidden=[8])
    path = tmp_path / "predictions.csv"
    path.write_text("from an earlier run\n", encoding="utf-8")
    writer = PredictionWriter(path, [f"digit {name}" for name in data.class_names])
    trainer = Trainer(
        accelerator="cpu", logger=False, callbacks=[writer], enable_progress_bar=False, default_root_dir=tmp_path
    )
    trainer.predict(model, datamodule=data)
    labels = data.samples("test").labels.tolist()
    with path.open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert [row["label"] for row in read] == [f"digit {label}" for label in labels]
    assert writer.rows == len(labels)
    return read


@pytest.mark.filterwarnings("ignore:Couldn't infer the batch indices")
def test_every_sample_has_a_row_in_the_datas_order(rows: list[dict[str, str]]) -> None:
    assert list(rows[0]) == ["index", "label", "predicted", "probability"]
    assert [int(row["index"]) for row in rows] == list(range(len(rows)))


@pytest.mark.filterwarnings("ignore:Couldn't infer the batch indices")
def test_probability_is_that_of_the_predicted_class(rows: list[dict[str, str]]) -> None:
    assert {row["predicted"] for row in rows} <= {f"digit {number}" for number in range(10)}
    # The largest of ten probabilities is at least a tenth.
    assert all(0.1 <= float(row["probability"]) <= 1.0 for row in rows)
