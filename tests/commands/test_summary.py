"""``lightning summary``, and ``lightning data`` as a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnist_lab.own_files import MANIFEST
from tests.commands.program import call, refused


@pytest.mark.parametrize(
    ("config", "parts"),
    [
        ("cnn.yaml", ["CNN: 296,518", "[64, 4, 26, 26]", "1×3×3×4 + 4 = 40", "4×3×3×4 + 4 = 148", "2304×128 + 128 ="]),
        ("fc.yaml", ["FC: 101,770", "784×128 + 128 =", "128×10 + 10 = 1,290"]),
        ("perceptron.yaml", ["Perceptron: 370", "1×30 + 30 = 60", "30×10 + 10 = 310"]),
    ],
)
def test_summary_shows_how_each_count_comes_about(config: str, parts: list[str], tmp_path: Path) -> None:
    outcome = call(tmp_path, "summary", "--config", config)
    assert (outcome.code, outcome.err) == (0, "")
    assert all(part in outcome.out for part in parts)
    assert max(len(line) for line in outcome.out.splitlines()) <= 80
    assert list(tmp_path.iterdir()) == []


def test_summary_shows_shapes_and_print_of_the_model(tmp_path: Path) -> None:
    lines = call(tmp_path, "summary", "--config", "cnn.yaml").out.splitlines()
    assert "28 − (3 − 1) = 26" in map(str.strip, lines)
    assert "4×24×24 = 2,304" in map(str.strip, lines)
    assert "  (5): Linear(in_features=2304, out_features=128, bias=True)" in lines[lines.index("print(model):") :]
    assert lines[-1] == "print(model) lists the same layers as the table."


def test_summary_needs_no_data(tmp_path: Path) -> None:
    nowhere = ["--data.source.root=nowhere", "--data.source.mirrors=[]", "--data.fallback=null"]
    assert call(tmp_path, "summary", "--config=fc.yaml", *nowhere).code == 0


def test_summary_follows_the_course_to_two_hidden_layers(tmp_path: Path) -> None:
    outcome = call(tmp_path, "summary", "--config=perceptron.yaml", "--model.hidden=[30,30]")
    assert "Perceptron: 1,300 parameters" in outcome.out


def test_data_command_draws_where_it_is_told(tmp_path: Path) -> None:
    outcome = call(tmp_path, "data", "--config=fc.yaml", "--data.source=Digits", "--picture=drawn.png")
    assert (outcome.code, outcome.err) == (0, "")
    assert "1,373 training, 125 validation, 299 test" in outcome.out
    assert sorted(path.name for path in tmp_path.iterdir()) == [MANIFEST, "drawn.png"]


def test_data_command_refuses_an_unknown_picture_format(tmp_path: Path) -> None:
    message = refused_after_tables(tmp_path, "data", "--config=fc.yaml", "--data.source=Digits", "--picture=x.foo")
    assert message.startswith("Error: The picture x.foo cannot be written: Format 'foo' is not supported")


def refused_after_tables(folder: Path, *args: str) -> str:
    outcome = call(folder, *args)
    assert outcome.code == 1
    (line,) = outcome.err.splitlines()
    return line


@pytest.mark.parametrize("command", ["summary", "data"])
def test_wrong_network_or_option_is_refused(command: str, tmp_path: Path) -> None:
    assert "There is no option 'ckpt_path'" in refused(tmp_path, command, "--config=fc.yaml", "--ckpt_path=last")
    assert "No model is given" in refused(tmp_path, command)
