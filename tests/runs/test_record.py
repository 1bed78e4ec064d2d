"""The record: what is written is what is read, in one move, and what is wrong is said in one line."""

from __future__ import annotations

import json
import math
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mnist_lab.errors import MnistLabError
from mnist_lab.runs.record import RECORD_NAME, EpochRecord, RunRecord, read_record, write_record


def record(**changes: Any) -> RunRecord:
    values: dict[str, Any] = {
        "model": "FC",
        "data": {"name": "MNIST", "location": "C:\\Users\\学生\\data"},
        "settings": {"model": {"hidden": [128]}, "seed_everything": 0},
        "parameters": 101_770,
        "layers": [{"name": "Linear: 1-2", "formula": "784×128 + 128 = 100,480"}],
        "versions": {"torch": "2.11"},
        "device": {"type": "cpu"},
        "started": "2026-04-17T09:30:00+09:00",
    }
    return RunRecord(**(values | changes))


def damaged(folder: Path, **changes: Any) -> str:
    """Write a record with some values changed (``...``: taken out) and return what reading it says."""
    path = write_record(record(), folder)
    values = json.loads(path.read_text(encoding="utf-8")) | changes
    path.write_text(json.dumps({key: value for key, value in values.items() if value is not ...}), encoding="utf-8")
    return refusal(folder)


def refusal(folder: Path) -> str:
    with pytest.raises(MnistLabError) as caught:
        read_record(folder)
    assert type(caught.value) is MnistLabError
    message = str(caught.value)
    assert "\n" not in message
    assert str(folder) in message
    return message


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    epochs = [EpochRecord(0, 860, 1.5, 1.5, 2.0, 36_666.7, 0.3, 0.91, 0.2, 0.94), EpochRecord(1, 1720)]
    written = record(
        epochs=epochs,
        status="diverged",
        message="The training loss became nan",
        ended="2026-04-17T09:31:00+09:00",
        resumed_from="last.ckpt",
        train_s=3.0,
        wall_s=4.0,
        test_loss=0.21,
        test_accuracy=0.943,
        best_checkpoint="checkpoints/best.ckpt",
    )
    path = write_record(written, tmp_path / "new" / "folder")
    assert path == tmp_path / "new" / "folder" / RECORD_NAME
    assert read_record(path.parent) == written
    assert [entry.name for entry in path.parent.iterdir()] == [RECORD_NAME]


def test_text_is_readable_utf8_with_unix_line_ends(tmp_path: Path) -> None:
    content = write_record(record(), tmp_path).read_bytes()
    assert "学生".encode() in content
    assert "784×128".encode() in content
    assert b"\r" not in content
    assert content.endswith(b"}\n")


def test_unknown_numbers_are_null_and_read_as_none(tmp_path: Path) -> None:
    path = write_record(record(epochs=[EpochRecord(0, 5)]), tmp_path)
    values = json.loads(path.read_text(encoding="utf-8"))
    assert values["epochs"][0]["val_loss"] is None
    assert values["test_accuracy"] is None
    assert read_record(tmp_path).epochs[0].val_loss is None


def test_settings_that_json_has_no_word_for_are_written_as_text(tmp_path: Path) -> None:
    settings = {"threshold": math.inf, "bounds": [-math.inf, math.nan, 1.5], "from": date(2026, 4, 17)}
    path = write_record(record(settings=settings), tmp_path)
    expected = {"threshold": "inf", "bounds": ["-inf", "nan", 1.5], "from": "2026-04-17"}
    assert json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail)["settings"] == expected
    assert settings["threshold"] == math.inf


@pytest.mark.parametrize("moment", ["replace", "fsync"])
def test_crash_while_writing_leaves_the_old_record(
    moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_record(record(status="running"), tmp_path)

    def crash(*_: object) -> None:
        raise OSError(f"crash in {moment}")

    with monkeypatch.context() as patch:
        patch.setattr(*((Path, "replace", crash) if moment == "replace" else (os, "fsync", crash)))
        with pytest.raises(OSError, match=f"crash in {moment}"):
            write_record(record(status="completed"), tmp_path)
    assert read_record(tmp_path).status == "running"
    write_record(record(status="completed"), tmp_path)
    assert read_record(tmp_path).status == "completed"
    assert [entry.name for entry in tmp_path.iterdir()] == [RECORD_NAME]


def test_folder_without_a_record_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path) == (f"No run in {tmp_path}: record.json is missing; name a folder that fit has made.")
    assert refusal(tmp_path / "nowhere").startswith(f"No run in {tmp_path / 'nowhere'}")


def test_file_in_the_place_of_a_folder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a file"
    path.write_text("", encoding="utf-8")
    assert refusal(path).startswith(f"No run in {path}: record.json is missing")


