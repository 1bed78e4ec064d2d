"""The short help fits a screen, names options that there are, and tells the defaults that hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from mnist_lab.cli.quiet import quieten_lightning
from mnist_lab.cli.short_help import OPTIONS, short_help, without_help
from mnist_lab.language import Language, speaking
from mnist_lab.seams.jsonargparse_seam import option_names
from tests.commands.program import call

# Of a class that is chosen: the parser knows them once the config has named it.
OF_A_CLASS = ("model.", "optimizer.")


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("command", sorted(OPTIONS))
def test_help_fits_a_screen(command: str, language: Language) -> None:
    with speaking(language):
        lines = short_help(command).splitlines()
    assert len(lines) < 45
    assert max(map(cell_len, lines)) <= 100
    assert any("--help all" in line for line in lines)


@pytest.mark.parametrize("command", sorted(OPTIONS))
def test_options_and_defaults_are_the_parsers(command: str) -> None:
    quieten_lightning()
    from mnist_lab.training.training_cli import TrainingCLI

    parser = TrainingCLI(command, ["--model=FC", "--data.source=Digits"], quiet=True).parser
    there = set(option_names(parser))
    plain = [option for option in OPTIONS[command] if not option.name.startswith(OF_A_CLASS)]
    assert {option.name for option in plain} - there == set()
    for option in plain:
        if option.default is not None:
            assert parser.get_default(option.name) == option.default, option.name


def test_options_of_chosen_classes_are_taken(tmp_path: Path) -> None:
    given = {"model.hidden": "[8]", "model.channels": "[2]", "model.activation": "Tanh", "model.loss": "MSELoss"}
    given["optimizer.lr"] = "0.1"
    assert {option.name for option in OPTIONS["fit"] if option.name.startswith(OF_A_CLASS)} == set(given)
    words = [f"--{name}={value}" for name, value in given.items()]
    outcome = call(tmp_path, "fit", "--config=cnn.yaml", *words, "--print_config")
    assert outcome.code == 0, outcome.err


@pytest.mark.parametrize(
    ("args", "left"),
    [
        ([], []),
        (["--config", "cnn.yaml"], ["--config", "cnn.yaml"]),
        (["--help"], None),
        (["-h", "--config", "cnn.yaml"], None),
        (["--help", "all"], ["--help"]),
        (["--help", "all", "--config=cnn.yaml"], ["--config=cnn.yaml", "--help"]),
        (["--config", "cnn.yaml", "--help=all"], ["--config", "cnn.yaml", "--help"]),
        (["--model.help", "CNN"], ["--model.help", "CNN"]),
    ],
)
def test_help_is_printed_where_it_is_asked_for(
    args: list[str], left: list[str] | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert without_help("fit", args) == left
    assert (short_help("fit") in capsys.readouterr().out) is (left is None)


@pytest.mark.parametrize("command", sorted(OPTIONS))
def test_everything_else_is_behind_help_all(command: str, tmp_path: Path) -> None:
    short, whole = call(tmp_path, command, "--help"), call(tmp_path, command, "--help", "all")
    assert (short.code, whole.code) == (0, 0)
    assert "--trainer.gradient_clip_val" not in short.out
    assert "--trainer.gradient_clip_val" in whole.out
    assert "--config FILE" in short.out


def test_help_of_everything_says_in_japanese_why_most_of_it_is_english(tmp_path: Path) -> None:
    outcome = call(tmp_path, "fit", "--help", "all", "--language", "ja")
    assert outcome.code == 0
    assert outcome.out.startswith(
        "すべてのオプションの一覧です。説明の多くは、Lightning や PyTorch の英語の文書によります。\n"
    )
    assert "lightning fit --help\n" in outcome.out
    for said in ("表、注意、エラーの言語", "学習中に、テスト用サンプルのスコアを描く"):
        assert said in "".join(line.strip() for line in outcome.out.splitlines())
