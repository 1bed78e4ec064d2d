"""One's own CSV file: what is read, and what is said of a file that cannot be used."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
import torch

from mnist_lab.data import CSVTable
from mnist_lab.errors import MnistLabError
from mnist_lab.language import speaking
from tests.data.test_datamodule import ready

ROWS = [f"{kind},{50 + number},{20 - number}" for number in range(6) for kind in ("イヌ", "サル")]
GOOD = ["kind,height,weight", *ROWS]


def table(folder: Path, lines: list[str] | bytes, written_in: str = "utf-8", **arguments: Any) -> CSVTable:
    path = folder / "own.csv"
    path.write_bytes(lines if isinstance(lines, bytes) else "\n".join(lines).encode(written_in))
    return CSVTable(**({"path": str(path), "label": "kind"} | arguments))


def inputs_of(source: CSVTable) -> list[list[float]]:
    """All rows' inputs in the order of the file."""
    source.prepare()
    found: list[list[float]] = source._content.samples.inputs.tolist()
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_table_is_read_in_every_usual_encoding(encoding: str, tmp_path: Path) -> None:
    source = table(tmp_path, GOOD, encoding)
    assert source.input_shape == (2,)
    assert source.feature_names == ["height", "weight"]
    assert source.class_names == ["イヌ", "サル"]
    assert inputs_of(source)[:3] == [[50, 20], [50, 20], [51, 19]]
    assert source.location == str(tmp_path / "own.csv")
    assert source.sha256 == hashlib.sha256((tmp_path / "own.csv").read_bytes()).hexdigest()


def test_samples_are_float32_with_a_test_part_of_each_class(tmp_path: Path) -> None:
    lines = ["kind,x", *(f"{kind},{number}" for number in range(20) for kind in ("a", "a", "b"))]
    train, test = table(tmp_path, lines, test_fraction=0.25).load()
    assert (train.inputs.shape, train.inputs.dtype) == ((45, 1), torch.float32)
    assert train.class_counts(2) == [30, 15]
    assert test.class_counts(2) == [10, 5]


def test_test_part_follows_its_own_seed(tmp_path: Path) -> None:
    tests = [table(tmp_path, GOOD, seed=seed, test_fraction=0.5).load()[1].inputs for seed in (0, 0, 1)]
    assert torch.equal(tests[0], tests[1])
    assert not torch.equal(tests[0], tests[2])


def test_statistics_are_those_of_the_training_split(tmp_path: Path) -> None:
    lines = ["kind,x,y", *(f"{kind},{number**2},{7 * number}" for number in range(30) for kind in ("a", "b"))]
    module = ready(table(tmp_path, lines), batch_size=8, val_fraction=0.25)
    train = module.samples("train").inputs
    assert torch.allclose(module.standardisation.mean, train.mean(dim=0))
    assert torch.allclose(module.standardisation.std, train.std(dim=0, unbiased=False))
    left_out = {int(row[1]) for split in ("val", "test") for row in module.samples(split).inputs}
    left_out -= {int(row[1]) for row in train}
    assert left_out
    # The values of rows that do not train are changed, and the statistics stay.
    changed = [
        line if int(line.split(",")[2]) not in left_out else f"{line[0]},1e6,{line.split(',')[2]}" for line in lines[1:]
    ]
    again = ready(table(tmp_path, [lines[0], *changed]), batch_size=8, val_fraction=0.25)
    assert torch.equal(again.samples("train").inputs, train)
    assert torch.equal(again.standardisation.mean, module.standardisation.mean)
    assert torch.equal(again.standardisation.std, module.standardisation.std)
    assert max(again.samples(split).inputs.max() for split in ("val", "test")) == 1e6


def test_column_that_never_changes_becomes_zero(tmp_path: Path) -> None:
    lines = ["kind,x,y", *(f"{kind},5,{number}" for number in range(6) for kind in ("a", "b"))]
    module = ready(table(tmp_path, lines), batch_size=2, val_fraction=0.2)
    inputs, _ = next(iter(module.train_dataloader()))
    assert inputs[:, 0].tolist() == [0, 0]
    assert inputs[:, 1].abs().sum() > 0