def test_record_that_is_no_file_is_named(tmp_path: Path) -> None:
    (tmp_path / RECORD_NAME).mkdir()
    assert refusal(tmp_path).startswith(f"{tmp_path / RECORD_NAME} cannot be read: ")


@pytest.mark.parametrize(
    "content",
    [b"", b'{"model": "FC", ', b"\xff\xfe\x00", b"no json", b"[" * 100_000, b'{"parameters": ' + b"1" * 5000 + b"}"],
    ids=lambda content: str(content[:15]),
)
def test_damaged_record_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / RECORD_NAME).write_bytes(content)
    message = refusal(tmp_path)
    assert message.startswith(f"{tmp_path / RECORD_NAME} is damaged (")
    assert message.endswith("; make the run again.")
    assert "sys." not in message


def test_other_formats_are_refused(tmp_path: Path) -> None:
    reads = (
        ", and this version of mnist_lab reads format 1; make the run again, or read it with the version that wrote it."
    )
    assert damaged(tmp_path, format=2).endswith(f"has format 2{reads}")
    assert damaged(tmp_path, format="1").endswith(f"has format '1'{reads}")
    assert damaged(tmp_path, format=...).endswith(f"has format None{reads}")
    (tmp_path / RECORD_NAME).write_text("[1, 2]", encoding="utf-8")
    assert refusal(tmp_path).endswith(f"has format list{reads}")


@pytest.mark.parametrize("name", ["model", "data", "settings", "parameters", "layers", "versions", "device", "started"])
def test_missing_entries_are_named(name: str, tmp_path: Path) -> None:
    assert damaged(tmp_path, **{name: ...}).endswith(f"record.json lacks {name}; make the run again.")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": 5}, "model is 5"),
        ({"model": ""}, "model is ''"),
        ({"model": "x" * 1000}, "model is '" + "x" * 39 + "…"),
        ({"data": []}, "data is []"),
        ({"data": {"name": ["MNIST"]}}, "data.name is ['MNIST']"),
        ({"data": {"split_sizes": {"train": "many"}}}, "data.split_sizes.train is 'many'"),
        ({"settings": {"trainer": 5}}, "settings.trainer is 5"),
        ({"parameters": "many"}, "parameters is 'many'"),
        ({"parameters": True}, "parameters is True"),
        ({"parameters": 10**30}, "parameters is 1000000000000000000000000000000"),
        ({"layers": ["Linear"]}, "layers[0] is 'Linear'"),
        ({"layers": [{"depth": 10**9}]}, "layers[0].depth is 1000000000"),
        ({"layers": [{"output_shape": 3}]}, "layers[0].output_shape is 3"),
        ({"versions": {"torch": 2}}, "versions.torch is 2"),
        ({"device": None}, "device is None"),
        ({"started": 0}, "started is 0"),
        ({"status": "well"}, "status is 'well'"),
        ({"train_s": -1}, "train_s is -1"),
        ({"train_s": math.nan}, "train_s is nan"),
        ({"settings": {"lr": math.inf}}, "settings.lr is inf"),
        ({"test_accuracy": 97.0}, "test_accuracy is 97.0"),
        ({"model": "half \ud800"}, r"model is 'half \ud800'"),
        ({"model": "x" * 100 + "\0"}, "model is '" + "x" * 39 + "…"),
        ({"colour": eval("[" * 60 + "]" * 60)}, "is 'nested too deeply'"),
        ({"sweep": {"repeat": "first"}}, "sweep.repeat is 'first'"),
        ({"epochs": None}, "epochs is None"),
        ({"epochs": [1]}, "epochs[0] is 1"),
        ({"epochs": [{"epoch": "0", "steps": 5}]}, "epochs[0].epoch is '0'"),
    ],
    ids=lambda value: "" if isinstance(value, str) else str(value)[:40],
)
def test_value_of_another_kind_is_named(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    assert f"{said})" in damaged(tmp_path, **changes).replace(RECORD_NAME, "")


def test_epoch_that_lacks_its_number_is_refused(tmp_path: Path) -> None:
    said = damaged(tmp_path, epochs=[{"epoch": 0}])
    assert said.endswith("record.json has epochs that are none; make the run again.")


def test_entries_of_later_versions_are_passed_over(tmp_path: Path) -> None:
    path = write_record(record(epochs=[EpochRecord(0, 5)]), tmp_path)
    values = json.loads(path.read_text(encoding="utf-8"))
    values["colour"] = values["epochs"][0]["colour"] = "red"
    path.write_text(json.dumps(values), encoding="utf-8")
    assert read_record(tmp_path) == record(epochs=[EpochRecord(0, 5)])
