"""Lines break between words, Japanese ones as well, and nowhere inside."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from mnist_lab.cli.terminal_table import terminal_table
from mnist_lab.cli.wrapped import Wrapped
from mnist_lab.line_breaks import folded, width_of, words


def shown(table: Table, width: int) -> list[str]:
    file = io.StringIO()
    Console(file=file, width=width, soft_wrap=True).print(table)
    return [line.rstrip() for line in file.getvalue().splitlines() if line.strip()]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("test accuracy [%]", ["test ", "accuracy ", "[%]"]),
        ("1 エポックの学習時間 [s]", ["1 エポックの", "学習時間 ", "[s]"]),
        ("パラメータ数、", ["パラメータ数、"]),
        (
            "この環境では取得できません（Windows でのみ）。",
            ["この", "環境では", "取得できません", "（Windows ", "でのみ）。"],
        ),
        ("", []),
    ],
)
def test_words_of_a_text(text: str, parts: list[str]) -> None:
    assert words(text) == parts
    assert width_of(text) == max((cell_len(part.rstrip()) for part in parts), default=0)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("this driver can spill", 12, ["this driver", "can spill"]),
        ("学習時間と検証精度、テスト精度", 16, ["学習時間と", "検証精度、テスト", "精度"]),
        ("a/path/that/is/long", 8, ["a/path/", "that/is/", "long"]),
        ("withoutanyend", 8, ["withouta", "nyend"]),
        ("tb_logs/fc/checkpoints/epoch=1-val.ckpt", 24, ["tb_logs/fc/checkpoints/", "epoch=1-val.ckpt"]),
        ("tensorboard --logdir tb_logs", 20, ["tensorboard --logdir", "tb_logs"]),
        ("two\nlines", 10, ["two", "lines"]),
    ],
)
def test_lines_of_a_width(text: str, width: int, lines: list[str]) -> None:
    file = io.StringIO()
    Console(file=file, width=width).print(Wrapped(text))
    assert [line.rstrip() for line in file.getvalue().splitlines()] == lines


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("Give it (--threads 2) or less.", 12, ["Give it", "(--threads", "2) or less."]),
        (
            "Go on with lightning fit --ckpt_path last now.",
            30,
            ["Go on with", "lightning fit --ckpt_path last", "now."],
        ),
        ("パラメータを Linear 2304→128 で", 22, ["パラメータを Linear", "2304→128 で"]),
        ("Linear 2304 → 128 wide", 12, ["Linear", "2304 → 128", "wide"]),
        ("一覧は lightning fit --help all です。", 26, ["一覧は", "lightning fit --help all", "です。"]),
        ("no/part/of/it/is/lost.ckpt is there", 10, ["no/part/of/it/is/lost.ckpt", "is there"]),
        ("学習時の値は [8, 8, 8] です", 14, ["学習時の値は", "[8, 8, 8] です"]),
        ("学習が終わりました。", 18, ["学習が", "終わりました。"]),
    ],
)
def test_lines_of_a_text_keep_what_is_one(text: str, width: int, lines: list[str]) -> None:
    assert folded(text, width) == lines


def test_lines_behind_the_first_are_indented() -> None:
    assert folded("  --a  one two three", 14, 7) == ["  --a  one two", "       three"]


def test_no_word_of_a_table_is_broken_at_80_columns() -> None:
    headings = ["量", "値", "検定", "p", "有意差"]
    row = [
        "1 エポックの学習時間の比、CNN ÷ FC [倍]",
        "6.0 ± 0.2",
        "同じシードどうしの対応のある t 検定、両側",
        "< 0.001",
        "あり",
    ]
    lines = shown(terminal_table("比と差", headings, [row], (1, 3)), 80)
    assert max(map(cell_len, lines)) <= 80
    text = "\n".join(lines)
    for word in ("エポックの", "学習時間の", "同じ", "シードどうしの", "対応のある", "両側", "6.0 ± 0.2"):
        assert word in text
    assert not any(line.split("  ")[0].strip().startswith(("、", "。")) for line in lines)