def test_columns_are_chosen_in_the_order_given(tmp_path: Path) -> None:
    source = table(tmp_path, GOOD, inputs=["weight", "height"])
    assert inputs_of(source)[0] == [20, 50]
    assert inputs_of(table(tmp_path, GOOD, inputs=["ｈｅｉｇｈｔ "]))[0] == [50]


def test_columns_without_a_name_or_numbers_are_no_inputs(tmp_path: Path) -> None:
    lines = [",kind,height,note", *(f"{number},{row.rpartition(',')[0]},text" for number, row in enumerate(ROWS))]
    assert table(tmp_path, lines).feature_names == ["height"]


def mixed() -> list[str]:
    rows = [f'{n},{kind},many,"{n},000",{n},,' for n in range(1, 7) for kind in ("u", "v")]
    return ["a,kind,b,c,,d,", *rows]


def test_columns_that_are_no_inputs_are_noted_with_the_reason(tmp_path: Path) -> None:
    source = table(tmp_path, mixed())
    assert source.feature_names == ["a"]
    assert source.note == (
        "data: columns not used as inputs: b (text), c (numbers such as 1,000 are text), column 5 (no name), d (empty)"
        "; --data.source.inputs names those that are"
    )
    with speaking("ja"):
        assert table(tmp_path, mixed()).note == (
            "data：入力に使わない列：b（文字）、c（1,000 のような数は文字とみなされます）、5 列目（列名なし）、"
            "d（空）。"
            "使う列は --data.source.inputs で指定できます"
        )


def test_columns_need_no_note_where_inputs_are_named_or_all_are_taken(tmp_path: Path) -> None:
    assert table(tmp_path, mixed(), inputs=["a"]).note is None
    assert table(tmp_path, GOOD).note is None


def test_note_names_the_first_ten_columns(tmp_path: Path) -> None:
    names = [f"t{number}" for number in range(12)]
    lines = [",".join(["kind", "x", *names]), *(f"{kind},1{',t' * 12}" for kind in ("a", "b") * 6)]
    note = table(tmp_path, lines).note
    assert note is not None
    assert "t8 (text), t9 (text), … (12 in all); " in note


def test_numbers_of_other_widths_are_numbers(tmp_path: Path) -> None:
    source = table(tmp_path, [GOOD[0], "イヌ　,２３．５,−３", "ｲﾇ, 1e2 ,+4", *ROWS])
    assert inputs_of(source)[:2] == [[23.5, -3], [100, 4]]
    assert source.class_names == ["イヌ", "サル"]


def test_empty_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    lines = [GOOD[0], "", *ROWS[:2], ",,", *ROWS[2:], ",,", ""]
    assert len(inputs_of(table(tmp_path, lines))) == len(ROWS)
    with pytest.raises(MnistLabError, match="row 6, column 'height': 'x' is not a number"):
        inputs_of(table(tmp_path, [*lines[:5], "イヌ,x,1", *lines[5:]]))


def test_row_is_the_spreadsheets_where_a_cell_has_two_lines(tmp_path: Path) -> None:
    lines = ["kind,height,note", 'イヌ,1,"two\nlines"', "イヌ,x,", *(row.rpartition(",")[0] + "," for row in ROWS)]
    with pytest.raises(MnistLabError, match="row 3, column 'height': 'x' is not a number"):
        inputs_of(table(tmp_path, lines))


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (("10", "2", "03", "3.0"), ["2", "3", "10"]),
        (("0.5", "−1"), ["-1", "0.5"]),
        (("10", "2", "b"), ["10", "2", "b"]),
        (("サル", "イヌ"), ["イヌ", "サル"]),
    ],
)
def test_classes_are_in_the_order_of_numbers_or_characters(
    labels: tuple[str, ...], names: list[str], tmp_path: Path
) -> None:
    lines = ["kind,x", *(f"{label},{number}" for number in range(6) for label in labels)]
    assert table(tmp_path, lines).class_names == names


def test_order_of_the_rows_does_not_number_the_classes(tmp_path: Path) -> None:
    for lines in (GOOD, [GOOD[0], *ROWS[::-1]]):
        source = table(tmp_path, lines)
        source.prepare()
        content = source._content
        assert content.class_names == ["イヌ", "サル"]
        assert content.samples.labels.tolist() == [int(line.startswith("サル")) for line in lines[1:]]


