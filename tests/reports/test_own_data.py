"""One's own data in reports: named by their file; repeats whose splits have other texts; what makes samples others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mnist_lab.language import Language, speaking
from mnist_lab.reports.markdown import to_markdown
from mnist_lab.reports.run_content import compose, find
from mnist_lab.runs.record import read_record, write_record
from mnist_lab.runs.run import read_runs
from tests.reports.records import leave_run

FIGURES = ("accuracy_over_time", "time_per_epoch", "accuracy", "time_and_accuracy")
PENGUINS = {
    "name": "CSVTable",
    "requested_name": "CSVTable",
    "location": "/home/somebody/penguins.csv",
    "sha256": "1a2b",
    "settings": {"path": "penguins.csv", "label": "species"},
    "class_names": ["Adelie", "Gentoo"],
}


def leave(log_dir: Path, model: str, seed: int, data: dict[str, Any], **trainer: Any) -> None:
    """Leave a run on other data."""
    test = 0.97 + seed / 100 + (model == "CNN") * (1 + seed) / 200
    folder = leave_run(log_dir, model, seed, test=test, name=f"{model}-{seed}")
    record = read_record(folder)
    record.data.update(data)
    record.settings["trainer"] |= trainer
    if "categories" in data:
        width = data["input_shape"][0]
        record.parameters += width
        record.layers[0]["formula"] = f"{width}×1 + 0 = {width}"
    write_record(record, folder)


def report(log_dir: Path, language: Language = "en") -> str:
    """Return the report's text, for which no figure has to be drawn."""
    with speaking(language):
        return to_markdown(compose(find(read_runs([log_dir])), FIGURES))


def of_texts(*islands: str) -> dict[str, Any]:
    names = [*(f"island={name}" for name in islands), "mass"]
    return PENGUINS | {"feature_names": names, "input_shape": [len(names)], "categories": {"island": list(islands)}}


@pytest.mark.parametrize(
    ("language", "title", "rows"),
    [
        (
            "en",
            "# FC on penguins: training time and accuracy",
            ["data | CSVTable (penguins.csv)", "label column | species", "classes | 2 classes (Adelie and Gentoo)"],
        ),
        (
            "ja",
            "# penguins における FC の学習時間と精度",
            ["データ | CSVTable（penguins.csv）", "ラベルの列 | species", "クラス | 2 個（Adelie、Gentoo）"],
        ),
    ],
)
def test_own_data_are_named_by_their_file(language: Language, title: str, rows: list[str], tmp_path: Path) -> None:
    leave(tmp_path, "FC", 0, of_texts("Biscoe", "Dream"))
    text = report(tmp_path, language)
    assert text.startswith(title)
    for row in rows:
        assert f"| {row} |" in text
    inputs = {
        "en": "inputs | 2 columns (island and mass); with its texts as 0 and 1: 3 inputs",
        "ja": "入力 | 2 列（island、mass）、文字列を 0 と 1 にした後の入力は 3 個",
    }
    assert f"| {inputs[language]} |" in text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"feature_names": ["height"], "input_shape": [1]}, "| inputs | height |"),
        ({"feature_names": [f"x{n}" for n in range(30)], "input_shape": [30]}, "| inputs | 30 columns |"),
        ({"name": "ImageFolder", "location": "C:\\me\\v1.2", "settings": {}}, "| data | ImageFolder (v1.2) |"),
        ({"name": "ImageFolder", "location": "/me/v1.2"}, "FC on v1.2: training time"),
        ({"name": "ImageFolder", "location": "/me/v1.2"}, "| inputs | pictures of 28×28 pixels, grey levels |"),
        ({"name": "ExcelTable", "location": "/me/a.xlsx"}, "| data | ExcelTable (a.xlsx) |"),
        ({"name": "JSONTable", "location": "/me/forecast.json"}, "FC on forecast: training time"),
    ],
)
def test_every_source_of_own_data_is_named(data: dict[str, Any], said: str, tmp_path: Path) -> None:
    leave(tmp_path, "FC", 0, PENGUINS | data)
    assert said in report(tmp_path)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The number of inputs differs between the repeats (3–4), since the categories of a column of texts"),
        ("ja", "入力の数は繰り返しによって異なる（3–4 個）。"),
    ],
)
def test_repeats_whose_splits_have_other_texts_are_repeats(language: Language, said: str, tmp_path: Path) -> None:
    for model in ("FC", "CNN"):
        for seed, islands in enumerate((["a", "b", "c"], ["a", "b"])):
            leave(tmp_path, model, seed, of_texts(*islands))
    text = report(tmp_path, language)
    assert text.count(said) == 1
    assert "| FC | 101,773–101,774 | 2 |" in text
    assert "| CNN | 296,521–296,522 | 2 |" in text
    assert {"en": "paired t-test", "ja": "対応のある t 検定"}[language] in text
    assert {"en": "not made under the same", "ja": "同じ条件で行われていない"}[language] not in text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "conditions: the values of trainer.limit\\_train\\_batches differ. Neither"),
        ("ja", "（1 エポックの学習バッチ数の上限（trainer.limit\\_train\\_batches）の値が異なる）"),
    ],
)
def test_a_limit_on_batches_is_not_other_data(language: Language, said: str, tmp_path: Path) -> None:
    leave(tmp_path, "FC", 0, {})
    leave(tmp_path, "CNN", 0, {}, limit_train_batches=60)
    assert said in report(tmp_path, language)


def test_a_limit_that_all_batches_pass_is_none(tmp_path: Path) -> None:
    leave(tmp_path, "FC", 0, {}, limit_val_batches=1.0)
    leave(tmp_path, "CNN", 0, {}, limit_train_batches=860, limit_test_batches=10)
    assert "not made under the same" not in report(tmp_path)
