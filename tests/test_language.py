"""Two languages: every sentence in the package stands in both, and the one that is spoken stays where it is spoken."""

from __future__ import annotations

import ast
import re
import string
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from mnist_lab.cli.configs import read_config
from mnist_lab.cli.failures import exit_code_of, unknown_command
from mnist_lab.cli.parse_errors import one_line
from mnist_lab.data import Digits, Intervals
from mnist_lab.data.table import table_file
from mnist_lab.errors import DataError, Terminated, UsageError, nearest
from mnist_lab.gpu import explanation
from mnist_lab.language import Phrase, current_language, first_of, listed, say, speaking, under
from mnist_lab.reports.words import WORDS
from mnist_lab.training.refusals import refusal_of
from tests.conftest import CHECKOUT

PACKAGE = CHECKOUT / "mnist_lab"
LANGUAGE = PACKAGE / "language.py"
MODULES = sorted(set(PACKAGE.rglob("*.py")) - {LANGUAGE})
JAPANESE = re.compile("[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]")
SAME_IN_JAPANESE = {"OS"}
LETTER = "[ぁ-んァ-ヶー一-龥々]"
UNSPACED = re.compile(f"{LETTER}[0-9]|[0-9]{LETTER}")
# Fonts, and the page's language: where the look depends on it, not what is said; and which one the system speaks.
MAY_ASK_WHICH = {"reports/html.py", "pictures/fonts.py", "starter/starter_folder.py"}


