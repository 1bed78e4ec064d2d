"""Texts as inputs: a column of 0 or 1 for each text of the training split, and what becomes of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from mnist_lab.data import ClassificationDataModule
from mnist_lab.errors import DataError, MnistLabError
from mnist_lab.language import speaking
from mnist_lab.runs.value_notes import value_notes
from tests.data.test_csv_table import table
from tests.data.test_datamodule import ready

SEAS = ("北　の海", "南の海", "北 の海")
LINES = ["kind,sea,x", *(f"{kind},{SEAS[n % 3]},{n}" for n in range(20) for kind in ("a", "b"))]


def module_of(folder: Path, lines: list[str], **arguments: Any) -> ClassificationDataModule:
    source = table(folder, lines, **({"inputs": ["sea", "x"]} | arguments))
    return ClassificationDataModule(source, batch_size=4, val_fraction=0.2)


def raw_row(module: ClassificationDataModule, number: int) -> list[float]:
    """The features of the row whose x is a number, as stored."""
    rows = torch.cat([module.samples(split).inputs for split in ("train", "val", "test")]).tolist()
    return next(row for row in rows if row[-1] == number)


def test_text_becomes_a_column_for_each_text(tmp_path: Path) -> None:
    module = module_of(tmp_path, LINES)
    assert module.input_shape == (3,)  # before anything is set up, as the network is built from it
    module.prepare_data()
    module.setup()
    assert module.feature_names == ["sea=北 の海", "sea=南の海", "x"]
    description = module.describe()
    assert description.input_shape == [3]
    assert description.feature_names == module.feature_names
    assert description.categories == {"sea": ["北 の海", "南の海"]}
    assert [raw_row(module, number) for number in (0, 1, 2)] == [[1, 0, 0], [0, 1, 1], [1, 0, 2]]
    assert torch.allclose(module.standardisation.mean, module.samples("train").inputs.mean(dim=0))


def test_texts_are_no_inputs_unless_they_are_named(tmp_path: Path) -> None:
    module = module_of(tmp_path, LINES, inputs=None)
    assert (module.input_shape, module.feature_names) == ((1,), ["x"])


def test_text_that_no_training_sample_has_is_zero_and_said(tmp_path: Path) -> None:
    known = ready(table(tmp_path, LINES, inputs=["x"]), batch_size=4, val_fraction=0.2)
    both = set(known.samples("train").inputs.flatten().tolist())
    number = next(n for n in known.samples("test").inputs.flatten().tolist() if n not in both)
    lines = [
        LINES[0],
        *(f"{line[0]},霧の海,{number:g}" if line.endswith(f",{number:g}") else line for line in LINES[1:]),
    ]
    module = module_of(tmp_path, lines)
    module.prepare_data()
    module.setup()
    assert module.feature_names == ["sea=北 の海", "sea=南の海", "x"]
    assert raw_row(module, int(number))[:2] == [0, 0]
    facts = module.describe().to_dict()
    rows = facts["unseen"]["sea"]["霧の海"]
    assert sum(rows.values()) == 2
    assert "train" not in rows
    (note,) = value_notes(facts)
    assert note.startswith("texts that no training sample has, so that each of their columns is 0: sea '霧の海' (")
    with speaking("ja"):
        (note,) = value_notes(facts)
        assert note.startswith("学習用データにない文字列（対応する列はすべて 0）：sea '霧の海'（")


def test_missing_text_is_the_mean_of_its_columns(tmp_path: Path) -> None:
    module = module_of(tmp_path, [*LINES, "a,,100"], missing="mean")
    module.prepare_data()
    module.setup()
    assert raw_row(module, 100)[:2] == pytest.approx(module.standardisation.mean[:2].tolist())
    assert module.describe().missing == {"treatment": "mean", "rows": 41, "dropped_rows": 0, "values": {"sea": 1}}


def test_learned_texts_and_scale_are_those_of_a_training(tmp_path: Path) -> None:
    learned = module_of(tmp_path, LINES, missing="mean")
    learned.setup()
    there = learned.describe()
    # Other data: a text more, one less, numbers of another size, and a value that is missing.
    (tmp_path / "new").mkdir()
    lines = [
        "kind,sea,x",
        *(f"{kind},{('南の海', '霧の海')[n % 2]},{1000 + n}" for n in range(20) for kind in "ab"),
        "a,,7",
    ]
    for early in (True, False):
        module = module_of(tmp_path / "new", lines, missing="mean")
        if not early:
            module.setup()
        module.learned_as(there.mean, there.std, there.categories, there.feature_names)
        assert module.input_shape == (3,)
        module.setup()
        assert module.feature_names == there.feature_names
        assert raw_row(module, 1000) == [0, 1, 1000]
        assert raw_row(module, 1001) == [0, 0, 1001]
        assert raw_row(module, 7)[:2] == pytest.approx(there.mean[:2])
        assert module.describe().mean == there.mean
        assert sum(module.describe().unseen["sea"]["霧の海"].values()) == 20


def test_column_that_was_text_in_the_training_is_so_where_it_looks_like_numbers(tmp_path: Path) -> None:
    learned = module_of(tmp_path, ["kind,sea,x", *(f"{k},{'1AB'[n % 3]},{n}" for n in range(21) for k in "ab")])
    learned.setup()
    there = learned.describe()
    assert there.feature_names == ["sea=1", "sea=A", "sea=B", "x"]
    module = module_of(tmp_path, ["kind,sea,x", *(f"{k},1,{n}" for n in range(20) for k in "ab")])
    assert module.input_shape == (2,)
    module.learned_as(there.mean, there.std, there.categories, there.feature_names)
    module.setup()
    assert raw_row(module, 3) == [1, 0, 0, 3]


def test_remarks_are_no_inputs(tmp_path: Path) -> None:
    lines = ["kind,note,x", *(f"{kind},remark {n} on {kind},{n}" for n in range(6) for kind in "ab")]
    with pytest.raises(MnistLabError) as caught:
        table(tmp_path, lines, inputs=["note", "x"]).prepare()
    assert str(caught.value) == (
        f"inputs: {tmp_path / 'own.csv'}, column 'note' has 12 different texts in 12 rows ('remark 0 on a', …), so "
        "that hardly one comes again; leave it out."
    )


def test_text_column_without_a_text_in_the_training_split_is_an_error(tmp_path: Path) -> None:
    known = ready(table(tmp_path, LINES, inputs=["x"]), batch_size=4, val_fraction=0.2)
    train = set(known.samples("train").inputs.flatten().tolist())
    lines = [LINES[0]]
    for line in LINES[1:]:
        kind, sea, number = line.split(",")
        lines.append(f"{kind},{'' if float(number) in train else sea},{number}")
    with pytest.raises(DataError, match="no row of the training split has a value in column 'sea'"):
        _ = module_of(tmp_path, lines, missing="mean").input_shape
