"""Rows out of nested JSON: the forecast's form, and what is said where there are none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from mnist_lab.data import JSONTable
from mnist_lab.errors import MnistLabError
from tests.conftest import CHECKOUT
from tests.data.test_datamodule import ready

WEATHERS = ("くもり\u3000時々\u3000晴れ", "くもり 時々 晴れ", "雨")
RECORDS = [{"w": weather, "x": str(number), "y": number * 1.5} for number in range(6) for weather in WEATHERS]
CLASSES = ["くもり 時々 晴れ", "雨"]


def table(folder: Path, document: Any, written_in: str = "utf-8", **arguments: Any) -> JSONTable:
    path = folder / "own.json"
    if not isinstance(document, bytes):
        document = json.dumps(document, ensure_ascii=False).encode(written_in)
    path.write_bytes(document)
    return JSONTable(**({"path": str(path), "label": "w"} | arguments))


def inputs_of(source: JSONTable) -> list[list[float]]:
    """All rows' inputs in the order of the file."""
    source.prepare()
    found: list[list[float]] = source._content.samples.inputs.tolist()
    return found


def forecast(weathers: tuple[str, str, str] = ("晴れ", "くもり\u3000時々\u3000晴れ", "雨")) -> dict[str, Any]:
    """The parts of the agency's file that the course names: three of each, for today and the two days after."""
    area = {
        "area": {"name": "大阪府", "code": "270000"},
        "weatherCodes": ["100", "201", "300"],
        "weathers": list(weathers),
        "winds": ["北の風\u3000後\u3000西の風", "西の風", "南の風"],
        "waves": ["０．５メートル"] * 3,
    }
    return {"publishingOffice": "大阪管区気象台", "timeSeries": [{"timeDefines": [], "areas": [area]}]}


@pytest.mark.parametrize("written_in", ["utf-8", "utf-8-sig", "cp932"])
def test_records_are_rows(written_in: str, tmp_path: Path) -> None:
    source = table(tmp_path, RECORDS, written_in)
    assert source.feature_names == ["x", "y"]
    assert source.class_names == CLASSES
    source.prepare()
    assert source._content.samples.inputs[-1].tolist() == [5, 7.5]
    assert source._content.samples.labels[:3].tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("document", "rows"),
    [
        ({"a": [{"b": RECORDS}]}, "a[0].b"),
        ({name: [record[name] for record in RECORDS] for name in "wxy"}, "@"),
        ([{name: [record[name]] for name in "wxy"} for record in RECORDS], "[]"),
        ([{"天気": r["w"], "値": [r["x"], r["y"]]} for r in RECORDS], '[].{w: "天気", x: "値"[0], y: "値"[1]}'),
    ],
)
def test_path_expression_finds_the_same_rows(document: Any, rows: str, tmp_path: Path) -> None:
    found = table(tmp_path, document, rows=rows)
    (tmp_path / "expected").mkdir()
    expected = table(tmp_path / "expected", RECORDS)
    for source in (expected, found):
        source.prepare()
    assert found.feature_names == expected.feature_names
    assert found.class_names == expected.class_names
    assert found._content.samples.inputs.tolist() == expected._content.samples.inputs.tolist()
    assert found._content.samples.labels.tolist() == expected._content.samples.labels.tolist()


def test_forecasts_have_three_rows_an_area(tmp_path: Path) -> None:
    document = [forecast(), forecast(("晴れ", "くもり 時々 晴れ", "雨"))] * 5
    rows = "[].timeSeries[0].areas[].{weather: weathers, code: weatherCodes, wind: winds}"
    source = table(tmp_path, document, rows=rows, label="weather")
    assert source.class_names == ["くもり 時々 晴れ", "晴れ", "雨"]
    assert source.feature_names == ["code"]
    source.prepare()
    assert source._content.samples.inputs[:3].tolist() == [[100], [201], [300]]
    assert len(source._content.samples) == 30


@pytest.mark.parametrize("weathers", [("晴れ", "くもり", "雨"), ("晴れ", "晴れ", "晴れ")])
def test_one_forecast_alone_has_too_few_rows(weathers: tuple[str, str, str], tmp_path: Path) -> None:
    rows = "[0].timeSeries[0].areas[0].{weather: weathers, code: weatherCodes}"
    with pytest.raises(MnistLabError, match=r"own\.json, column 'weather': too few rows: 3 in all, of . classes; each"):
        table(tmp_path, [forecast(weathers)], rows=rows, label="weather").prepare()


