"""One's own tables and pictures on the command line: every command that trains or shows them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from matplotlib.image import imread

from mnist_lab.runs.record import read_record
from tests.commands.program import call, everything_in, only_record, refused, runs
from tests.conftest import CHECKOUT

CONFIGS = CHECKOUT / "configs"
OWN = ("csv_table", "json_table", "text_table", "image_folder")
ONE_EPOCH = "--trainer.max_epochs=1"
LINES = [f"{kind},{50 + number % 10},{20 - number % 10}" for number in range(12) for kind in ("イヌ", "サル")]


def one_of_own(first: str) -> list[Any]:
    """All kinds of data of one's own, all but the first with the slow tests: each trains two models or a sweep."""
    return [name if name == first else pytest.param(name, marks=pytest.mark.slow) for name in OWN]


def config(name: str) -> dict[str, Any]:
    settings: dict[str, Any] = yaml.safe_load((CONFIGS / f"{name}.yaml").read_text(encoding="utf-8"))
    return settings


def write_config(folder: Path, name: str, settings: dict[str, Any]) -> str:
    (folder / name).write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    return name


def write_table(folder: Path) -> None:
    text = "\r\n".join(["種類,体高,体重", *LINES])
    (folder / "私の表.csv").write_bytes(text.encode("cp932"))


