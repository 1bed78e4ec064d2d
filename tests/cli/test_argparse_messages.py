"""argparse's own words, in Japanese where Japanese is spoken, and as they are where not."""

from __future__ import annotations

import pytest

from mnist_lab.cli.argparse_messages import argparse_message
from mnist_lab.cli.own_options import OwnOptions, add_language, positive_int
from mnist_lab.errors import UsageError
from mnist_lab.language import Phrase, speaking


def parser() -> OwnOptions:
    made = OwnOptions("do", Phrase("WHAT", "もの"), Phrase("Does it.", "します。"))
    made.option("what", text=Phrase("what is done", "するもの"))
    made.option("--repeats", type=positive_int, text=Phrase("how often", "回数"))
    add_language(made)
    return made


@pytest.mark.parametrize(
    ("args", "english", "japanese"),
    [
        ([], "the following arguments are required: what. ", "what を指定してください。"),
        (
            ["it", "--repeats"],
            "argument --repeats: expected one argument. ",
            "引数 --repeats：値を 1 つ指定してください。",
        ),
        (
            ["it", "--repeats=0"],
            "argument --repeats: '0' is not a whole",
            "引数 --repeats：'0' は 1 以上の整数ではありません。",
        ),
        (["it", "--rep=1"], "unrecognized arguments: --rep=1. ", "引数 --rep=1 はありません。"),
        (
            ["it", "--language=fr"],
            "argument --language: invalid choice: 'fr'",
            "引数 --language：'fr' は指定できません",
        ),
    ],
)
def test_what_argparse_says(args: list[str], english: str, japanese: str) -> None:
    with pytest.raises(UsageError) as caught:
        parser().parse_args(args)
    assert str(caught.value).startswith(english)
    with speaking("ja"), pytest.raises(UsageError) as caught:
        parser().parse_args(args)
    assert str(caught.value).startswith(japanese)
    assert str(caught.value).endswith("オプションの一覧：lightning do --help")


def test_words_that_are_not_known_stay() -> None:
    with speaking("ja"):
        assert argparse_message("something new") == "something new"