def said(source: str) -> Iterator[ast.Call]:
    """Every call of ``say`` and of ``Phrase``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("say", "Phrase"):
            yield node


def fields(text: str) -> set[tuple[str, str | None]]:
    """The names between braces, with how they are written."""
    return {(name, how) for _, name, how, _ in string.Formatter().parse(text) if name is not None}


def mistakes(call: ast.Call) -> list[str]:
    texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if len(call.args) != 2 or len(texts) != 2 or not all(text.strip() for text in texts):
        return ["not two texts"]
    en, ja = texts
    found = []
    if JAPANESE.search(en):
        found.append("Japanese in the English text")
    if not JAPANESE.search(ja) and ja not in SAME_IN_JAPANESE:
        found.append("no Japanese in the Japanese text")
    if UNSPACED.search(ja):
        found.append("no space between a digit and Japanese")
    if fields(en) != fields(ja):
        found.append("other fields in the other language")
    if {name for name, _ in fields(en)} != {keyword.arg for keyword in call.keywords}:
        found.append("other values than fields")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_everything_is_said_in_both_languages(path: Path) -> None:
    calls = said(path.read_text(encoding="utf-8"))
    assert {f"line {call.lineno}": found for call in calls if (found := mistakes(call))} == {}


@pytest.mark.parametrize(
    ("source", "mistake"),
    [
        ("say('a')", "not two texts"),
        ("language.say('a')", "not two texts"),
        ("say('a', '')", "not two texts"),
        ("say('a', ' ')", "not two texts"),
        ("say('a', text)", "not two texts"),
        ("say('a', f'あ{x}')", "not two texts"),
        ("say('a', 'b')", "no Japanese in the Japanese text"),
        ("say('あ', 'あ')", "Japanese in the English text"),
        ("say('1 a', '1あ')", "no space between a digit and Japanese"),
        ("say('a 1', 'あ1')", "no space between a digit and Japanese"),
        ("say('a {x}', 'あ {y}', x=1)", "other fields in the other language"),
        ("say('a {x:,}', 'あ {x}', x=1)", "other fields in the other language"),
        ("say('a {x}', 'あ {x}')", "other values than fields"),
        ("say('a {x}', 'あ {x}', **values)", "other values than fields"),
        ("say('a {}', 'あ {}', x=1)", "other values than fields"),
        ("say('a', 'あ', x=1)", "other values than fields"),
        ("Phrase('a {x}', 'あ {x}')", "other values than fields"),
        ("WORDS = {'a': Phrase('a', 'b')}", "no Japanese in the Japanese text"),
    ],
)
def test_reader_sees_what_is_missing(source: str, mistake: str) -> None:
    assert [mistakes(call) for call in said(source)] == [[mistake]]


def test_reader_sees_the_sentences_there_are() -> None:
    assert sum(len(list(said(path.read_text(encoding="utf-8")))) for path in MODULES) > 150
    (call,) = said("say('{a:,} and ' '{b}', '{b}、' '{a:,}', a=1, b=2)")
    assert mistakes(call) == []


def test_nothing_else_asks_which_language_is_spoken() -> None:
    asking = {
        path.relative_to(PACKAGE).as_posix()
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value == "ja"
    }
    assert asking == MAY_ASK_WHICH


def test_every_word_is_used() -> None:
    strings = {
        node.value
        for path in (PACKAGE / "reports").rglob("*.py")
        if path.name != "words.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
    }
    assert set(WORDS) - strings == set()


def test_english_is_spoken_unless_told_otherwise() -> None:
    assert current_language() == "en"
    assert say("{n:,} runs", "{n:,} 回の実行", n=1234) == "1,234 runs"
    with speaking("ja"):
        assert say("{n:,} runs", "{n:,} 回の実行", n=1234) == "1,234 回の実行"
        with speaking("en"):
            assert current_language() == "en"
        assert current_language() == "ja"
    assert current_language() == "en"


def test_of_many_the_first_are_named_and_the_others_counted() -> None:
    assert first_of(["a", "b"], 2, ja="組") == ["a", "b"]
    assert first_of(["a", "b", "c", "d"], 2, ja="組") == ["a", "b", "2 more"]
    with speaking("ja"):
        assert first_of(["a", "b", "c"], 2, ja="組") == ["a", "b", "ほか 1 組"]


def test_word_is_said_when_it_is_shown() -> None:
    word = Phrase("layer", "層")
    assert f"{word}" == "layer"
    with speaking("ja"):
        assert (str(word), say("the {word}", "この{word}", word=word)) == ("層", "この層")


def test_braces_in_a_value_are_left_alone() -> None:
    assert say("{name}!", "{name}！", name="{x}") == "{x}!"


def test_language_is_as_before_after_an_error() -> None:
    with pytest.raises(LookupError), speaking("ja"):
        raise LookupError
    assert current_language() == "en"


def test_language_of_one_thread_is_not_anothers() -> None:
    heard: list[str] = []
    inside, done = threading.Event(), threading.Event()

    def japanese() -> None:
        with speaking("ja"):
            inside.set()
            done.wait(10)
            heard.append(current_language())

    thread = threading.Thread(target=japanese)
    thread.start()
    assert inside.wait(10)
    assert current_language() == "en"
    done.set()
    thread.join(10)
    assert heard == ["ja"]


@pytest.mark.parametrize(
    ("parts", "english", "japanese"),
    [([], "", ""), (["a"], "a", "a"), (["a", "b"], "a and b", "a、b"), (["a", "b", "c"], "a, b and c", "a、b、c")],
)
def test_lists(parts: list[str], english: str, japanese: str) -> None:
    assert listed(parts) == english
    with speaking("ja"):
        assert listed(parts) == japanese


def test_lists_with_other_words_between() -> None:
    assert listed(["a", "b", "c"], en=", ", ja="と") == "a, b, c"
    with speaking("ja"):
        assert listed(["a", "b", "c"], en=", ", ja="と") == "aとbとc"


def missing_file() -> str:
    with pytest.raises(DataError) as caught:
        table_file("missing.csv")
    return str(caught.value)


@pytest.mark.parametrize(
    ("message", "english", "japanese"),
    [
        (lambda: nearest("fitt", ["fit"]), " Did you mean 'fit'?", "「fit」のことではありませんか。"),
        (
            lambda: str(unknown_command(["fitt"], ["fit", "test"])),
            "There is no command 'fitt'. Did you mean 'fit'? Commands: fit, test.",
            "コマンド 'fitt' はありません。「fit」のことではありませんか。使用できるコマンド：fit, test",
        ),
        (
            missing_file,
            "There is no file 'missing.csv' (looked for ",
            "ファイル 'missing.csv' が見つかりません（探した場所：",
        ),
        (
            lambda: explanation(torch.OutOfMemoryError("Tried to allocate 2.00 GiB")),
            "CUDA out of memory. A request for 2048.0 MiB did not fit.\nWhat helps: a smaller batch size, ",
            "CUDA out of memory. 2048.0 MiB を確保できませんでした。\n対処方法：バッチサイズを小さくする、",
        ),
    ],
)
def test_errors_are_said_in_the_language_spoken(message: Callable[[], str], english: str, japanese: str) -> None:
    assert message().startswith(english)
    with speaking("ja"):
        assert message().startswith(japanese)


@pytest.mark.parametrize(
    ("told", "japanese"),
    [
        (lambda: under("cnn.yaml", "CNN"), "cnn.yaml：CNN"),
        (lambda: Digits().said_location, "scikit-learn に付属"),
        (lambda: Intervals(seed=3).said_location, "実行時に生成（シード 3）"),
        (
            lambda: refusal_of(ValueError("`max_epochs` must be a non-negative integer or -1. You passed in -5.")),
            "trainer.max_epochs：-5 は指定できません。0 以上の整数か、無制限を表す -1 を指定してください。",
        ),
        (
            lambda: refusal_of(
                ValueError(
                    "You have passed invalid value 7 for limit_val_batches, it has to be in [0.0, 1.0] or an int."
                )
            ),
            "trainer.limit_val_batches：7 は指定できません。バッチの割合（0.0 から 1.0）か、個数を指定してください。",
        ),
        (
            lambda: refusal_of(ValueError("some library's words")),
            "指定された値では準備できません（ライブラリの説明：some library's words）。",
        ),
        (
            lambda: one_line(
                "Parser key \"data.missing\":\n  Expected a typing.Literal['error', 'drop']. Got value: foo\n"
            ),
            "data.missing：'foo' は指定できません。'error', 'drop' のいずれかを指定してください。",
        ),
    ],
)
def test_no_english_sentence_and_no_stray_space_stands_in_japanese(told: Callable[[], str], japanese: str) -> None:
    with speaking("ja"):
        assert told() == japanese


def test_broken_yaml_is_said_in_japanese(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("a: [b\n", encoding="utf-8")
    with speaking("ja"), pytest.raises(UsageError) as refusal:
        read_config(path)
    assert str(refusal.value) == (
        f"--config：{path} を YAML として読めません：2 行目の 1 文字目の付近。かっこ、引用符、コロン、字下げを確かめて"
        "ください（PyYAML の説明：expected ',' or ']', but got '<stream end>'）。"
    )


def test_folder_in_place_of_a_file_is_said_in_japanese(tmp_path: Path) -> None:
    with speaking("ja"), pytest.raises(DataError, match=r"はフォルダです。その中のファイルを --data\.source\.path で"):
        table_file(str(tmp_path))


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (KeyboardInterrupt(), "キーボードの操作により中断しました。\n"),
        (Terminated(), "システムからの要求（SIGTERM）により中断しました。\n"),
        (UsageError("設定がありません。"), "エラー：設定がありません。\n"),
    ],
)
def test_end_of_a_command_is_said_in_japanese(
    error: BaseException, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with speaking("ja"):
        exit_code_of(error, verbose=False)
    assert capsys.readouterr().err == line
