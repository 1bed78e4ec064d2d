"""The score picture, read back from matplotlib's own objects and from the pixels."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from mnist_lab.language import speaking
from mnist_lab.pictures.animation import AnimatedGif
from mnist_lab.pictures.bands import class_bands, interval_bands
from mnist_lab.pictures.score_picture import LEGEND_COLUMNS, WIDTH_PX, Scene, ScorePicture, colour_of
from mnist_lab.pictures.showing import Drawn

RED = (224, 0, 0)


def in_class_order(classes: int = 10, each: int = 20) -> Scene:
    names = [str(label) for label in range(classes)]
    positions = np.arange(classes * each, dtype=float)
    return Scene(names, positions, class_bands([each] * classes), "test samples", classes * each)


def hills(scene: Scene) -> NDArray[np.float64]:
    classes = len(scene.class_names)
    own = np.repeat(np.arange(classes), len(scene.positions) // classes)
    return np.where(own[:, None] == np.arange(classes), 7.0, -3.0)


def pixels(png: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def red_rows(png: bytes) -> NDArray[np.intp]:
    """Rows of pixels in which the accuracy's line runs: more red than its entry in the legend has."""
    red = (np.abs(pixels(png).astype(int) - RED) < 30).all(axis=2)
    return np.nonzero(red.sum(axis=1) > WIDTH_PX // 2)[0]


@pytest.mark.parametrize("classes", [2, 3, 10, 14])
def test_a_line_a_class_and_one_legend_with_both_axes(classes: int) -> None:
    scene = in_class_order(classes)
    picture = ScorePicture(scene)
    picture.update(hills(scene), 0.9, "after epoch 1")
    left, right = picture.figure.axes
    assert len(left.lines) - len(scene.bands) + 1 == classes
    assert [line.get_label() for line in left.lines[:classes]] == list(scene.class_names)
    (legend,) = picture.figure.legends
    entries = [*scene.class_names, "accuracy"]
    read_by_rows = [entry for column in range(LEGEND_COLUMNS) for entry in entries[column::LEGEND_COLUMNS]]
    assert [text.get_text() for text in legend.get_texts()] == read_by_rows
    assert legend._ncols == LEGEND_COLUMNS  # type: ignore[attr-defined]
    assert left.get_legend() is right.get_legend() is None
    assert len({(line.get_color(), line.get_linestyle()) for line in left.lines[:classes]}) == classes


def test_axes_follow_the_data_and_the_accuracy() -> None:
    scene = in_class_order()
    picture = ScorePicture(scene)
    left, right = picture.figure.axes
    for top, accuracy in ((7.0, 0.25), (12.5, 0.75)):
        picture.update(np.where(hills(scene) > 0, top, -3.0), accuracy, "title")
        assert left.get_ylim() == (-4.0, top + 1)
        assert right.get_ylim() == (0, 1)
        assert np.asarray(right.lines[0].get_ydata()).tolist() == [accuracy, accuracy]
    assert right.lines[0].get_color() == "#e00000"
    assert [label.get_text() for label in left.get_xticklabels()] == [str(digit) for digit in range(10)]
    assert list(left.get_xticks()) == [9.5 + 20 * digit for digit in range(10)]


def test_numbers_that_are_none_leave_the_y_range_as_it_was() -> None:
    scene = in_class_order(2, 3)
    picture = ScorePicture(scene)
    picture.update(hills(scene), 1.0, "")
    before = picture.figure.axes[0].get_ylim()
    picture.update(np.full((6, 2), np.nan), 0.0, "")
    assert picture.figure.axes[0].get_ylim() == before


def test_figure_is_made_once_and_its_lines_move() -> None:
    scene = in_class_order(3)
    picture = ScorePicture(scene)
    lines = list(picture.figure.axes[0].lines)
    picture.update(hills(scene), 0.2, "one")
    first = picture.png()
    picture.update(hills(scene), 0.8, "two")
    second = picture.png()
    assert list(picture.figure.axes[0].lines) == lines
    assert red_rows(first).mean() > red_rows(second).mean() + 100
    picture.update(hills(scene), 0.2, "one")
    assert picture.png() == first


def test_size_is_even_and_wide_enough_to_be_read() -> None:
    for classes in (2, 10, 23):
        height, width, _ = pixels(ScorePicture(in_class_order(classes)).png()).shape
        assert width == WIDTH_PX
        assert height % 2 == 0


def test_film_keeps_the_colours_of_thin_lines(tmp_path: Path) -> None:
    scene = in_class_order()
    picture = ScorePicture(scene)
    gif = AnimatedGif(tmp_path / "scores.gif")
    for accuracy in (0.1, 0.9):
        picture.update(hills(scene), accuracy, "title")
        gif.show(Drawn(picture.png(), 0, ""))
    gif.close()
    with Image.open(tmp_path / "scores.gif") as opened:
        opened.seek(1)
        found = np.asarray(opened.convert("RGB")).astype(int)
    for wanted in [colour_of(label) for label in range(10)] + ["#e00000", "#ffffff"]:
        difference = np.abs(found - 255 * np.array(matplotlib.colors.to_rgb(wanted))).max(axis=2)
        assert (difference < 24).sum() > 100, wanted


def test_figure_of_a_window_gives_the_same_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnist_lab.pictures.score_picture._in_a_window", lambda size: Figure(**size))
    drawn = []
    for window in (True, False):
        picture = ScorePicture(in_class_order(2), window=window)
        picture.update(hills(in_class_order(2)), 0.5, "title")
        drawn.append(picture.png())
    assert drawn[0] == drawn[1]


def test_settings_of_matplotlib_are_as_before() -> None:
    before = dict(matplotlib.rcParams)
    ScorePicture(in_class_order(2)).png()
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("language", ["en", "ja"])
def test_japanese_has_its_glyphs(language: str, recwarn: pytest.WarningsRecorder) -> None:
    scene = Scene(["イヌ", "サル", "キジ"], np.arange(6.0), class_bands([2, 2, 2]), "クラス順", 6)
    with speaking("ja" if language == "ja" else "en"):
        picture = ScorePicture(scene)
        picture.update(np.zeros((6, 3)), 0.5, "エポック 1：−0.5")
        picture.png()
    assert [str(warning.message) for warning in recwarn if "Glyph" in str(warning.message)] == []


def test_one_number_in_is_the_axis_itself() -> None:
    values, labels = np.linspace(0, 3, 301), np.repeat([0, 1, 0], [100, 100, 101])
    marks = [values[labels == label] for label in range(2)]
    bands = interval_bands(values, labels)
    scene = Scene(["a", "b"], values, bands, "input", 301, is_measured=True, caption="why\nso", marks=marks)
    picture = ScorePicture(scene)
    left = picture.figure.axes[0]
    assert left.get_xlim() == pytest.approx((-0.03, 3.03))
    assert left.get_xlabel() == "input\nwhy\nso"
    patches: list[Any] = list(left.patches)
    assert [patch.get_x() for patch in patches] == [band.start for band in bands]
    assert [matplotlib.colors.to_hex(patch.get_facecolor()) for patch in left.patches] == [
        colour_of(label) for label in (0, 1, 0)
    ]
    (above,) = left.child_axes
    assert [label.get_text() for label in above.get_xticklabels()] == ["a", "b", "a"]
