"""New samples: which files and rows there are, and those that are refused."""

from __future__ import annotations

from pathlib import Path

import pandas
import pytest
import torch
from PIL import Image

from mnist_lab.data import MNIST, CSVTable, Digits, ExcelTable, ImageFolder, Intervals, JSONTable
from mnist_lab.data.new_samples import new_pictures, new_rows
from mnist_lab.errors import DataError, UsageError
from tests.data.drawings import drawn


def table(folder: Path) -> CSVTable:
    rows = [f"{kind},{number},{number * 2}" for number in range(6) for kind in ("cat", "dog")]
    (folder / "known.csv").write_text("\n".join(["kind,height,weight", *rows]), encoding="utf-8")
    return CSVTable(str(folder / "known.csv"), "kind")


def new_table(folder: Path, *lines: str) -> Path:
    path = folder / "new.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_pictures_of_a_folder_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    (folder / "more").mkdir(parents=True)
    drawn("two").save(folder / "b.PNG")
    drawn("one").save(folder / "more" / "a.jpg")
    drawn("seven").save(folder / "a.bmp")
    (folder / "notes.txt").write_text("x", encoding="utf-8")
    (folder / ".hidden.png").write_text("x", encoding="utf-8")
    samples = new_pictures(Digits(), folder)
    assert samples.names == ["a.bmp", "b.PNG", "more/a.jpg"]
    assert samples.left_out == ["notes.txt"]
    assert samples.inputs.shape == (3, 1, 28, 28)
    assert samples.inputs.dtype == torch.uint8
    alone = new_pictures(Digits(), folder / "b.PNG")
    assert alone.names == ["b.PNG"]
    assert torch.equal(alone.inputs[0], samples.inputs[1])


def test_pictures_of_a_folder_of_classes_are_read_as_those_were(tmp_path: Path) -> None:
    for name in ("red", "blue"):
        (tmp_path / name).mkdir()
        for number in range(6):
            Image.new("RGB", (9, 9), name).save(tmp_path / name / f"{number}.png")
    source = ImageFolder(str(tmp_path), image_size=(8, 8))
    samples = new_pictures(source, tmp_path / "red")
    assert torch.equal(samples.inputs[0, :, 0, 0], torch.tensor([255, 0, 0], dtype=torch.uint8))
    assert samples.inputs.shape == (6, 3, 8, 8)


def test_all_pictures_that_cannot_be_used_are_named_at_once(tmp_path: Path) -> None:
    drawn("two").save(tmp_path / "2.png")
    for name in ("empty.png", "blank.png"):
        Image.new("L", (50, 50), 255).save(tmp_path / name)
    (tmp_path / "text.png").write_text("no picture", encoding="utf-8")
    with pytest.raises(DataError, match=r"blank\.png is empty: .* 2 more cannot be used: empty\.png, text\.png\.$"):
        new_pictures(MNIST(), tmp_path)


def test_what_is_no_place_for_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^--images: there is no file and no folder '.*gone'"):
        new_pictures(Digits(), tmp_path / "gone")
    with pytest.raises(UsageError, match=r"^--images: .* holds no picture \(\.png, "):
        new_pictures(Digits(), tmp_path)
    drawn("two").save(tmp_path / "2.png")
    with pytest.raises(UsageError, match=r"^--images: a sample of Intervals has the shape 1 and is no picture"):
        new_pictures(Intervals(), tmp_path)


def test_rows_need_the_columns_that_were_learned_and_no_label(tmp_path: Path) -> None:
    source = table(tmp_path)
    path = new_table(tmp_path, "name,weight,height", "a,4.5,3", "", "b,1,2")
    samples = new_rows(source, path, source.feature_names)
    assert samples.names == ["2", "4"]
    assert samples.inputs.values.tolist() == [[3.0, 4.5], [2.0, 1.0]]
    labelled = new_rows(source, new_table(tmp_path, "kind,height,weight", "fish,1,2"), source.feature_names)
    assert labelled.inputs.values.tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize("name", ["new.csv", "new.tsv", "new.json", "new.jsonl", "new.xlsx"])
