"""Curves through times whose law is known."""

from __future__ import annotations

import pytest

from mnist_lab.bench.fits import large_points, polynomial_fit, power_fit
from tests.bench.points import SIZES, points_of


def test_power_is_found_with_no_width_where_there_is_no_noise() -> None:
    fit = power_fit(points_of(lambda size: 2e-9 * size**3))
    assert fit is not None
    assert (fit.exponent, fit.low, fit.high) == pytest.approx((3.0, 3.0, 3.0))
    assert fit.at(1000) == pytest.approx(2.0)
    assert fit.sizes == (100, 200, 400, 800)


def test_small_sizes_have_no_part_in_the_power() -> None:
    fit = power_fit(points_of(lambda size: 1e-9 * size**3 + (1e-2 if size < 100 else 0)))
    assert fit is not None
    assert fit.exponent == pytest.approx(3.0)


def test_interval_is_students() -> None:
    # Slope 2.5 by hand; residuals ±0.5 · ln 2 / … of the points (0, 0), (1, 3), (2, 5) in units of ln 2.
    fit = power_fit(points_of(lambda size: {1: 1.0, 2: 8.0, 4: 32.0}[size], (1, 2, 4)))
    assert fit is not None
    assert fit.exponent == pytest.approx(2.5)
    # Residual sum of squares 1/6, one degree of freedom, sum of squares 2, t(0.975, 1) = 12.706.
    assert fit.high - fit.exponent == pytest.approx(12.7062 * (1 / 6 / 2) ** 0.5, rel=1e-4)


@pytest.mark.parametrize("sizes", [(), (100,), (100, 200), (1, 100, 200)])
def test_two_large_sizes_are_too_few(sizes: tuple[int, ...]) -> None:
    assert power_fit(points_of(float, sizes)) is None


def test_large_sizes_are_within_a_factor_of_eight() -> None:
    assert [point.size for point in large_points(points_of(float))] == [100, 200, 400, 800]


def test_polynomial_is_found_in_its_units() -> None:
    fit = polynomial_fit(points_of(lambda size: 1e-6 + 2e-8 * size + 3e-9 * size**2 + 4e-12 * size**3), 3)
    assert fit is not None
    assert fit.coefficients == pytest.approx((1e-6, 2e-8, 3e-9, 4e-12), rel=1e-6)
    assert fit.error < 1e-9
    assert fit.is_determined


def test_terms_of_the_course_are_shared_out() -> None:
    # The course's example: at N = 10 the terms are 4.3, 16.5, 0.3 and 0.28, so the quadratic one is 77 %.
    fit = polynomial_fit(points_of(lambda size: 0.28 + 0.03 * size + 0.165 * size**2 + 0.0043 * size**3), 3)
    assert fit is not None
    assert fit.terms(10) == pytest.approx((0.28, 0.3, 16.5, 4.3), rel=1e-6)
    assert fit.shares(10)[2] == pytest.approx(0.772, abs=1e-3)


def test_polynomial_through_as_many_points_as_terms_says_nothing() -> None:
    fit = polynomial_fit(points_of(lambda size: 1e-9 * size**2.5, SIZES[:4]), 3)
    assert fit is not None
    assert fit.error < 1e-9
    assert fit.left_out_error is None
    assert not fit.is_determined


def test_fewer_points_than_terms_give_none() -> None:
    assert polynomial_fit(points_of(float, SIZES[:3]), 3) is None


def test_higher_degree_predicts_no_better_where_it_is_not_there() -> None:
    wobbly = points_of(lambda size: 1e-8 * size**2 * (1.05 if size in (50, 200, 800) else 0.95), (*SIZES, 1600))
    quadratic, cubic = polynomial_fit(wobbly, 2), polynomial_fit(wobbly, 3)
    assert quadratic is not None
    assert cubic is not None
    assert cubic.error <= quadratic.error
    assert quadratic.left_out_error is not None
    assert cubic.left_out_error is not None
    assert cubic.left_out_error > quadratic.left_out_error
