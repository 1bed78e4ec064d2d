"""The conditions: what became of the samples, what seeds and schedules count, and what each model's settings are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mnist_lab.language import Language, spaced, speaking
from mnist_lab.reports.conditions import condition_blocks
from mnist_lab.reports.document import TableBlock
from mnist_lab.reports.run_content import compose, find
from mnist_lab.reports.sweep import sweep_content
from mnist_lab.runs.groups import Group
from mnist_lab.runs.run import read_runs
from tests.reports.records import cnn_and_fc, leave_run
from tests.reports.sweep.test_sweep_report import small_grid

SWEEP_FIGURES = ("hidden", "channels", "cnn-channels-hidden", "pareto")


def tables_of(groups: list[Group], sweep: str = "") -> dict[str, dict[str, str]]:
    found = [block for block in condition_blocks(groups, "", sweep) if isinstance(block, TableBlock)]
    return {table.key: {row[0]: spaced(row[1]) for row in table.rows} for table in found}


def one_run(log_dir: Path, data: Mapping[str, Any] | None = None, settings: Mapping[str, Any] | None = None) -> Group:
    leave_run(log_dir, "FC", 0)
    (group,) = find(read_runs([log_dir])).groups
    group.record.data.update(data or {})
    group.record.settings.update(settings or {})
    return group


@pytest.mark.parametrize(
    ("language", "heading", "shape", "said"),
    [
        ("en", "preprocessing", [1, 28, 28], "the mean 33.3 taken off each pixel value (0 to 255), and the rest divi"),
        ("ja", "前処理", [1, 28, 28], "各画素値（0 から 255）から平均 33.3 を引き、標準偏差 78.6 で割った（"),
        ("en", "preprocessing", [4], "its mean taken off each feature, and the rest divided by its standard deviatio"),
        ("ja", "前処理", [4], "特徴量ごとに、平均を引き、標準偏差で割った（平均と標準偏差は学習用データの値、"),
    ],
)
def test_preprocessing_is_what_the_record_knows(
    language: Language, heading: str, shape: list[int], said: str, tmp_path: Path
) -> None:
    known = {"input_shape": shape, "mean": [33.332] * shape[0], "std": [78.582] * shape[0]}
    with speaking(language):
        assert tables_of([one_run(tmp_path / "known", known)])["conditions"][heading].startswith(said)
        assert heading not in tables_of([one_run(tmp_path / "not")])["conditions"]


def test_other_seeds_have_other_means_and_texts_become_features(tmp_path: Path) -> None:
    groups = [one_run(tmp_path / name, {"mean": [mean], "std": [78.6]}) for name, mean in (("a", 33.3), ("b", 33.4))]
    assert "the mean 33.3 to 33.4 taken off" in tables_of(groups)["conditions"]["preprocessing"]
    table = one_run(
        tmp_path / "c", {"input_shape": [2], "mean": [0.5] * 2, "std": [0.5] * 2, "categories": {"island": ["a", "b"]}}
    )
    assert tables_of([table])["conditions"]["preprocessing"].startswith("each text of a column made a feature of 0 and")


@pytest.mark.parametrize(
    ("schedule", "arguments", "interval", "shown"),
    [
        ("ExponentialLR", {"gamma": 0.6}, "epoch", {"": "", "gamma": "（1 エポックごとに 0.6 倍）"}),
        ("ExponentialLR", {"gamma": 0.6}, "step", {"": "", "gamma": "（重みの更新 1 回ごとに 0.6 倍）"}),
        ("ExponentialLR", {"gamma": 0.6}, None, {"": "", "gamma": ""}),
        ("StepLR", {"step_size": 30, "gamma": 0.1}, "epoch", {"": "", "gamma": "（30 エポックごとに 0.1 倍）"}),
        ("MultiStepLR", {"milestones": [3, 5], "gamma": 0.1}, "epoch", {"gamma": "（3、5 エポックの後に 0.1 倍）"}),
        ("CosineAnnealingLR", {"T_max": 5}, "step", {"": "（重みの更新 1 回ごとに更新）"}),
        ("ReduceLROnPlateau", {"factor": 0.1}, "epoch", {"": "", "factor": ""}),
    ],
)
def test_schedule_says_what_it_counts(
    schedule: str, arguments: dict[str, Any], interval: str | None, shown: dict[str, str], tmp_path: Path
) -> None:
    settings: dict[str, Any] = {"lr_scheduler": {"class_path": f"torch.{schedule}", "init_args": arguments}}
    group = one_run(tmp_path, settings=settings | ({"lr_interval": interval} if interval else {}))
    with speaking("ja"):
        rows = tables_of([group])["common"]
    for name, behind in shown.items():
        key = f"lr_scheduler.{name}".rstrip(".")
        (value,) = [value for row, value in rows.items() if row == key or row.endswith(f"（{key}）")]
        assert value == f"{arguments.get(name, schedule)}{behind}"


def test_seeds_say_what_they_govern(tmp_path: Path) -> None:
    group = one_run(tmp_path)
    assert tables_of([group])["conditions"]["seeds"] == "0 (initial weights, order of the batches, split of the data)"
    group.record.data["seed"] = 7
    with speaking("ja"):
        said = tables_of([group])["conditions"]["シード"]
    assert said == "0/7（「/」の前は重みの初期値、後ろはバッチの順序とデータの分割を決める）"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "It counts cutting the batches from the samples in memory"),
        ("ja", "メモリ上のデータからのバッチの切り出し"),
    ],
)
def test_time_says_whether_batches_are_inside(language: Language, said: str, tmp_path: Path) -> None:
    compared, swept = find(cnn_and_fc(tmp_path / "compared")), small_grid(tmp_path / "swept")
    with speaking(language):
        assert said in str(compose(compared, ["accuracy_over_time", "time_per_epoch", "accuracy", "time_and_accuracy"]))
        assert said in str(sweep_content.compose("own", swept, 0.5, dict.fromkeys(SWEEP_FIGURES, "")))


def test_sweep_tells_what_only_one_model_has(tmp_path: Path) -> None:
    result = small_grid(tmp_path)
    groups = list(sweep_content.groups_of(result).values())
    for group in groups:
        if group.record.model == "CNN":
            group.record.settings["model"]["init_args"].update(pooling=1, padding=0)
            group.record.settings["optimizer"]["init_args"]["lr"] = 0.001
    with speaking("ja"):
        rows = tables_of(groups, "own")["common"]
        alone = tables_of([group for group in groups if group.record.model == "CNN"], "own")["common"]
    assert {name: value for name, value in rows.items() if name.startswith(("CNN", "FC"))} == {
        "CNN：フィルタの一辺 [画素]（model.kernel_size）": "3",
        "CNN：チャンネル数 [個]（model.channels）": "4-4",
        "CNN：パディング [画素]（model.padding）": "0",
        "CNN：プーリングの一辺 [画素]（model.pooling）": "1（なし）",
        "CNN：学習率（optimizer.lr）": "0.001",
        "FC：学習率（optimizer.lr）": "0.002",
    }
    assert alone["パディング [画素]（model.padding）"] == "0"
    assert not [name for name in alone if name.startswith("CNN")]


def test_compare_leaves_to_its_other_table_what_differs(tmp_path: Path) -> None:
    cnn_and_fc(tmp_path)
    assert not [row for row in tables_of(list(find(read_runs([tmp_path])).groups))["common"] if row.startswith("CNN:")]
