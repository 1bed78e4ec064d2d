"""A picture brought to MNIST's form: its box, its middle, its strokes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from mnist_lab.data import MNIST, FashionMNIST
from mnist_lab.data.mnist_form import Form, in_mnist_form, read_in_mnist_form
from mnist_lab.errors import DataError
from mnist_lab.language import speaking
from tests.data.drawings import STROKES, drawn, photographed


def formed(picture: Image.Image) -> NDArray[np.float64]:
    pixels = in_mnist_form(picture, Form())
    assert pixels is not None
    return pixels.astype(np.float64)


@pytest.mark.parametrize("name", sorted(STROKES))
@pytest.mark.parametrize(("scale", "shift"), [(1.0, (0, 0)), (0.5, (60, -50)), (0.7, (-40, 30))])
def test_longer_side_is_20_and_the_centre_of_mass_in_the_middle(
    name: str, scale: float, shift: tuple[int, int]
) -> None:
    pixels = formed(drawn(name, scale=scale, shift=shift))
    rows, columns = np.nonzero(pixels)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    assert pixels.max() == 255
    for axis in (0, 1):
        centre = (pixels.sum(axis=1 - axis) * np.arange(28)).sum() / pixels.sum()
        assert abs(centre - 14) < 0.51  # bytes are rounded


def test_size_place_and_colours_of_a_picture_make_little_difference() -> None:
    usual = formed(drawn("two"))
    for other in (
        drawn("two", scale=0.6, width=14, shift=(40, 40)),
        Image.fromarray(255 - np.asarray(drawn("two"))),
        drawn("two", side=900, width=77),
        Image.fromarray(photographed(drawn("two", side=400, width=21, scale=0.6))),
    ):
        assert np.abs(formed(other) - usual).mean() < 0.3 * usual.mean()


def test_what_is_in_the_form_already_stays(mnist_root: str) -> None:
    _, test = MNIST(mnist_root).load()
    for digit in test.inputs[:50, 0].numpy():
        assert np.abs(formed(Image.fromarray(digit)) - digit).mean() < 6


def test_fine_pens_strokes_are_as_wide_as_can_be_seen() -> None:
    pixels = formed(drawn("seven", width=2))
    lit = (pixels > 100).sum(axis=1)[10:20]
    assert (lit >= 1).all()
    assert pixels[10:20].max(axis=1).min() > 120


def test_empty_and_unreadable_files_are_named(tmp_path: Path) -> None:
    Image.new("L", (50, 50), 255).save(tmp_path / "empty.png")
    (tmp_path / "text.png").write_text("no picture", encoding="utf-8")
    with pytest.raises(DataError, match=r"empty\.png is empty: nothing in it stands out"):
        read_in_mnist_form(tmp_path / "empty.png")
    with pytest.raises(DataError, match=r"text\.png is no picture that can be read"):
        read_in_mnist_form(tmp_path / "text.png")
    with speaking("ja"), pytest.raises(DataError, match="何も描かれていません"):
        read_in_mnist_form(tmp_path / "empty.png")


@pytest.mark.parametrize("colour", [0, 255], ids=["black", "white"])
def test_ink_on_a_transparent_layer_is_seen_in_any_colour(colour: int, tmp_path: Path) -> None:
    ink = drawn("seven").point(lambda grey: 255 - grey)
    layer = Image.new("LA", ink.size, (colour, 0))
    layer.putalpha(ink)
    layer.save(tmp_path / "7.png")
    drawn("seven").save(tmp_path / "opaque.png")
    seen, wanted = (read_in_mnist_form(tmp_path / name).int() for name in ("7.png", "opaque.png"))
    assert (seen - wanted).abs().max() <= 2


def test_data_sets_of_mnists_size_have_their_own_box(tmp_path: Path) -> None:
    drawn("seven").save(tmp_path / "7.png")
    shirt = np.full((100, 100), 255, dtype=np.uint8)
    shirt[10:90, 20:80] = 120
    Image.fromarray(shirt).save(tmp_path / "shirt.png")
    for source, file, longer in (
        (MNIST(), "7.png", 20),
        (FashionMNIST(), "shirt.png", 28),
    ):
        pixels = source.new_picture(tmp_path / file)
        assert tuple(pixels.shape) == source.input_shape
        rows, columns = np.nonzero(pixels[0].numpy())
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == longer


def test_colour_photograph_that_is_turned_is_read_upright(tmp_path: Path) -> None:
    upright = drawn("seven").convert("RGB")
    turned = upright.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera says: turn it by a quarter to the right
    turned.save(tmp_path / "turned.png", exif=exif)
    upright.save(tmp_path / "upright.png")
    turned_back, wanted = (read_in_mnist_form(tmp_path / f"{name}.png").int() for name in ("turned", "upright"))
    assert (turned_back - wanted).abs().max() <= 2
