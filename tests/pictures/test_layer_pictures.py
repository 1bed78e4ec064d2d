"""Pictures of layers and of a test's answers, drawn of every kind of network and data."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

import mnist_lab.page
from mnist_lab.language import speaking
from mnist_lab.pictures import confusion_picture, layer_pictures
from mnist_lab.pictures.confusion_picture import Wrong, draw_confusion, draw_wrong
from mnist_lab.pictures.layer_pictures import Stage, draw_feature_maps, draw_filters

GENERATOR = np.random.default_rng(0)


def normal(*shape: int) -> NDArray[np.float32]:
    return GENERATOR.normal(size=shape).astype(np.float32)


def colours_of(png: bytes) -> tuple[int, int, int]:
    """Width, height, and how many colours."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    return (*picture.size, len(picture.getcolors(1 << 24) or []))


@pytest.mark.parametrize("shape", [(4, 1, 3, 3), (8, 4, 3, 3), (128, 1, 28, 28), (1, 1, 30, 1), (200, 30, 5, 5)])
def test_weights_of_any_shape_are_drawn(shape: tuple[int, ...]) -> None:
    width, height, colours = colours_of(draw_filters(normal(*shape), "weights"))
    assert 400 < width < 1400
    assert 100 < height < 8000
    assert colours > 20


def test_stages_of_any_shape_are_drawn_in_japanese_too() -> None:
    stages = [
        Stage("input", normal(1, 28, 28)),
        Stage("maps", normal(40, 9, 9)),
        Stage("after ReLU", np.abs(normal(4, 9, 9))),
        Stage("nothing", np.zeros((4, 9, 9), dtype=np.float32)),
        Stage("a sequence", normal(5, 7)),
        Stage("deep", normal(2, 3, 4, 5)),
        Stage("features", normal(128)),
        Stage("出力", normal(3)),
    ]
    with speaking("ja"):
        width, _, colours = colours_of(draw_feature_maps(stages, ["イヌ", "サル", "$x"], "図"))
    assert width == 990
    assert colours > 20
    of_a_number = [Stage("input", normal(1)), Stage("colours", normal(3, 5, 5)), Stage("outputs", normal(3))]
    assert colours_of(draw_feature_maps(of_a_number, ["a", "b", "c"], "numbers"))[0] == 990


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that are drawn, in place of their PNG."""
    drawn: list[Figure] = []
    for module in (layer_pictures, confusion_picture):
        monkeypatch.setattr(module, "_png", drawn.append)
    return drawn


def test_features_of_a_table_stand_at_its_numbers_and_weights(figures: list[Figure]) -> None:
    names = ["height", "長さ"]
    draw_filters(normal(1, 1, 30, 2), "weights", names)
    draw_feature_maps(
        [Stage("input", normal(2)), Stage("outputs", normal(3))], ["a", "b", "c"], "", feature_names=names
    )
    for axes in (figures[0].axes[0], figures[1].axes[0]):
        assert [label.get_text() for label in axes.get_xticklabels()] == names


def test_blue_is_above_zero_as_on_the_page(figures: list[Figure]) -> None:
    page = (Path(mnist_lab.page.__file__).parent / "files" / "page.css").read_text(encoding="utf-8")
    assert f"--positive: {layer_pictures.ABOVE}; --negative: {layer_pictures.BELOW};" in page
    draw_filters(normal(4, 1, 3, 3), "weights")
    (image,) = figures[0].axes[0].images
    assert [to_hex(image.cmap(end)) for end in (0.0, 1.0)] == [layer_pictures.BELOW, layer_pictures.ABOVE]


def test_features_of_a_mistake_are_all_shown_or_counted(figures: list[Figure]) -> None:
    for count, title in ((6, "wrong"), (30, "wrong\n(the first 10 of 30 features)")):
        draw_wrong(
            [Wrong(normal(count), "a", "b", 0.7)],
            "wrong",
            feature_names=[f"f{n}" for n in range(count)],
            bright_is_ink=True,
        )
        (axes,) = figures[-1].axes
        assert axes.get_title() == title
        headings = [axes.tables[0][0, column].get_text().get_text() for column in range(min(count, 10) + 3)]
        assert headings[-4:] == [f"f{min(count, 10) - 1}", "class", "answer", "score [%]"]


@pytest.mark.parametrize("classes", [2, 10, 47])
def test_confusion_matrix_of_any_number_of_classes_is_drawn(classes: int) -> None:
    counts = np.diag(np.arange(classes)) + np.eye(classes, k=1, dtype=np.int64)
    width, height, colours = colours_of(draw_confusion(counts, [f"class {n}" for n in range(classes)], "mistakes"))
    assert min(width, height) > 350
    assert colours > 20


def test_wrong_samples_are_pictures_or_rows() -> None:
    grey = Wrong(GENERATOR.integers(0, 255, (1, 28, 28), dtype=np.uint8), "4", "9", 0.99)
    colour = Wrong(GENERATOR.integers(0, 255, (3, 8, 8), dtype=np.uint8), "a", "b", 0.5)
    row = Wrong(normal(6), "イヌ", "サル", 0.7)
    heights = [colours_of(draw_wrong([grey] * n, "wrong", bright_is_ink=True))[1] for n in (1, 9)]
    assert heights[1] > heights[0]
    assert colours_of(draw_wrong([colour], "wrong", bright_is_ink=False))[2] > 20
    assert (
        colours_of(draw_wrong([row] * 3, "間違い", feature_names=[f"f{n}" for n in range(6)], bright_is_ink=True))[0]
        > 400
    )
