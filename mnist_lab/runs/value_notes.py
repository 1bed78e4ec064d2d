"""What was done to values, in a line each: rows left out, means in place of missing values, texts never seen before.

Made from the plain facts of a record, so that the terminal and a report say the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mnist_lab.language import Phrase, listed, say

_LISTED = 5
_SPLITS = {
    "train": Phrase("training", "学習用"),
    "val": Phrase("validation", "検証用"),
    "test": Phrase("test", "テスト用"),
    "new": Phrase("new", "新しい"),
}


def value_notes(data: Mapping[str, Any]) -> list[str]:
    """Return the lines on the values of a run's data, none where nothing was done to them.

    Args:
        data: As a record describes it; what was trained before there were such facts has none.
    """
    missing, unseen = data.get("missing"), data.get("unseen")
    notes = []
    if missing:
        notes.append(_missing_note(missing))
    if unseen:
        notes.append(_unseen_note(unseen))
    return notes


def _missing_note(missing: Mapping[str, Any]) -> str:
    counts = [
        say("{name} {count}", "{name} {count} 個", name=name, count=count)
        for name, count in (missing.get("values") or {}).items()
    ]
    if missing.get("treatment") == "drop":
        return say(
            "{dropped} of {rows} rows are left out, as a value is missing (missing: drop): {counts}",
            "欠損値のある行を除外（missing: drop）：{rows} 行中 {dropped} 行（{counts}）",
            dropped=missing.get("dropped_rows"),
            rows=missing.get("rows"),
            counts=_first(counts),
        )
    return say(
        "missing values are replaced by the mean of the training split (missing: mean), of {rows} rows: {counts}",
        "欠損値を学習用データの平均で補完（missing: mean）：{rows} 行のうち {counts}",
        rows=missing.get("rows"),
        counts=_first(counts),
    )


def _unseen_note(unseen: Mapping[str, Mapping[str, Mapping[str, int]]]) -> str:
    found = []
    for column, texts in unseen.items():
        for text, counts in texts.items():
            rows = listed(
                [
                    say("{split} {count}", "{split} {count} 行", split=_SPLITS[split], count=count)
                    for split, count in counts.items()
                    if split in _SPLITS
                ],
                en=", ",
            )
            found.append(
                say("{column} '{text}' ({rows})", "{column} '{text}'（{rows}）", column=column, text=text, rows=rows)
            )
    return say(
        "texts that no training sample has, so that each of their columns is 0: {texts}",
        "学習用データにない文字列（対応する列はすべて 0）：{texts}",
        texts=_first(found),
    )


def _first(parts: Sequence[str]) -> str:
    shown = listed(list(parts[:_LISTED]), en=", ")
    if len(parts) <= _LISTED:
        return shown
    return say("{shown}, … ({count} in all)", "{shown}、…（全部で {count}）", shown=shown, count=len(parts))
