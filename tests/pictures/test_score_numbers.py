"""The numbers behind score pictures: written line by line, and read back as a film."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mnist_lab.language import speaking
from mnist_lab.pictures.bands import Band
from mnist_lab.pictures.score_numbers import Moment, ScoreNumbers, read_film
from mnist_lab.pictures.score_picture import Scene

SCENE = Scene(["イヌ", "サル"], np.arange(3.0), [Band(0, -0.5, 1.5), Band(1, 1.5, 2.5)], "samples", 3)
FIRST = np.array([[1.23456, -2.0], [0.0, 1e-7], [3.0, 4.0]])


def written(path: Path) -> Path:
    numbers = ScoreNumbers(path, SCENE)
    numbers.add(Moment("before", 0, 0), 1 / 3, FIRST)
    numbers.add(Moment("after", 1, 44), 1.0, 2 * FIRST)
    return path


def test_film_is_what_was_written(tmp_path: Path) -> None:
    film = read_film(written(tmp_path / "scores.jsonl"))
    assert film is not None
    assert (film.class_names, film.is_measured, film.bands) == (["イヌ", "サル"], False, list(SCENE.bands))
    np.testing.assert_array_equal(film.positions, [0, 1, 2])
    assert [frame.moment for frame in film.frames] == [Moment("before", 0, 0), Moment("after", 1, 44)]
    assert [frame.accuracy for frame in film.frames] == [1 / 3, 1.0]
    np.testing.assert_allclose(film.frames[0].scores, FIRST, rtol=1e-3)
    np.testing.assert_allclose(film.frames[1].scores, 2 * FIRST, rtol=1e-3)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-20],
        lambda text: text + "{}\n",
        lambda text: text + '{"when": "now", "epoch": 1, "step": 1, "accuracy": 0, "scores": [[1, 2], [1, 2], [1, 2]]}',
        lambda text: text + '{"when": "after", "epoch": 1, "step": 1, "accuracy": 0, "scores": [[1, 2]]}',
        lambda text: text + text.splitlines()[1].replace("1.235", "null"),
    ],
)
def test_damaged_lines_are_left_out(damage: object, tmp_path: Path) -> None:
    path = written(tmp_path / "scores.jsonl")
    whole = read_film(path)
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")  # type: ignore[operator]
    film = read_film(path)
    assert film is not None
    assert whole is not None
    assert [frame.moment for frame in film.frames] == [frame.moment for frame in whole.frames[: len(film.frames)]]


@pytest.mark.parametrize("text", ["", "{}", "no JSON\n", '{"class_names": ["a"], "positions": [0], "bands": []}\n'])
def test_no_film_is_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "scores.jsonl"
    assert read_film(path) is None
    path.write_text(text, encoding="utf-8")
    assert read_film(path) is None


def test_moments_are_said_in_both_languages() -> None:
    moments = [Moment("before", 0, 0), Moment("within", 2, 50), Moment("after", 2, 1720)]
    assert list(map(str, moments)) == ["before training", "epoch 2, step 50", "after epoch 2 (step 1720)"]
    with speaking("ja"):
        assert list(map(str, moments)) == ["学習前", "エポック 2、50 ステップ", "エポック 2 の後（1720 ステップ）"]
