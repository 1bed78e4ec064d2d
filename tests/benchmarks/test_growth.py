"""The growth benchmark's own arithmetic."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from benchmarks.growth import Point, ResizedMNIST, draw, exponent, measure, points


def test_exponent_of_a_power_is_found_exactly() -> None:
    slope, error = exponent([1, 10, 100, 1000], [2 * value**0.75 for value in (1, 10, 100, 1000)])
    assert slope == pytest.approx(0.75)
    assert error == pytest.approx(0, abs=1e-9)


def test_exponent_of_scattered_times_has_an_error() -> None:
    slope, error = exponent([1, 10, 100], [1.0, 20.0, 100.0])
    assert slope == pytest.approx(1.0)
    # Residuals -d, 2d, -d with d = ln(2)/3 about the line; one degree of freedom.
    assert error == pytest.approx((6 * (0.231049) ** 2 / (2 * 2.302585**2)) ** 0.5, rel=1e-4)


def test_picture_is_drawn_and_names_the_exponents(tmp_path: Path) -> None:
    results = [
        {
            "model": point.model,
            "varied": point.varied,
            "value": point.value,
            "epoch_s": 0.1 * point.value,
            "memory_mib": 9.0,
        }
        for point in points()
    ]
    found = draw(results, tmp_path / "growth.png")
    assert (tmp_path / "growth.png").read_bytes().startswith(b"\x89PNG")
    assert [value["exponent"] for value in found.values()] == [pytest.approx(1.0)] * 6


def test_memory_that_is_not_known_leaves_a_gap(tmp_path: Path) -> None:
    measured = {"epoch_s": 1.0, "memory_mib": None}
    results = [{"model": point.model, "varied": point.varied, "value": point.value, **measured} for point in points()]
    found = draw(results, tmp_path / "growth.png")
    assert [value["exponent"] for value in found.values()] == [pytest.approx(0.0, abs=1e-12)] * 6
    assert (tmp_path / "growth.png").read_bytes().startswith(b"\x89PNG")


def test_resized_mnist_repeats_its_samples(mnist_root: Path) -> None:
    train, _ = ResizedMNIST(str(mnist_root), samples=60_010).load()
    assert len(train) == 60_010
    assert torch.equal(train.labels[:10], train.labels[60_000:])


@pytest.mark.slow
def test_point_is_measured_through_the_command_line(mnist_root: Path) -> None:
    point = Point("fc", "samples", 6_000, ("--data.source.samples=6000",))
    measured = measure(point, Path(mnist_root))
    assert measured["epoch_s"] > 0
    assert (measured["model"], measured["value"]) == ("fc", 6_000)
    # torch alone takes more than this.
    assert sys.platform == "win32" or measured["memory_mib"] > 100
