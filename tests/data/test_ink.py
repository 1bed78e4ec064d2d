"""Ink found in a picture: of either brightness, under any light, without what is none."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from mnist_lab.data.ink import ink_of, otsu
from tests.data.drawings import STROKES, drawn, half_in_shadow, photographed


def test_dark_on_bright_and_bright_on_dark_have_the_same_ink() -> None:
    picture = np.asarray(drawn("seven"))
    dark, bright = ink_of(picture), ink_of(255 - picture)
    assert dark is not None
    assert bright is not None
    np.testing.assert_array_equal(dark, bright)
    np.testing.assert_array_equal(dark, (picture == 0).astype(np.float32))


def test_faint_ink_counts_as_much_as_dark_ink() -> None:
    picture = np.asarray(drawn("two"))
    faint = ink_of((200 + picture // 5).astype(np.uint8))
    assert faint is not None
    np.testing.assert_allclose(faint, (picture == 0).astype(np.float32), atol=0.01)


def test_shadow_and_noise_of_a_photograph_are_no_ink() -> None:
    picture = drawn("seven", side=400, width=16, scale=0.5)
    ink = ink_of(photographed(picture))
    assert ink is not None
    wanted = np.asarray(picture) == 0
    assert (ink[~wanted] > 0.5).mean() < 0.003
    assert (ink[wanted] > 0.5).mean() > 0.95


@pytest.mark.parametrize("name", sorted(STROKES))
@pytest.mark.parametrize("slope", [8, 40], ids=["soft", "hard"])
@pytest.mark.parametrize("chalk", [False, True], ids=["ink", "chalk"])
def test_shadow_over_half_of_the_paper_is_no_ink(name: str, slope: float, chalk: bool) -> None:
    picture = drawn(name, side=400, width=10)
    seen = half_in_shadow(picture, slope)
    ink = ink_of(255 - seen if chalk else seen)
    assert ink is not None
    wanted = np.asarray(picture) == 0
    assert (ink[~wanted] > 0.35).mean() < 0.003
    assert (ink[wanted] > 0.2).mean() > 0.9


def test_dust_and_the_papers_edge_are_no_ink_but_a_second_stroke_is() -> None:
    picture = np.asarray(drawn("one", scale=0.6)).copy()
    picture[:, :20] = 30
    picture[250:253, 250:253] = 0
    picture[120:160, 180:200] = 0
    ink = ink_of(picture)
    assert ink is not None
    assert ink[:, :20].max() == 0
    assert ink[250:253, 250:253].max() == 0
    assert ink[140, 190] == 1
    assert ink[140, 140] == 1


def test_digit_cut_close_is_kept_although_it_runs_along_the_edge() -> None:
    picture = np.asarray(drawn("seven"))
    rows, columns = np.nonzero(picture == 0)
    ink = ink_of(picture[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1])
    assert ink is not None
    assert ink[2, 40] == 1


@pytest.mark.parametrize("level", [0, 128, 255])
def test_even_picture_has_no_ink(level: int) -> None:
    assert ink_of(np.full((40, 30), level, dtype=np.uint8)) is None


def test_blank_paper_that_is_photographed_has_no_ink() -> None:
    assert ink_of(photographed(Image.new("L", (300, 300), 255))) is None


def test_area_is_kept_where_it_is_no_stroke() -> None:
    picture = np.full((60, 60), 255, dtype=np.uint8)
    picture[10:50, 5:55] = 100
    ink = ink_of(picture, strokes=False)
    assert ink is not None
    np.testing.assert_array_equal(ink > 0.5, picture == 100)


def test_threshold_lies_between_two_groups() -> None:
    values = np.array([10, 11, 12, 200, 201], dtype=np.float32)
    assert 12 < otsu(values) < 200