def test_rows_may_come_in_another_kind_of_file_than_those_of_the_training(name: str, tmp_path: Path) -> None:
    rows = pandas.DataFrame({"weight": [4.5, 1.0], "name": ["a", "b"], "height": [3, 2]})
    path = tmp_path / name
    if path.suffix == ".xlsx":
        rows.to_excel(path, index=False)
    elif path.suffix.startswith(".json"):
        rows.to_json(path, orient="records", lines=path.suffix == ".jsonl")
    else:
        rows.to_csv(path, index=False, sep=";" if path.suffix == ".csv" else "\t")
    known = table(tmp_path)
    content = pandas.read_csv(known.path)
    content.to_json(tmp_path / "known.json", orient="records")
    content.to_excel(tmp_path / "known.xlsx", index=False)
    others = JSONTable(str(tmp_path / "known.json"), "kind"), ExcelTable(str(tmp_path / "known.xlsx"), "kind")
    for source in (known, *others):
        samples = new_rows(source, path, ["height", "weight"])
        assert samples.inputs.values.tolist() == [[3.0, 4.5], [2.0, 1.0]]


def test_rows_that_cannot_be_used_are_one_line(tmp_path: Path) -> None:
    source = table(tmp_path)
    features = source.feature_names
    with pytest.raises(UsageError, match=r"^--rows: there is no file"):
        new_rows(source, tmp_path / "gone.csv", features)
    with pytest.raises(UsageError, match=r"^--rows: .*new\.csv has no column 'weight'\. Did you mean 'wieght'\?"):
        new_rows(source, new_table(tmp_path, "height,wieght", "1,2"), features)
    with pytest.raises(DataError, match=r"new\.csv, row 3, column 'weight': the value is missing") as caught:
        new_rows(source, new_table(tmp_path, "height,weight", "1,2", "3,"), features)
    assert "leave the column out" not in str(caught.value)
    with pytest.raises(DataError, match=r"new\.csv, row 2, column 'height': 'tall' is not a number"):
        new_rows(source, new_table(tmp_path, "height,weight", "tall,2", "1,1"), features)
    with pytest.raises(DataError, match=r"row 2, column 'height': 'tall' is not .*; correct it, or delete the row"):
        new_rows(source, new_table(tmp_path, "height,weight", "tall,2"), features)
    with pytest.raises(UsageError, match=r"^--rows: Digits has pictures, not rows of a table"):
        new_rows(Digits(), new_table(tmp_path, "height,weight", "1,2"), None)


def test_rows_that_lack_a_value_are_treated_as_those_of_the_training(tmp_path: Path) -> None:
    source = table(tmp_path)
    path = new_table(tmp_path, "height,weight", "1,2", "NA,4", "5,6")
    source.missing = "mean"
    gaps = torch.isnan(new_rows(source, path, source.feature_names).inputs.values)
    assert gaps.tolist() == [[False, False], [True, False], [False, False]]
    source.missing = "drop"
    kept = new_rows(source, path, source.feature_names)
    assert (kept.names, kept.left_out) == (["2", "4"], ["3"])
    with pytest.raises(DataError, match=r"each of its 1 rows lacks a value \(missing: drop\)"):
        new_rows(source, new_table(tmp_path, "height,weight", "1,"), source.feature_names)


def test_texts_of_new_rows_need_not_come_again(tmp_path: Path) -> None:
    rows = [f"{place},{number}" for number, place in enumerate("abcdefghijkl")]
    new = new_rows(table(tmp_path), new_table(tmp_path, "height,weight", *rows), ["height", "weight"], ["height"])
    assert new.inputs.texts == {"height": list("abcdefghijkl")}


def test_numbers_without_a_name_come_in_any_column(tmp_path: Path) -> None:
    samples = new_rows(Intervals(), new_table(tmp_path, "where", "0.5", "7.25"), None)
    assert samples.inputs.values.tolist() == [[0.5], [7.25]]
    with pytest.raises(UsageError, match=r"has 2 columns of numbers \(x, y\); the network learned 1"):
        new_rows(Intervals(), new_table(tmp_path, "x,y", "1,2"), None)