@pytest.mark.parametrize(
    ("name", "least"), [("csv_table", 0.85), ("json_table", 0.85), ("text_table", 0.8), ("image_folder", 0.8)]
)
def test_config_learns_its_data(name: str, least: float, tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", "--config", f"{name}.yaml")
    assert outcome.code == 0, outcome.err
    record = only_record(tmp_path)
    source = config(name)["data"]["source"]
    assert record.status == "completed"
    assert record.test_accuracy is not None
    assert record.test_accuracy >= least
    assert record.data["name"] == source["class_path"]
    assert record.data["settings"].items() >= source["init_args"].items()
    assert len(record.data["sha256"]) == 64


def test_record_keeps_names_of_classes_and_columns(tmp_path: Path) -> None:
    assert call(tmp_path, "fit", "--config", "csv_table.yaml", ONE_EPOCH).code == 0
    data = only_record(tmp_path).data
    assert data["class_names"] == ["イヌ", "キジ", "サル"]
    assert data["feature_names"] == ["height_cm", "weight_kg"]
    assert data["location"] == str(CONFIGS / "data" / "animals.csv")
    assert len(data["mean"]) == len(data["std"]) == 2


def test_own_file_takes_the_place_of_the_configs(tmp_path: Path) -> None:
    write_table(tmp_path)
    own = ["--data.source.path", "私の表.csv", "--data.source.label", "種類"]
    outcome = call(tmp_path, "fit", "--config", "csv_table.yaml", *own)
    assert outcome.code == 0, outcome.err
    record = only_record(tmp_path)
    assert (record.data["class_names"], record.data["feature_names"]) == (["イヌ", "サル"], ["体高", "体重"])
    assert record.settings["data"]["source"]["init_args"]["path"] == "私の表.csv"
    assert record.layers[0]["formula"].startswith("2×30 + 30")
    one = call(tmp_path, "summary", "--config", "csv_table.yaml", *own, "--data.source.inputs=[体高]")
    assert "1×30 + 30 = 60" in one.out
    for command in ("validate", "test"):
        outcome = call(tmp_path, command, "--config", "csv_table.yaml", *own, "--ckpt_path", "last")
        assert outcome.code == 0, outcome.err


def test_columns_that_are_no_inputs_are_said_once(tmp_path: Path) -> None:
    rows = [f"{kind},{number},text" for number in range(20) for kind in ("a", "b")]
    (tmp_path / "own.csv").write_text("\n".join(["kind,x,note", *rows]), encoding="utf-8")
    own = ["--config=csv_table.yaml", "--data.source.path=own.csv", "--data.source.label=kind"]
    for args in (["fit", *own, ONE_EPOCH], ["data", *own]):
        outcome = call(tmp_path, *args)
        assert outcome.code == 0, outcome.err
        assert outcome.out.count("data: columns not used as inputs: note (text); --data.source.inputs names ") == 1
    named = call(tmp_path, "data", *own, "--data.source.inputs=[x]", "--picture=other.png")
    assert named.code == 0
    assert "not used as inputs" not in named.out


def test_own_table_in_a_config_of_another_data_set(tmp_path: Path) -> None:
    write_table(tmp_path)
    own = ["--data.source=CSVTable", "--data.source.path=私の表.csv", "--data.source.label=種類", "--data.batch_size=8"]
    outcome = call(tmp_path, "fit", "--config", "fc.yaml", *own, ONE_EPOCH)
    assert outcome.code == 0, outcome.err
    assert only_record(tmp_path).data["feature_names"] == ["体高", "体重"]


def test_predictions_name_the_classes(tmp_path: Path) -> None:
    assert call(tmp_path, "fit", "--config", "csv_table.yaml", ONE_EPOCH).code == 0
    outcome = call(tmp_path, "predict", "--config", "csv_table.yaml", "--ckpt_path", "last")
    assert outcome.code == 0, outcome.err
    lines = (tmp_path / "predictions.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 1 + 48
    assert any("イヌ" in line for line in lines)


@pytest.mark.parametrize("name", OWN)
def test_data_are_shown(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    outcome = call(tmp_path, "data", "--config", f"{name}.yaml")
    assert outcome.code == 0, outcome.err
    first_class, features = {
        "csv_table": ("イヌ", "height_cm, weight_kg"),
        "json_table": ("くもり 時々 晴れ", "rain_0h, rain_6h, "),
        "text_table": ("アジ", "sea=北の海, sea=南の海, sex=オス, sex=メス,"),
        "image_folder": ("circle", "1 × 28 × 28"),
    }[name]
    assert first_class in outcome.out
    assert features in outcome.out
    # A character that no font has would be a warning, which is an error here.
    assert imread(tmp_path / "class_samples.png").shape[1] >= 900


@pytest.mark.parametrize("name", OWN)
def test_parser_and_summary_take_the_config(name: str, tmp_path: Path) -> None:
    printed = call(tmp_path, "fit", "--config", f"{name}.yaml", "--print_config")
    assert printed.code == 0
    shown = yaml.safe_load(printed.out)["data"]["source"]
    assert shown["init_args"].items() >= config(name)["data"]["source"]["init_args"].items()
    outcome = call(tmp_path, "summary", "--config", f"{name}.yaml")
    assert outcome.code == 0, outcome.err
    source = config(name)["data"]["source"]["class_path"]
    helped = call(tmp_path, "fit", "--data.source.help", source)
    assert helped.code == 0
    assert "--data.source.test_fraction" in helped.out


@pytest.mark.parametrize("command", ["fit", "data", "summary"])
def test_missing_file_is_one_line_before_anything_is_made(command: str, tmp_path: Path) -> None:
    said = refused(tmp_path, command, "--config", "csv_table.yaml", "--data.source.path", "gone.csv", code=1)
    assert said.startswith(f"There is no file 'gone.csv' (looked for {tmp_path / 'gone.csv'} and ")
    said = refused(tmp_path, command, "--config", "image_folder.yaml", "--data.source.root=gone", code=1)
    assert said.startswith(f"There is no folder 'gone' (looked for {tmp_path / 'gone'} and ")


@pytest.mark.parametrize(
    ("name", "option", "code", "said"),
    [
        ("csv_table", "path=[1]", 2, "data.source.path: '[1]' is not allowed; give str."),
        ("csv_table", "label=anima", 2, "has no column 'anima'. Did you mean 'animal'?"),
        ("csv_table", "inputs=height", 2, "data.source.inputs: 'height' is not allowed; give list or null."),
        ("csv_table", "inputs=[height]", 2, "has no column 'height'. Did you mean 'height_cm'?"),
        ("csv_table", "inputs=[]", 2, "inputs: no column is named"),
        ("csv_table", "classes=[イヌ]", 2, "classes: ['イヌ'] has fewer than two classes"),
        ("csv_table", "classes=[イヌ, サル]", 1, "row 4, column 'animal': the label 'キジ' is not among"),
        ("csv_table", "encoding=utf-88", 2, "encoding: 'utf-88' is no text encoding"),
        ("csv_table", "separator=|", 2, "'|' is not allowed; give one of ',', ';', 'tab'."),
        ("csv_table", "test_fraction=1", 2, "test_fraction: 1.0 is not between 0 and 1"),
        ("csv_table", "test_fraction=many", 2, "'many' is not allowed; give float."),
        ("csv_table", "seed=-1", 2, "seed: -1 is negative"),
        ("csv_table", "seed=0.5", 2, "0.5' is not allowed; give int."),
        ("csv_table", "lable=kind", 2, "lable"),
        ("csv_table", "path=null", 2, "data.source: CSVTable needs a value for path."),
        ("json_table", "rows=a[[", 2, "rows: 'a[[' is no path expression (JMESPath): "),
        ("json_table", "rows=a.b", 2, "rows: 'a.b' finds nothing in "),
        (
            "json_table",
            "rows=[0].timeSeries[0].areas[0].{weather: weathers}",
            1,
            "no named column of numbers beside the label",
        ),
        ("json_table", "label=sky", 2, "has no column 'sky'. Columns: weather, rain_0h"),
        ("json_table", "inputs=[weather]", 2, "inputs: 'weather' is the label"),
        ("json_table", "path=data/animals.csv", 1, "row 1, column 1: no JSON: "),
        ("json_table", "encoding=1", 2, "encoding: '1' is no text encoding"),
        ("json_table", "test_fraction=-0.1", 2, "test_fraction: -0.1 is not between 0 and 1"),
        ("json_table", "columns=[a]", 2, "columns"),
        ("image_folder", "root=data/animals.csv", 1, "animals.csv is a file; name a folder"),
        ("image_folder", "root=data/shapes/circle", 1, "has no folders in it; make one for each class"),
        ("image_folder", "image_size=[0, 28]", 2, "image_size: [0, 28] is no size"),
        ("image_folder", "image_size=28", 2, "image_size"),
        ("image_folder", "image_size=[28]", 2, "image_size"),
        ("image_folder", "grayscale=grey", 2, "'grey' is not allowed; give bool"),
        ("image_folder", "test_fraction=0", 2, "test_fraction: 0.0 is not between 0 and 1"),
        ("image_folder", "seed=x", 2, "'x' is not allowed; give int."),
        ("image_folder", "size=[28, 28]", 2, "size"),
    ],
)
def test_key_that_makes_no_sense_is_one_line(name: str, option: str, code: int, said: str, tmp_path: Path) -> None:
    assert said in refused(tmp_path, "fit", "--config", f"{name}.yaml", f"--data.source.{option}", code=code)


def test_one_forecast_alone_is_one_line(tmp_path: Path) -> None:
    forecasts = json.loads((CONFIGS / "data" / "forecast.json").read_text(encoding="utf-8"))
    (tmp_path / "270000.json").write_text(json.dumps(forecasts[:2]), encoding="utf-8")
    own = ["--data.source=JSONTable", "--data.source.path=270000.json", "--data.source.label=weather"]
    rows = "--data.source.rows=[0].timeSeries[0].areas[0].{weather: weathers, code: weatherCodes}"
    said = refused(tmp_path, "fit", "--config", "fc.yaml", *own, rows, code=1)
    assert said.startswith(f"{tmp_path / '270000.json'}, column 'weather': too few rows: 3 in all, of ")


@pytest.mark.parametrize("missing", ["path", "label"])
def test_key_that_is_needed_is_asked_for(missing: str, tmp_path: Path) -> None:
    settings = config("csv_table")
    del settings["data"]["source"]["init_args"][missing]
    said = refused(tmp_path, "fit", "--config", write_config(tmp_path, "own.yaml", settings))
    assert said == f"data.source: CSVTable needs a value for {missing}."


def test_unknown_source_lists_those_there_are(tmp_path: Path) -> None:
    said = refused(tmp_path, "fit", "--config", "csv_table.yaml", "--data.source", "CSV")
    assert "CSVTable, Digits, ExcelTable, FashionMNIST, ImageFolder, Intervals, JSONTable, KMNIST, MNIST" in said
    assert "TableSource" not in said


def test_missing_value_in_a_file_is_one_line(tmp_path: Path) -> None:
    lines = (CONFIGS / "data" / "animals.csv").read_text(encoding="utf-8").splitlines()
    lines[7] = "イヌ,,20"
    (tmp_path / "own.csv").write_text("\n".join(lines), encoding="cp932")
    said = refused(tmp_path, "fit", "--config", "csv_table.yaml", "--data.source.path=own.csv", code=1)
    assert said.startswith(f"{tmp_path / 'own.csv'}, row 8, column 'height_cm': the value is missing; fill it in")


@pytest.mark.usefixtures("unrendered_figures")
@pytest.mark.parametrize("name", one_of_own("csv_table"))
def test_two_models_are_compared(name: str, tmp_path: Path) -> None:
    other = config(name)
    other["model"] = {"class_path": "FC", "init_args": {"hidden": [8]}}
    write_config(tmp_path, "other.yaml", other)
    outcome = call(
        tmp_path, "compare", f"{name}.yaml", "other.yaml", "--repeats=1", "--trainer.max_epochs=2", "--output=report"
    )
    assert outcome.code == 0, outcome.err
    assert [read_record(run).status for run in runs(tmp_path)] == ["completed"] * 2
    report = (tmp_path / "report" / "report.md").read_text(encoding="utf-8")
    assert config(name)["data"]["source"]["class_path"] in report
    assert "time per epoch, " in outcome.out


@pytest.mark.usefixtures("unrendered_figures")
def test_same_file_elsewhere_is_the_same_data_and_another_is_not(tmp_path: Path) -> None:
    shutil.copy(CONFIGS / "data" / "animals.csv", tmp_path / "copy.csv")
    other = config("csv_table")
    other["data"]["source"]["init_args"]["path"] = "copy.csv"
    other["model"]["init_args"]["hidden"] = [4]
    write_config(tmp_path, "other.yaml", other)
    args = ["compare", "csv_table.yaml", "other.yaml", "--repeats=1", ONE_EPOCH]
    outcome = call(tmp_path, *args)
    assert outcome.code == 0, outcome.err
    assert "time per epoch, " in outcome.out
    content = (tmp_path / "copy.csv").read_text(encoding="utf-8")
    (tmp_path / "copy.csv").write_text(content.replace("イヌ,5", "イヌ,6", 1), encoding="utf-8")
    before = everything_in(tmp_path)
    outcome = call(tmp_path, *args)
    assert outcome.code == 2
    assert "csv_table.yaml and other.yaml ask for different data (data.source.path: data/animals.csv" in outcome.err
    assert everything_in(tmp_path) == before


@pytest.mark.usefixtures("unrendered_figures")
@pytest.mark.parametrize("name", one_of_own("image_folder"))
def test_sweep_varies_what_it_is_asked_to(name: str, tmp_path: Path) -> None:
    content = {
        "config": f"{name}.yaml",
        "settings": {"trainer.max_epochs": 1},
        "parameters": {"model.hidden": [[4], [8]]},
        "remeasure": False,
    }
    write_config(tmp_path, "sweep.yaml", content)
    outcome = call(tmp_path, "sweep", "sweep.yaml", "--output=out")
    assert outcome.code == 0, outcome.err
    assert ": 2 points." in outcome.out
    assert [read_record(run).status for run in runs(tmp_path)] == ["completed"] * 2
    assert (tmp_path / "out" / "report.md").is_file()


@pytest.mark.usefixtures("unrendered_figures")
def test_sweep_varies_columns_and_begins_anew_with_another_file(tmp_path: Path) -> None:
    shutil.copy(CONFIGS / "data" / "animals.csv", tmp_path / "own.csv")
    content = {
        "config": "csv_table.yaml",
        "settings": {"trainer.max_epochs": 1, "data.source.path": "own.csv"},
        "parameters": {"data.source.inputs": [["height_cm"], ["height_cm", "weight_kg"]]},
        "remeasure": False,
    }
    write_config(tmp_path, "sweep.yaml", content)
    for trained in (2, 2, 4):
        outcome = call(tmp_path, "sweep", "sweep.yaml")
        assert outcome.code == 0, outcome.err
        assert len(runs(tmp_path)) == trained
        if trained == 2 and "were done before" in outcome.out:
            with (tmp_path / "own.csv").open("a", encoding="utf-8") as file:
                file.write("イヌ,50.0,19.00\n")
    shapes = [json.loads((run / "record.json").read_text(encoding="utf-8"))["data"] for run in runs(tmp_path)]
    assert sorted(data["input_shape"] for data in shapes) == [[1], [1], [2], [2]]
    assert len({data["sha256"] for data in shapes}) == 2


@pytest.mark.usefixtures("unrendered_figures")
def test_runs_on_two_files_are_two_groups_of_a_report(tmp_path: Path) -> None:
    for name, first in (("one.csv", "イヌ,51,20"), ("two.csv", "イヌ,52,20")):
        (tmp_path / name).write_text("\n".join(["animal,x,y", first, *LINES]), encoding="utf-8")
        own = [f"--data.source.path={name}"]
        assert call(tmp_path, "fit", "--config", "csv_table.yaml", *own, ONE_EPOCH).code == 0
    outcome = call(tmp_path, "report", "tb_logs", "--output=report")
    assert outcome.code == 0, outcome.err
    report = (tmp_path / "report" / "report.md").read_text(encoding="utf-8")
    assert "Perceptron, one.csv" in report
    assert "Perceptron, two.csv" in report