def test_classes_are_in_the_order_given(tmp_path: Path) -> None:
    source = table(tmp_path, GOOD, classes=["サル", "イヌ"])
    assert source.class_names == ["サル", "イヌ"]
    source.prepare()
    assert source._content.samples.labels[:2].tolist() == [1, 0]
    lines = ["kind,x", *(f"{label},{number}" for number in range(6) for label in ("1.0", "02"))]
    source = table(tmp_path, lines, classes=["2", "1"])
    assert source.class_names == ["2", "1"]
    source.prepare()
    assert source._content.samples.labels[:2].tolist() == [1, 0]


@pytest.mark.parametrize(("separator", "character"), [(";", ";"), ("tab", "\t")])
def test_separator_can_be_named(separator: str, character: str, tmp_path: Path) -> None:
    lines = [line.replace(",", character) for line in GOOD]
    assert table(tmp_path, lines, separator=separator).input_shape == (2,)
    with pytest.raises(
        MnistLabError, match=rf'row 1: .* separated by .*; give --data.source.separator "{separator}"\.$'
    ):
        table(tmp_path, lines).prepare()


def test_settings_make_the_source_again(tmp_path: Path) -> None:
    source = table(tmp_path, GOOD, inputs=["height"], seed=3)
    assert CSVTable(**source.settings()).settings() == source.settings()
    assert (source.settings()["inputs"], source.settings()["seed"]) == (["height"], 3)


