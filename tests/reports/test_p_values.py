"""How a p is written: with two significant digits, and no smaller than says something."""

from __future__ import annotations

import pytest

from mnist_lab.reports.p_values import p_text


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([0.001], "p = 0.0010"),
        ([0.000999], "p < 0.001"),
        ([0.0123], "p = 0.012"),
        ([0.5], "p = 0.50"),
        ([1.0], "p = 1.0"),
        ([0.5, 0.001], "p = 0.0010 to 0.50"),
        ([0.0001, 0.02], "p ≤ 0.020"),
        ([0.0123, 0.0119], "p = 0.012"),
    ],
)
def test_p_has_two_significant_digits(values: list[float], text: str) -> None:
    assert p_text(values) == text
