"""Drawings in the form of a data set: MNIST's box and centre of mass; what is measured, and what Node makes of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
import torch
from torch import Tensor

from mnist_lab.data import MNIST
from mnist_lab.page.drawing_form import DrawingForm, drawing_form, ink_is_bright
from tests.page.javascript import evaluated

OF_MNIST = DrawingForm(28, 28, 20.0, (14.5, 14.5), 2.4, bright_is_ink=True)
_DRAW = """
const given = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(given.map(([strokes, form]) => Array.from(pictureOf(strokes, form)))));
"""
Strokes = list[list[tuple[float, float]]]


def drawn(strokes: Strokes, form: DrawingForm = OF_MNIST) -> Tensor:
    (grey,) = evaluated(_DRAW, [[strokes, asdict(form)]], "drawing.js")
    return torch.tensor(grey).float().reshape(form.height, form.width)


def centre(picture: Tensor) -> tuple[float, float]:
    down, across = (torch.arange(side) + 0.5 for side in picture.shape)
    return float(picture.sum(1) @ down / picture.sum()), float(picture.sum(0) @ across / picture.sum())


def extents(picture: Tensor) -> tuple[int, int]:
    return int((picture > 20).any(1).sum()), int((picture > 20).any(0).sum())


@pytest.mark.parametrize(("scale", "shift"), [(1.0, (0.0, 0.0)), (0.3, (0.6, 0.7)), (0.3, (-0.02, 0.0))])
def test_drawing_of_any_size_anywhere_fills_the_box(scale: float, shift: tuple[float, float]) -> None:
    seven = [(0.1, 0.1), (0.7, 0.1), (0.35, 0.9)]
    picture = drawn([[(x * scale + shift[0], y * scale + shift[1]) for x, y in seven]])
    rows, columns = extents(picture)
    assert rows in (20, 21)
    assert 15 <= columns <= 18
    assert centre(picture) == pytest.approx((14.5, 14.5), abs=0.05)
    assert (float(picture.max()), float(picture.min())) == (255, 0)
    assert ((picture > 0) & (picture < 255)).sum() > 20  # edges are soft


def test_one_stays_thin_and_a_dot_a_dot() -> None:
    one = drawn([[(0.5, 0.1), (0.5, 0.9)]])
    rows, columns = extents(one)
    assert rows in (20, 21)
    assert columns <= 4
    dot = drawn([[(0.9, 0.1)]])
    assert max(extents(dot)) <= 4
    assert centre(dot) == pytest.approx((14.5, 14.5), abs=0.05)


def test_nothing_is_paper_and_paper_may_be_bright() -> None:
    assert drawn([]).max() == 0
    photograph = DrawingForm(8, 12, 7.0, (4.0, 6.0), 1.0, bright_is_ink=False)
    assert drawn([], photograph).min() == 255
    line = drawn([[(0.2, 0.5), (0.8, 0.5)]], photograph)
    assert line.shape == (8, 12)
    assert line.min() <= 128
    assert centre(255 - line) == pytest.approx((4.0, 6.0), abs=0.05)


def squares(side: int, top: int, left: int) -> Tensor:
    pictures = torch.zeros(5, 1, 28, 28, dtype=torch.uint8)
    pictures[:, 0, top : top + side, left : left + side // 2] = 200
    return pictures


def test_form_is_measured() -> None:
    form = drawing_form(squares(16, 4, 6), bright_is_ink=True)
    assert (form.box, form.centre) == (16.0, (12.0, 10.0))
    assert form.pen == pytest.approx(1.92)
    assert drawing_form(255 - squares(16, 4, 6), bright_is_ink=False) == DrawingForm(
        28, 28, 16.0, (12.0, 10.0), form.pen, bright_is_ink=False
    )
    empty: Any = drawing_form(torch.zeros(2, 1, 8, 8, dtype=torch.uint8), bright_is_ink=True)
    assert (empty.box, empty.centre, empty.pen) == (8.0, (4.0, 4.0), 1.0)


def test_ink_stands_out_from_the_border_whatever_its_grey_level() -> None:
    shapes = 60 + squares(16, 4, 6) // 2
    form = drawing_form(shapes, bright_is_ink=True)
    assert (form.box, form.centre) == (16.0, (12.0, 10.0))
    assert ink_is_bright(shapes, otherwise=False)
    assert not ink_is_bright(255 - shapes, otherwise=True)
    assert [ink_is_bright(torch.zeros(2, 1, 8, 8), otherwise=other) for other in (True, False)] == [True, False]


def test_mnists_form_is_its_authors(mnist_root: str) -> None:
    training, _ = MNIST(mnist_root).load()
    assert drawing_form(training.inputs, bright_is_ink=True) == OF_MNIST