@pytest.mark.parametrize(
    ("lines", "code", "said"),
    [
        (b"", 1, "own.csv is empty; it must hold a table."),
        (b" \n\n", 1, "own.csv is empty; it must hold a table."),
        (GOOD[:1], 1, "own.csv has names of columns in row 1, and no rows below; add some."),
        (b"PK\x03\x04...", 1, "own.csv is an Excel workbook, not a CSV file; "),
        (["kind,height,height", *ROWS], 1, "own.csv, row 1: two columns have the name 'height' (kind, height, height)"),
        ([*GOOD[:3], "イヌ,,3", *ROWS], 1, "own.csv, row 4, column 'height': the value is missing; fill it in"),
        ([*GOOD, "イヌ,1"], 1, "own.csv, row 14, column 'weight': the value is missing"),
        ([*GOOD, "イヌ,,1", "サル,,1"], 1, "'height': the value is missing (the first of 2 such cells)"),
        ([*GOOD[:3], "イヌ,12cm,3", *ROWS], 1, "own.csv, row 4, column 'height': '12cm' is not a number"),
        ([*GOOD, "イヌ,nan,3"], 1, "own.csv, row 14, column 'height': the value is missing ('nan'); fill it in"),
        ([*GOOD, "イヌ,inf,3"], 1, "own.csv, row 14, column 'height': 'inf' is not a number"),
        ([*GOOD, "イヌ,1e39,3"], 1, "own.csv, row 14, column 'height': '1e39' is not a number"),
        ([*GOOD, "イヌ,1,2,3"], 1, "own.csv, row 14: it has 4 cells, the row of names has 3; "),
        ([*GOOD, 'イヌ,"1,2'], 1, "own.csv, row 14: a quotation mark is opened and never closed; "),
        (
            [*GOOD, "イヌ,,", "サル,,"],
            1,
            "own.csv, row 14: none of the inputs has a value (the first of 2 such rows); fill the row in, or",
        ),
        (
            [*GOOD, ",1,2"],
            1,
            "own.csv, row 14, column 'kind': the label is missing; fill it in, or leave such rows out",
        ),
        (GOOD[:9], 1, "own.csv, column 'kind': too few rows: 8 in all, of 2 classes; each class needs at least 5"),
        ([*GOOD, "ネコ,1,2"], 1, "too few rows: class 'ネコ' has 1 from row 14 on (13 rows and 3 classes in all)"),
        ([GOOD[0], *ROWS[::2] * 2], 1, "own.csv, column 'kind': there is one class only ('イヌ')"),
        (
            ["kind,x", *(f"{n / 7},{n}" for n in range(20))],
            1,
            "20 different labels in 20 rows; mnist_lab tells classes",
        ),
        (["sort,x,y", *ROWS], 2, "has no column 'kind'. Columns: sort, x, y."),
        (
            ["kind,x", *["a,one", "b,two"] * 6],
            1,
            "no named column of numbers beside the label 'kind' (beside it: x (text))",
        ),
        (["kind,", *["a,1", "b,2"] * 6], 1, "the label 'kind' (beside it: column 2 (no name)); only numbers"),
        (["kind", *["a", "b"] * 6], 1, "the label 'kind' (beside it: none); only numbers"),
    ],
)
def test_file_that_cannot_be_used_is_explained(lines: list[str] | bytes, code: int, said: str, tmp_path: Path) -> None:
    with pytest.raises(MnistLabError) as caught:
        table(tmp_path, lines).prepare()
    message = str(caught.value)
    assert caught.value.exit_code == code
    assert said in message
    assert str(tmp_path / "own.csv") in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"label": "king"}, "has no column 'king'. Did you mean 'kind'? Columns: kind, height, weight."),
        ({"inputs": ["heigth"]}, "has no column 'heigth'. Did you mean 'height'? Columns: kind, height, weight."),
        ({"inputs": [""]}, "has no column ''."),
        ({"inputs": ["height", "kind"]}, "inputs: 'kind' is the label; the network would be told the answer."),
        ({"inputs": ["height", "height"]}, "inputs: 'height' is named twice; name each column once."),
        ({"inputs": []}, "inputs: no column is named; name at least one, or give null"),
        (
            {"label": "weight", "inputs": ["kind"], "missing": "zero"},
            "missing: 'zero' is unknown; give 'error', 'drop' (leave such rows out) or 'mean'",
        ),
        (
            {"classes": ["イヌ", "キジ"]},
            "row 3, column 'kind': the label 'サル' is not among the classes イヌ, キジ (the",
        ),
        ({"classes": ["イヌ", "サルー"]}, "Did you mean 'サルー'?"),
        ({"classes": ["イヌ", "サル", "キジ"]}, "too few rows: class 'キジ' has 0 (12 rows and 3 classes in all)"),
        ({"classes": ["イヌ"]}, "classes: ['イヌ'] has fewer than two classes"),
        ({"classes": ["イヌ", "ｲﾇ"]}, "classes: 'イヌ' is named twice"),
        ({"encoding": "utf-88"}, "encoding: 'utf-88' is no text encoding"),
        ({"separator": "|"}, "separator: '|' is unknown; give ',', ';' or 'tab'."),
        ({"test_fraction": 0}, "test_fraction: 0 is not between 0 and 1; 0.2 is customary."),
        ({"test_fraction": 1.0}, "test_fraction: 1.0 is not between 0 and 1"),
        ({"seed": -1}, "seed: -1 is negative; give 0 or more."),
    ],
)
def test_arguments_that_do_not_fit_are_refused(arguments: dict[str, Any], said: str, tmp_path: Path) -> None:
    rows = [GOOD[0], *ROWS * 3] if "label" in arguments else GOOD
    with pytest.raises(MnistLabError) as caught:
        table(tmp_path, rows, **arguments).prepare()
    assert said in str(caught.value)


def test_file_is_looked_for_from_the_working_folder_then_beside_the_configs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shipped = CSVTable("data/animals.csv", "animal")
    assert shipped.is_on_disk()
    assert shipped.class_names == ["イヌ", "キジ", "サル"]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "animals.csv").write_text("\n".join(["animal,x", *["a,1", "b,2"] * 6]), encoding="utf-8")
    assert CSVTable("data/animals.csv", "animal").class_names == ["a", "b"]


def test_missing_file_is_named_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = CSVTable("gone.csv", "kind")
    assert not source.is_on_disk()
    with pytest.raises(MnistLabError) as caught:
        source.prepare()
    assert str(caught.value).startswith(f"There is no file 'gone.csv' (looked for {tmp_path / 'gone.csv'} and ")
    with pytest.raises(MnistLabError, match=r" is a folder; name a file in it with --data\.source\.path\.$"):
        CSVTable(str(tmp_path), "kind").prepare()
