"""YAML that would lose a part without a word, or has no end: refused before it is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.cli.yaml_file import read_yaml
from mnist_lab.cli.yaml_structure import check_structure
from mnist_lab.errors import UsageError
from tests.commands.program import SMALL, call, refused

BOMB = "a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
)
REFUSED = {
    "a key twice": (
        "trainer: {max_epochs: 1}\nmodel: FC\ntrainer: {max_steps: 3}\n",
        "the key 'trainer' stands twice, in line 1 and in line 3, and what stands under the first would be lost",
    ),
    "an inner key twice": ("model:\n  class_path: FC\n  class_path: CNN\n", "'class_path' stands twice, in line 2 and"),
    "a key twice in one line": ("{a: 1, a: 2}", "'a' stands twice, in line 1 and in line 1"),
    "itself": ("data: &d\n  source: *d\n", "*d in line 2 stands inside of what it means, so it has no end"),
    "2,000 lists": ("[" * 2000 + "]" * 2000, "line 1 is more than 50 levels deep"),
    "100,000 lists without an end": ("[" * 100_000, "line 1 is more than 50 levels deep"),
    "2,000 keys": ("".join(f"{' ' * depth}a:\n" for depth in range(2000)), "line 51 is more than 50 levels deep"),
    "depth by an alias": (f"a: &a {'[' * 30 + ']' * 30}\nb: {'[' * 30}*a{']' * 30}", "line 2 is more than 50 levels"),
    "43 million values": (BOMB, "up to line 6 it comes to more than 100,000 values"),
    "5,000 digits": (
        f"seed_everything: {'1' * 5000}",
        "the number in line 1 has 5,000 digits; give one of at most 300",
    ),
}
TAKEN = [
    ("a: 1\nb: {a: 1}\nc: [{a: 1}, {a: 2}]\n", {"a": 1, "b": {"a": 1}, "c": [{"a": 1}, {"a": 2}]}),
    ("a: &x {b: 5}\nc: *x\nd: {<<: *x, e: 1}\n", {"a": {"b": 5}, "c": {"b": 5}, "d": {"b": 5, "e": 1}}),
    ("<<: {a: 1}\n<<: {b: 2}\n", {"a": 1, "b": 2}),
    (f"a: '{'1' * 5000}x'", {"a": "1" * 5000 + "x"}),
    ("", None),
]
LEFT_TO_THE_READER = [
    ("? [a, b]\n: 5\n? [a, b]\n: 6\n", "found unhashable key (line 1, column 3)"),
    ("not: [yaml", "expected ',' or ']', but got '<stream end>' (line 1, column 11)"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.timeout(10)
def test_structure_that_makes_no_sense_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError) as refusal:
        check_structure(text, "The file")
    assert str(refusal.value).startswith("The file: ")
    assert said in str(refusal.value)


@pytest.mark.parametrize(("text", "content"), TAKEN)
def test_any_other_text_comes_to_all_that_it_says(text: str, content: object, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    assert read_yaml(tmp_path / "own.yaml", "The file").content == content


@pytest.mark.parametrize(("text", "said"), LEFT_TO_THE_READER)
def test_what_is_no_yaml_is_left_to_the_reader(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refusal:
        read_yaml(tmp_path / "own.yaml", "The file")
    assert str(refusal.value) == f"The file is no YAML: {said}."


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_config_and_sweep_are_refused(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    assert refused(tmp_path, "fit", "--config=own.yaml").startswith("--config: own.yaml: ")
    assert refused(tmp_path, "sweep", "own.yaml").startswith("The sweep own.yaml: ")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--model.hidden=" + "[" * 2000 + "]" * 2000], f"'{'[' * 40}…': line 1 is more than 50 levels deep"),
        (["--trainer.max_epochs=" + "1" * 5000], f"'{'1' * 40}…': the number in line 1 has 5,000 digits"),
        (["--optimizer={class_path: SGD, class_path: Adam}"], "'{class_path: SGD, class_path: Adam}': the key"),
        (["--optimizer=optimizer.yaml"], "'class_path: SGD init_args: {lr: 1, lr: 2…': the key 'lr' stands twice"),
    ],
    ids=["deep", "long", "twice", "file"],
)
def test_value_on_the_command_line_and_in_a_file_of_its_own_is_refused(
    args: list[str], said: str, tmp_path: Path
) -> None:
    (tmp_path / "optimizer.yaml").write_text("class_path: SGD\ninit_args: {lr: 1, lr: 2}\n", encoding="utf-8")
    assert refused(tmp_path, "fit", *SMALL, *args).startswith(said)


def test_date_that_no_calendar_has_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("a: 2001-99-99\n", encoding="utf-8")
    assert refused(tmp_path, "fit", "--config=own.yaml").endswith("own.yaml is no YAML: month must be in 1..12.")


def test_values_are_read_as_before(tmp_path: Path) -> None:
    outcome = call(tmp_path, "summary", *SMALL[:4], "--model={class_path: FC, init_args: {hidden: [5], dropout: 1e-1}}")
    assert outcome.code == 0, outcome.err
    assert "784×5 + 5 = 3,925" in outcome.out