@pytest.mark.parametrize("name", ["own.jsonl", "own.json"])
@pytest.mark.parametrize(("ends", "written_in"), [("\n", "utf-8"), ("\r\n", "utf-8-sig"), ("\n\n", "cp932")])
def test_json_lines_are_rows(name: str, ends: str, written_in: str, tmp_path: Path) -> None:
    lines = "".join(json.dumps(record, ensure_ascii=False) + ends for record in RECORDS)
    (tmp_path / name).write_bytes(lines.encode(written_in))
    found = JSONTable(str(tmp_path / name), "w")
    assert inputs_of(found) == [[number, number * 1.5] for number in range(6) for _ in WEATHERS]
    assert found.class_names == CLASSES


def test_documents_one_behind_another_are_a_list_however_they_are_laid_out(tmp_path: Path) -> None:
    document = "\n".join(json.dumps(record, indent=1) for record in RECORDS).encode()
    assert len(inputs_of(table(tmp_path, document))) == len(RECORDS)


def test_one_line_of_json_lines_is_a_list(tmp_path: Path) -> None:
    (tmp_path / "own.jsonl").write_text(json.dumps({"all": RECORDS}), encoding="utf-8")
    source = JSONTable(str(tmp_path / "own.jsonl"), "w", "[].all[]")
    assert len(inputs_of(source)) == len(RECORDS)


def test_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    lines = [json.dumps(record, ensure_ascii=False) for record in RECORDS]
    lines[4] = lines[4].rstrip("}")
    with pytest.raises(MnistLabError, match=r"own\.json, row 6, column 1: no JSON: "):
        table(tmp_path, "\n".join(lines).encode()).prepare()


def week() -> dict[str, Any]:
    """The second part of the agency's file: of the first day there are no values, as the first part has them."""
    sky = {"weatherCodes": ["201"] * 7, "pops": ["", *["30"] * 6], "reliabilities": ["", "", *"AABBC"]}
    heat = {"tempsMin": ["", *["14"] * 6], "tempsMax": ["", *["23"] * 6]}
    return {"timeSeries": [{"timeDefines": [], "areas": [sky]}, {"timeDefines": [], "areas": [heat]}]}


def published(number: int, *, early: bool) -> list[dict[str, Any]]:
    """One file of the agency's: the part of three days, with more values of today in the morning, and the week's."""
    three_days = forecast(("雪", "晴れ" if number % 2 else "雨", "雪"))
    today = ["99"] * (3 if early else 1)
    three_days["timeSeries"] += [
        {"areas": [{"pops": [*today, "10", "20", "30", str(number)]}]},
        {"areas": [{"temps": [*(["98"] * 2 if early else []), "14", "23"]}]},
    ]
    return [three_days, week()]


@pytest.mark.parametrize("form", ["a list of files", "a line a file", "one list of all parts"])
def test_forecasts_as_they_are_published_are_read_by_the_config_that_comes_along(form: str, tmp_path: Path) -> None:
    files = [published(number, early=number % 3 == 0) for number in range(12)]
    documents = {
        "a list of files": json.dumps(files),
        "a line a file": "\n".join(map(json.dumps, files)),
        "one list of all parts": json.dumps([part for file in files for part in file]),
    }
    config = yaml.safe_load((CHECKOUT / "configs" / "json_table.yaml").read_text(encoding="utf-8"))
    arguments = config["data"]["source"]["init_args"] | {"path": str(tmp_path / "own.json")}
    source = table(tmp_path, documents[form].encode(), **arguments)
    assert source.class_names == ["晴れ", "雨"]
    assert source.feature_names == ["rain_0h", "rain_6h", "rain_12h", "rain_18h", "lowest", "highest"]
    assert inputs_of(source) == [[10, 20, 30, number, 14, 23] for number in range(12)]


def test_week_of_a_forecast_is_a_row_a_day(tmp_path: Path) -> None:
    files = [published(number, early=True) for number in range(3)]
    files[2][1]["timeSeries"][0]["areas"][0]["weatherCodes"] = ["300"] * 7
    rows = "[] | [?timeSeries[0].areas[0].reliabilities].timeSeries[0].areas[0].{w: weatherCodes, rain: pops}"
    source = table(tmp_path, files, rows=rows, missing="drop")
    assert inputs_of(source) == [[30]] * 18
    assert source.class_names == ["201", "300"]


def test_wind_of_a_forecast_may_be_an_input(tmp_path: Path) -> None:
    files = [published(number, early=True) for number in range(12)]
    rows = "[] | [?timeSeries[0].areas[0].weathers].timeSeries[0].areas[0].{w: weathers[1], wind: winds[0]}"
    module = ready(table(tmp_path, files, rows=rows, inputs=["wind"]), batch_size=2, val_fraction=0.2)
    assert module.feature_names == ["wind=北の風 後 西の風"]


