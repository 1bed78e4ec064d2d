"""What groups of runs are called: by the settings in which those of one model differ, as a sweep calls them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from mnist_lab.language import Language, speaking
from mnist_lab.reports.group_names import named
from mnist_lab.runs.groups import Group, group_runs
from mnist_lab.runs.record import read_record, write_record
from mnist_lab.runs.run import read_runs
from tests.reports.records import leave_run, report


def leave(log_dir: Path, model: str, name: str, changes: dict[str, Any], **more: Any) -> None:
    """Leave a run with other settings, ``optimizer`` or ``trainer`` for one, or facts of the device."""
    folder = leave_run(log_dir, model, 0, name=name, **more)
    record = read_record(folder)
    for part, values in changes.items():
        entries = record.settings.get(part) or {}
        record.settings[part] = values if values is None or "class_path" in values else entries | values
    write_record(record, folder)


def names(log_dir: Path, language: Language = "en") -> list[str]:
    with speaking(language):
        return [group.label for group in named(group_runs(read_runs([log_dir])))]


@pytest.mark.parametrize(
    ("language", "found"),
    [
        (
            "en",
            [
                "CNN",
                "FC, max_epochs 3, hidden 128",
                "FC, max_epochs 3, no hidden layer",
                "FC, max_epochs 5, hidden 64-64",
            ],
        ),
        (
            "ja",
            [
                "CNN",
                "FC（エポック数 3、隠れ層のノード数 128）",
                "FC（エポック数 3、隠れ層なし）",
                "FC（エポック数 5、隠れ層のノード数 64-64）",
            ],
        ),
    ],
)
def test_groups_of_a_model_are_named_by_what_differs_among_them(
    language: Language, found: list[str], tmp_path: Path
) -> None:
    leave_run(tmp_path, "CNN", 0, max_epochs=9)
    for epochs, hidden in ((3, [128]), (3, []), (5, [64, 64])):
        leave_run(
            tmp_path, "FC", 0, max_epochs=epochs, model_settings={"hidden": hidden}, name=f"{epochs} {len(hidden)}"
        )
    assert sorted(names(tmp_path, language)) == sorted(found)


@pytest.mark.parametrize(
    ("language", "found"),
    [
        ("en", ["FC, 2 threads", "FC, 8 threads"]),
        ("ja", ["FC（スレッド数 2）", "FC（スレッド数 8）"]),
    ],
)
def test_device_tells_groups_apart(language: Language, found: list[str], tmp_path: Path) -> None:
    leave_run(tmp_path, "FC", 0, name="a")
    leave_run(tmp_path, "FC", 0, name="b", threads=8)
    assert names(tmp_path, language) == found


def test_settings_of_one_class_alone_are_no_part_of_a_name(tmp_path: Path) -> None:
    """They follow from the class; the decay of two schedules of one class does not."""
    schedule = {"class_path": "torch.optim.lr_scheduler.ExponentialLR"}
    for name, gamma in (("a", 0.6), ("b", 0.9)):
        leave(
            tmp_path / "one", "FC", name, {"lr_scheduler": schedule | {"init_args": {"gamma": gamma, "last_epoch": -1}}}
        )
    leave(tmp_path / "one", "FC", "c", {"lr_scheduler": None})
    assert names(tmp_path / "one", "ja") == [
        "FC（学習率スケジュール ExponentialLR、学習率の減衰率 0.6）",
        "FC（学習率スケジュール ExponentialLR、学習率の減衰率 0.9）",
        "FC（学習率スケジュールなし）",
    ]
    text = report(tmp_path / "report", tmp_path / "one", "ja")
    assert "| 学習率スケジュール（lr\\_scheduler） | ExponentialLR | ExponentialLR | なし |" in text
    assert "null" not in text
    assert "last\\_epoch" not in text
    sgd = {"class_path": "torch.optim.SGD", "init_args": {"lr": 0.002, "momentum": 0.0, "nesterov": False}}
    leave(tmp_path / "two", "FC", "a", {})
    leave(tmp_path / "two", "FC", "b", {"optimizer": sgd})
    assert names(tmp_path / "two") == ["FC, optimizer Adam", "FC, optimizer SGD"]


def leave_many(log_dir: Path) -> None:
    """Leave runs of two models; what tells those of one apart is too long for a name."""
    number = 0
    for epochs, batches, channels, hidden in [
        (2, None, 4, [128]),
        (2, 100, 4, [128]),
        (2, 60, 2, []),
        (3, 60, 2, [16]),
        (2, 60, 4, [16]),
    ]:
        trainer = {"limit_train_batches": batches, "limit_test_batches": batches and 10}
        for model, settings in (("CNN", {"channels": [channels] * 2, "hidden": hidden}), ("FC", {"hidden": hidden})):
            number += 1
            more: dict[str, Any] = {"max_epochs": epochs, "model_settings": settings, "parameters": 100 + number}
            leave(log_dir, model, f"{number}", {"trainer": trainer}, data="MNIST", test=0.9 + number / 1000, **more)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_names_that_would_be_too_long_are_numbers_with_a_key(language: Language, tmp_path: Path) -> None:
    leave_many(tmp_path / "tb_logs")
    numbers = [f"{model}-{number}" for model in ("CNN", "FC") for number in range(1, 6)]
    assert sorted(names(tmp_path / "tb_logs", language)) == sorted(numbers)
    text = report(tmp_path / "report", tmp_path / "tb_logs", language)
    said = {
        "en": "What the numbered names, such as CNN-1, stand for is shown by Table 1.",
        "ja": "CNN-1 のような番号付きの名前が表す設定を表 1 に示す。",
    }[language]
    assert said in text.partition("## ")[2].partition("\n## ")[0]
    key = {
        "en": "max\\_epochs 3, limit\\_train\\_batches 60, limit\\_test\\_batches 10, channels 2-2, hidden 16 |",
        "ja": "エポック数 3、1 エポックの学習バッチ数の上限 60、テストのバッチ数の上限 10、チャンネル数 2-2、"
        "隠れ層のノード数 16 |",
    }[language]
    (row,) = [line for line in text.splitlines() if key in line]
    assert row.startswith("| CNN-")
    assert "…" not in text
    assert "null" not in text


def test_no_name_is_wider_than_a_legend_has_room_for(tmp_path: Path) -> None:
    leave_many(tmp_path)
    assert max(map(cell_len, names(tmp_path, "ja"))) <= 60


def test_groups_that_names_cannot_tell_apart_are_numbered(tmp_path: Path) -> None:
    leave_run(tmp_path, "FC", 0, name="a")
    leave_run(tmp_path, "FC", 0, name="b")
    groups = [Group("FC", group.runs[:1]) for group in group_runs(read_runs([tmp_path]))] * 2
    assert [group.label for group in named(groups)] == ["FC-1", "FC-2"]


def test_numbers_that_no_setting_explains_are_not_explained(tmp_path: Path) -> None:
    for name, layer in (("a", "Linear: 1-1"), ("b", "Tanh: 1-1")):
        leave(tmp_path / "tb_logs", "FC", name, {})
        folder = tmp_path / "tb_logs" / "fc-mnist" / name
        record = read_record(folder)
        record.layers[0]["name"] = layer
        write_record(record, folder)
    text = report(tmp_path / "report", tmp_path / "tb_logs")
    assert "# FC-1 and FC-2 on MNIST" in text
    assert "stand for" not in text


def test_facts_of_the_device_stand_beside_settings_where_names_are_numbers(tmp_path: Path) -> None:
    trainer = {"limit_train_batches": 10, "limit_test_batches": 10, "limit_val_batches": 10}
    more: dict[str, Any] = {"max_epochs": 9, "model_settings": {"hidden": [128, 64]}}
    leave(tmp_path / "tb_logs", "FC", "a", {})
    leave(tmp_path / "tb_logs", "FC", "b", {"trainer": trainer}, threads=8, **more)
    text = report(tmp_path / "report", tmp_path / "tb_logs", "ja")
    assert "| 設定項目 | FC-1 | FC-2 |" in text
    assert "| CPU スレッド数 \\[個\\] | スレッド数 2 | スレッド数 8 |" in text
    assert "| エポック数 \\[回\\]（trainer.max\\_epochs） | 3 | 9 |" in text
