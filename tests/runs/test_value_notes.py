"""What was done to values, in words: rows left out, means, texts never seen, in both languages."""

from __future__ import annotations

from typing import Any

from mnist_lab.language import speaking
from mnist_lab.runs.value_notes import value_notes

DATA: dict[str, Any] = {
    "missing": {
        "treatment": "drop",
        "rows": 344,
        "dropped_rows": 11,
        "values": {f"c{number}": number for number in range(1, 8)},
    },
    "unseen": {"island": {"Dream": {"val": 1, "test": 2}, "Biscoe": {"train": 3}}},
}


def test_notes_name_the_first_columns_and_the_splits() -> None:
    assert value_notes(DATA) == [
        "11 of 344 rows are left out, as a value is missing (missing: drop): c1 1, c2 2, c3 3, c4 4, c5 5, … "
        "(7 in all)",
        "texts that no training sample has, so that each of their columns is 0: island 'Dream' (validation 1, test 2), "
        "island 'Biscoe' (training 3)",
    ]
    with speaking("ja"):
        assert value_notes(DATA)[1] == (
            "学習用データにない文字列（対応する列はすべて 0）：island 'Dream'"
            "（検証用 1 行、テスト用 2 行）、island 'Biscoe'（学習用 3 行）"
        )


def test_data_from_before_there_were_such_facts_need_no_note() -> None:
    assert value_notes({"name": "MNIST"}) == []
    assert value_notes({"missing": None, "unseen": {}}) == []