def test_numbers_of_full_width_are_numbers(tmp_path: Path) -> None:
    source = table(tmp_path, [record | {"x": "２３．５"} for record in RECORDS], inputs=["x"])
    source.prepare()
    assert set(source._content.samples.inputs.flatten().tolist()) == {23.5}


def test_labels_may_be_numbers(tmp_path: Path) -> None:
    assert table(tmp_path, [{"w": k, "x": 1} for k in (10, 2.0, "2", "１０") * 3]).class_names == ["2", "10"]


@pytest.mark.parametrize(
    ("document", "arguments", "code", "said"),
    [
        (b"", {}, 1, "own.json is empty"),
        (b'[{"w":\n "a",]', {}, 1, "own.json, row 2, column 6: no JSON: "),
        (b"[" * 100_000, {}, 1, "own.json is nested too deeply"),
        ('[{"w": "サル"}]'.encode("euc-jp"), {}, 1, "own.json, row 1: byte 0xa5 is neither in UTF-8 nor in CP932"),
        ([*RECORDS, {"w": "雨"}], {}, 1, "own.json, row 19: none of the inputs has a value"),
        ([*RECORDS, {"w": "雨", "x": None, "y": 1}], {}, 1, "own.json, row 19, column 'x': the value is missing"),
        ([*RECORDS, {"w": "雨", "x": "5度", "y": 1}], {}, 1, "own.json, row 19, column 'x': '5度' is not a number"),
        ([*RECORDS, {"w": "雨", "x": True, "y": 1}], {}, 1, "own.json, row 19, column 'x': 'true' is not a number"),
        (
            [*RECORDS, {"w": "雨", "x": float("nan")}],
            {},
            1,
            "own.json, row 19: none of the inputs has a value",
        ),
        ([*RECORDS, {"w": None, "x": 1, "y": 1}], {}, 1, "own.json, row 19, column 'w': the label is missing"),
        ([*RECORDS, {"w": "雪", "x": 1, "y": 1}], {"classes": CLASSES}, 1, "row 19, column 'w': the label '雪' is not"),
        ([*RECORDS, {"w": "雨", "x": {"z": 1}}], {}, 2, "own.json, row 19, column 'x': an object with z is no single"),
        ([{"w": "a", "ｗ": "b"}], {}, 1, "own.json, entry 1: two keys of w, ｗ are the same name."),
        (RECORDS, {"label": "weather"}, 2, "label: "),
        ([r | {"v": f"{n} 月"} for n, r in enumerate(RECORDS)], {"inputs": ["v"]}, 2, "has 18 different texts in 18"),
        (RECORDS, {"rows": "a.b"}, 2, "rows: 'a.b' finds nothing in "),
        ([], {}, 2, "own.json; its top is a list of 0."),
        ({}, {}, 2, "rows: '@' finds nothing in "),
        (RECORDS, {"rows": "[].x"}, 2, "rows: '[].x' gives \"0\" as entry 1 in "),
        (RECORDS, {"rows": "sort(@)"}, 2, "rows: 'sort(@)' does not fit "),
        (RECORDS, {"rows": "a[["}, 2, "rows: 'a[[' is no path expression (JMESPath): "),
        (RECORDS, {"rows": ""}, 2, "rows: '' is no path expression (JMESPath): "),
        (RECORDS, {"rows": "[].{w: 天気}"}, 2, "Unknown token 天; an example: [].{weather: "),
        ({"w": ["a"], "x": [1, 2]}, {}, 2, "as {w: a list of 1, x: a list of 2}; either no value is a list, or all"),
        ({"w": ["a"], "x": 1}, {}, 2, "as {w: a list of 1, x: 1}; either no value is a list, or all"),
        (RECORDS, {"test_fraction": -1}, 2, "test_fraction: -1 is not between 0 and 1"),
        (RECORDS, {"seed": -1}, 2, "seed: -1 is negative"),
        (RECORDS, {"encoding": "x"}, 2, "encoding: 'x' is no text encoding"),
        (RECORDS, {"path": "gone.json"}, 1, "There is no file 'gone.json' (looked for "),
    ],
)
def test_what_gives_no_table_is_explained(
    document: Any, arguments: dict[str, Any], code: int, said: str, tmp_path: Path
) -> None:
    with pytest.raises(MnistLabError) as caught:
        table(tmp_path, document, **arguments).prepare()
    message = str(caught.value)
    assert said in message
    assert caught.value.exit_code == code
    assert "\n" not in message
    assert len(message) < 500
