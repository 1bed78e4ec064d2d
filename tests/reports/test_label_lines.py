"""Where labels of figures are broken into lines."""

from __future__ import annotations

import pytest

from mnist_lab.reports.label_lines import in_lines


@pytest.mark.parametrize(
    ("label", "widest", "lines"),
    [
        ("FC hidden=[128]", 10, ["FC hidden=[128]"]),
        ("FC epochs=2, hidden=[128]", 9, ["FC epochs=2,", "hidden=[128]"]),
        ("FC（エポック数 2、隠れ層のノード数 128）", 14, ["FC（エポック数 2、", "隠れ層のノード数 128）"]),
        ("CNN（チャンネル数 4-4）", 9, ["CNN（チャンネル数", "4-4）"]),
        ("limit_train_batches=60", 8, ["limit_train_", "batches=60"]),
        ("abcdefghij", 2.75, ["abcde", "fghij"]),
    ],
)
def test_label_is_broken_where_a_reader_would_break_it(label: str, widest: float, lines: list[str]) -> None:
    assert in_lines(label, widest).split("\n") == lines
