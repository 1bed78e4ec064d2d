"""Where runs lie: names, free versions, and which is the newest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mnist_lab.runs.run_folder import dated, reserve_folder, run_names, runs_newest_first

NOW = datetime(2026, 4, 17, 9, 30, 0)


def make(root: Path, name: str, now: datetime = NOW) -> str:
    return reserve_folder(root / name, dated(now)).name


def test_name_is_model_and_data_in_lower_case() -> None:
    assert run_names("CNN", "FashionMNIST", "data/FashionMNIST/raw") == ("cnn-fashionmnist",)


@pytest.mark.parametrize(
    ("data", "location", "name"),
    [
        ("CSVTable", "/home/me/Iris.csv", "perceptron-iris"),
        ("JSONTable", r"C:\Users\me\天気 2026.json", "perceptron-天気_2026"),
        ("ImageFolder", "/home/me/my pictures", "perceptron-my_pictures"),
    ],
)
def test_ones_own_data_give_their_name(data: str, location: str, name: str) -> None:
    assert run_names("Perceptron", data, location) == (name, f"perceptron-{data.lower()}")


def test_data_whose_file_has_no_name_to_speak_of_are_called_by_their_kind() -> None:
    assert run_names("FC", "CSVTable", "/home/me/...csv") == ("fc-csvtable",)


def test_version_is_the_date_and_time_and_valid_on_windows(tmp_path: Path) -> None:
    version = dated(NOW)
    assert version == "2026-04-17_09-30-00"
    assert not set(version) & set('<>:"/\\|?* ')


def test_version_that_is_taken_gets_a_number(tmp_path: Path) -> None:
    assert [make(tmp_path, "fc-mnist") for _ in range(3)] == [
        "2026-04-17_09-30-00",
        "2026-04-17_09-30-00-2",
        "2026-04-17_09-30-00-3",
    ]
    assert make(tmp_path, "cnn-mnist") == "2026-04-17_09-30-00"


def test_newest_comes_first_also_after_ten_in_one_second(tmp_path: Path) -> None:
    made = [make(tmp_path, "fc-mnist") for _ in range(12)]
    made.append(make(tmp_path, "fc-mnist", NOW + timedelta(seconds=1)))
    made.insert(0, make(tmp_path, "fc-mnist", NOW - timedelta(days=40)))
    assert made[10].endswith("-10")
    assert [path.name for path in runs_newest_first(tmp_path, "fc-mnist")] == made[::-1]


def test_folders_with_other_names_count_as_the_oldest_and_files_not_at_all(tmp_path: Path) -> None:
    made = make(tmp_path, "fc-mnist")
    for name in ("version_0", "version_1", "my best run"):
        (tmp_path / "fc-mnist" / name).mkdir()
    (tmp_path / "fc-mnist" / "2030-01-01_00-00-00").write_text("no folder", encoding="utf-8")
    found = [path.name for path in runs_newest_first(tmp_path, "fc-mnist")]
    assert found == [made, "version_1", "version_0", "my best run"]


def test_other_models_and_missing_folders_give_none(tmp_path: Path) -> None:
    make(tmp_path, "fc-mnist")
    assert list(runs_newest_first(tmp_path, "cnn-mnist")) == []
    assert list(runs_newest_first(tmp_path / "nowhere", "fc-mnist")) == []


def test_folders_reserved_at_the_same_moment_are_different_ones(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda _: make(tmp_path, "fc-mnist"), range(64)))
    assert len(set(made)) == 64
    assert {path.name for path in (tmp_path / "fc-mnist").iterdir()} == set(made)
