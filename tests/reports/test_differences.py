"""Layers beside each other, and settings that differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.language import Language, speaking
from mnist_lab.reports.changes import layers_changed
from mnist_lab.reports.differences import compare_layers, leaves_of, setting_rows
from mnist_lab.runs.groups import group_runs
from mnist_lab.runs.record import read_record, write_record
from mnist_lab.runs.run import read_runs
from mnist_lab.runs.source_code import source_file
from tests.reports.records import cnn_and_fc, leave_run


def test_layers_are_matched_from_the_output(tmp_path: Path) -> None:
    cnn, fc = group_runs(cnn_and_fc(tmp_path))
    found = [
        (change.change, change.first.text if change.first else None, change.second.text if change.second else None)
        for change in compare_layers(cnn, fc)
    ]
    assert found == [
        ("removed", "Conv2d 1→4 (3×3)", None),
        ("removed", "ReLU", None),
        ("removed", "Conv2d 4→4 (3×3)", None),
        ("removed", "ReLU", None),
        ("changed", "Flatten", "Flatten"),
        ("changed", "Linear 2304→128", "Linear 784→128"),
        ("same", "ReLU", "ReLU"),
        ("same", "Linear 128→10", "Linear 128→10"),
    ]
    back = [change.change for change in compare_layers(fc, cnn)]
    assert back == ["added"] * 4 + ["changed"] * 2 + ["same"] * 2


def test_settings_that_differ_are_listed_without_seeds_and_places(tmp_path: Path) -> None:
    leave_run(tmp_path, "FC", 0, model_settings={"hidden": [128]}, name="a")
    leave_run(tmp_path, "FC", 1, model_settings={"hidden": [64, 64]}, name="b")
    groups = group_runs(read_runs([tmp_path]))
    assert setting_rows(groups) == [["model.hidden", "128", "64-64"]]


def test_setting_of_one_model_alone_is_a_dash_in_the_other(tmp_path: Path) -> None:
    rows = setting_rows(group_runs(cnn_and_fc(tmp_path)))
    assert rows == [["model", "CNN", "FC"], ["model.channels", "4-4", "–"], ["model.kernel_size", "3", "–"]]


@pytest.mark.parametrize(("language", "none"), [("en", "1 (none)"), ("ja", "1（なし）")])
def test_pooling_over_one_pixel_is_called_none(language: Language, none: str, tmp_path: Path) -> None:
    for pooling in (1, 2):
        leave_run(tmp_path, "CNN", 0, name=str(pooling), model_settings={"channels": [4, 4], "pooling": pooling})
    with speaking(language):
        assert setting_rows(group_runs(read_runs([tmp_path]))) == [["model.pooling", none, "2"]]


def test_pooling_dropout_and_another_activation_are_named(tmp_path: Path) -> None:
    for name, activation, share in (("a", "ReLU", "0.2"), ("b", "Sigmoid", "0.5")):
        folder = leave_run(tmp_path, "FC", 0, name=name, model_settings={"activation": activation})
        record = read_record(folder)
        record.layers[2]["name"] = f"{activation}: 1-3"
        record.layers.insert(0, {"name": "MaxPool2d: 1-0", "depth": 1, "output_shape": [64, 1, 14, 14]})
        record.layers[0]["arguments"] = "kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False"
        record.layers.insert(4, {"name": "Dropout: 1-5", "depth": 1, "output_shape": [64, 128]})
        record.layers[4]["arguments"] = f"p={share}, inplace=False"
        write_record(record, folder)
    first, second = group_runs(read_runs([tmp_path]))
    assert [layer.text for layer in leaves_of(first)] == [
        "MaxPool2d (2×2)",
        "Flatten",
        "Linear 784→128",
        "ReLU",
        "Dropout (p = 0.2)",
        "Linear 128→10",
    ]
    (text,) = layers_changed([first, second])
    assert "ReLU became Sigmoid; Dropout (p = 0.2) became Dropout (p = 0.5)." in text


def test_what_forward_calls_by_itself_is_said_not_to_be_compared(tmp_path: Path) -> None:
    leave_run(tmp_path, "FC", 0, name="a")
    own = leave_run(tmp_path, "FC", 0, name="b")
    record = read_record(own)
    record.model = "Net"
    del record.layers[2]  # its ReLU is made in forward
    record.code = {"net.py": source_file(b"def forward(x):\n    return nn.ReLU()(x)\n")}
    write_record(record, own)
    first, second = group_runs(read_runs([tmp_path]))
    (text,) = layers_changed([first, second])
    assert "ReLU was removed" in text
    assert " Of Net, the layers kept as attributes are compared; " in text
    with speaking("ja"):
        assert "。Net については、属性として持つ層だけを比べている。" in layers_changed([first, second])[0]
    record.code = {}
    write_record(record, own)
    assert "attributes" not in layers_changed(group_runs(read_runs([tmp_path])))[0]


def test_code_that_differs_with_the_same_layers_is_said(tmp_path: Path) -> None:
    for name, function in (("a", "relu"), ("b", "tanh"), ("c", "tanh")):
        folder = leave_run(tmp_path, "FC", "abc".index(name), name=name)
        record = read_record(folder)
        record.code = {"net.py": source_file(f"def forward(x):\n    return {function}(x)  # {name}\n".encode())}
        write_record(record, folder)
    first, second = group_runs(read_runs([tmp_path]))
    (text,) = layers_changed([first, second])
    assert "the layers stay as they are, but the code differs, and so what forward does with them may; " in text
    assert "the layers stay as they are; " in layers_changed([second, second])[0]
