"""Values that a table lacks: refused, left out with their rows, or replaced by the training split's mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from mnist_lab.data import ClassificationDataModule, CSVTable
from mnist_lab.errors import DataError
from mnist_lab.language import speaking
from mnist_lab.runs.value_notes import value_notes
from tests.data.test_csv_table import inputs_of, table
from tests.data.test_datamodule import ready

# As palmerpenguins publishes them (NA) and as seaborn does (empty).
PENGUINS = ["species,island,bill_length_mm,sex"]
PENGUINS += [f"{kind},{('Dream', 'Biscoe')[n % 2]},{30 + n}.5,male" for n in range(10) for kind in ("Adelie", "Gentoo")]
PENGUINS += ["Adelie,Dream,NA,NA", "Gentoo,Biscoe,,", "Gentoo,Biscoe,44.5,"]


def penguins(folder: Path, **arguments: Any) -> CSVTable:
    return table(folder, PENGUINS, label="species", **arguments)


def said(module: ClassificationDataModule) -> list[str]:
    return value_notes(module.describe().to_dict())


def test_missing_value_is_an_error_that_names_the_ways_out(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        penguins(tmp_path, inputs=["bill_length_mm", "island"]).prepare()
    assert str(caught.value) == (
        f"{tmp_path / 'own.csv'}, row 22, column 'bill_length_mm': the value is missing ('NA') (the first of 2 such "
        "cells); fill it in, leave out such rows (--data.source.missing drop) or the column (--data.source.inputs), or "
        "take the mean (--data.source.missing mean)."
    )


def test_drop_leaves_out_rows_that_lack_an_input(tmp_path: Path) -> None:
    module = ready(penguins(tmp_path, missing="drop"), batch_size=4, val_fraction=0.2)
    description = module.describe()
    assert sum(description.split_sizes.values()) == 21
    assert description.missing == {
        "treatment": "drop",
        "rows": 23,
        "dropped_rows": 2,
        "values": {"bill_length_mm": 2},
    }
    assert said(module) == [
        "2 of 23 rows are left out, as a value is missing (missing: drop): bill_length_mm 2",
    ]
    with speaking("ja"):
        assert said(module) == ["欠損値のある行を除外（missing: drop）：23 行中 2 行（bill_length_mm 2 個）"]


def test_drop_looks_at_the_inputs_and_the_label_alone(tmp_path: Path) -> None:
    lines = [*PENGUINS[:-1], ",Dream,40,male"]
    source = table(tmp_path, lines, label="species", inputs=["bill_length_mm", "sex"], missing="drop")
    source.prepare()
    assert source._content.missing is not None
    assert source._content.missing.values == {"bill_length_mm": 2, "sex": 2, "species": 1}
    assert len(source._content.samples) == 20


def test_mean_is_that_of_the_training_split_and_becomes_zero(tmp_path: Path) -> None:
    source = table(tmp_path, ["kind,x,y", *(f"{k},{n or ''},{n}" for n in range(20) for k in "ab")], missing="mean")
    module = ready(source, batch_size=4, val_fraction=0.2)
    given = torch.cat([module.samples(split).inputs for split in ("train", "val", "test")])
    train = module.samples("train").inputs
    present = torch.tensor([row[0] for row in train.tolist() if row[1] != 0])
    mean = float(module.standardisation.mean[0])
    assert mean == pytest.approx(float(present.mean()))
    assert [row[0] for row in given.tolist() if row[1] == 0] == pytest.approx([mean] * 2)
    assert not given.isnan().any()
    assert torch.allclose(module.standardisation.std, train.std(dim=0, unbiased=False))
    filled = given[given[:, 1] == 0]
    assert module.standardisation.apply(filled)[:, 0].abs().max() < 1e-6
    assert said(module) == [
        "missing values are replaced by the mean of the training split (missing: mean), of 40 rows: x 2"
    ]


def test_complete_table_is_the_same_whatever_becomes_of_missing_values(tmp_path: Path) -> None:
    complete = PENGUINS[:21]
    sources = [table(tmp_path, complete, label="species", missing=missing) for missing in ("error", "drop", "mean")]
    assert inputs_of(sources[0]) == inputs_of(sources[1]) == inputs_of(sources[2])
    for source in sources:
        assert said(ready(source, batch_size=4, val_fraction=0.2)) == []


def test_label_that_is_missing_is_dropped_but_never_a_mean(tmp_path: Path) -> None:
    lines = [*PENGUINS[:21], ",Dream,40,male"]
    assert len(inputs_of(table(tmp_path, lines, label="species", missing="drop"))) == 20
    with pytest.raises(DataError, match=r"row 22, column 'species': the label is missing; fill it in, or leave such"):
        inputs_of(table(tmp_path, lines, label="species", missing="mean"))


def test_class_may_be_called_na(tmp_path: Path) -> None:
    lines = ["kind,x", *(f"{kind},{number}" for number in range(6) for kind in ("NA", "EU"))]
    assert table(tmp_path, lines, missing="drop").class_names == ["EU", "NA"]


@pytest.mark.parametrize("missing", ["drop", "mean"])
def test_text_among_numbers_stays_an_error(missing: str, tmp_path: Path) -> None:
    lines = [*PENGUINS, "Adelie,Dream,about 40,male"]
    with pytest.raises(DataError, match="row 25, column 'bill_length_mm': 'about 40' is not a number"):
        table(tmp_path, lines, label="species", missing=missing).prepare()


def test_column_that_leaves_no_row_is_named(tmp_path: Path) -> None:
    lines = ["kind,x,y", *(f"{kind},{number},NA" for number in range(6) for kind in "ab")]
    with pytest.raises(DataError) as caught:
        table(tmp_path, lines, inputs=["x", "y"], missing="drop").prepare()
    assert str(caught.value).endswith(
        "with missing 'drop' no row is left: each of the 12 lacks a value. Column 'y' lacks 12; leave it out "
        "(--data.source.inputs)."
    )


def test_class_that_has_lost_its_rows_is_an_error_that_says_so(tmp_path: Path) -> None:
    lines = [
        "kind,x",
        *(f"{kind},{number if kind == 'a' or number < 3 else ''}" for number in range(9) for kind in "ab"),
    ]
    with pytest.raises(DataError, match=r"\(without 6 rows that lack a value\): too few rows: class 'b' has 3"):
        table(tmp_path, lines, missing="drop").prepare()


def test_column_without_a_value_in_the_training_split_is_an_error(tmp_path: Path) -> None:
    lines = ["kind,x,y", *(f"{kind},{number}," for number in range(10) for kind in "ab")]
    source = table(tmp_path, lines, inputs=["x", "y"], missing="mean")
    with pytest.raises(DataError, match="no row of the training split has a value in column 'y', so that nothing"):
        ready(source, batch_size=4, val_fraction=0.2)
