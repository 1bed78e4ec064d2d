"""The language is known before the command line is parsed, and whatever is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.cli.asked_language import asked_language
from mnist_lab.language import current_language
from tests.commands.program import call


@pytest.mark.parametrize(
    ("args", "language"),
    [
        ([], "en"),
        (["fit", "--config", "cnn.yaml"], "en"),
        (["fit", "--language", "ja"], "ja"),
        (["fit", "--language=ja", "--config"], "ja"),
        (["fit", "--language=ja", "--language", "en"], "en"),
        (["fit", "--language"], "en"),
        (["fit", "--language", "fr"], "en"),
        (["fit", "--languages", "ja"], "en"),
    ],
)
def test_option_says_it(args: list[str], language: str) -> None:
    assert asked_language(args) == language


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("language: ja", "ja"),
        ("language: 'ja'  # 日本語", "ja"),
        ("  language: ja", "en"),
        ("# language: ja", "en"),
        ("language: japanese", "en"),
    ],
)
def test_config_says_it(line: str, language: str, tmp_path: Path) -> None:
    config = tmp_path / "own.yaml"
    config.write_text(f"model: FC\n{line}\ntrainer:\n  max_epochs: 1\n", encoding="utf-8")
    for args in (["fit", "-c", str(config)], ["fit", f"--config={config}"], ["compare", "fc.yaml", str(config)]):
        assert asked_language(args) == language
    assert asked_language(["fit", "--config", str(config), "--language", "en"]) == "en"


def test_config_that_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_bytes(b"\xff\xfe\x00language: ja")
    for name in ("own.yaml", "missing.yaml", ".", "nul\0.yaml"):
        assert asked_language(["fit", "--config", str(tmp_path / name)]) == "en"


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (("fitt",), "エラー：コマンド 'fitt' はありません。"),
        (("fit", "--config", "missing.yaml"), "エラー：設定ファイル 'missing.yaml' が見つかりません"),
        (
            ("fit", "--config", "fc.yaml", "--trainer.max_epochs=five"),
            "エラー：trainer.max_epochs：'five' は指定できません",
        ),
        (("fit", "--config", "fc.yaml", "--modl", "FC"), "エラー：オプション 'modl' はありません。"),
        (("test", "--config", "fc.yaml"), "エラー：--ckpt_path がありません：test には学習済みの重みが必要です。"),
        (("report",), "エラー：RUN を指定してください。"),
        (
            ("compare", "cnn.yaml", "fc.yaml", "--repeats", "0"),
            "エラー：引数 --repeats：'0' は 1 以上の整数ではありません",
        ),
        (("sweep", "--study"), "エラー：'--study' の位置には、スイープのファイルを書いてください"),
        (("bench", "matmull"), "エラー：引数 operation：'matmull' は指定できません（選択肢："),
        (("doctor", "--jsonn"), "エラー：引数 --jsonn はありません。"),
    ],
)
def test_errors_of_every_command_are_said_in_it(args: tuple[str, ...], line: str, tmp_path: Path) -> None:
    outcome = call(tmp_path, *args, "--language=ja")
    assert outcome.err.startswith(line)
    assert len(outcome.err.splitlines()) == 1
    assert current_language() == "en"


def test_config_in_japanese_is_trained_and_told_in_japanese(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("language: ja\n", encoding="utf-8")
    small = ("--config", "fc.yaml", "--config", "own.yaml", "--data.source=Digits", "--trainer.max_epochs=1")
    outcome = call(tmp_path, "fit", *small)
    assert outcome.code == 0, outcome.err
    for words in ("パラメータ数", "エポック 1/1", "学習時間 [s]", "テスト精度 [%]"):
        assert words in outcome.out
    (record,) = tmp_path.glob("tb_logs/*/*/record.json")
    assert "language" not in record.read_text(encoding="utf-8")
    outcome = call(tmp_path, "test", "--config", str(record.with_name("config.yaml")), "--ckpt_path=last")
    assert "精度 [%]" in outcome.out
