"""Curves through measured times: the power of N, and polynomials with what each of their terms contributes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from mnist_lab.bench.bench_record import Point

LARGE = 8
"""Sizes within this factor of the largest are the large ones: four, where sizes double."""
_LEAST_FOR_EXPONENT = 3
_CONFIDENCE = 0.95


@dataclass(frozen=True)
class PowerFit:
    """``time = factor · N ** exponent`` through the large sizes, a straight line in a log-log graph."""

    exponent: float
    low: float
    """Lower end of the exponent's 95 % confidence interval."""
    high: float
    factor: float
    """Seconds at N = 1."""
    sizes: tuple[int, ...]

    def at(self, size: float) -> float:
        """Return the curve's time at a size in seconds."""
        return float(self.factor * size**self.exponent)

    def half(self, count: int) -> float:
        """Return half the interval's width where so many are read at once, by Bonferroni: all hold with 95 %.

        Args:
            count: Intervals; 1 for this one alone.
        """
        freedom = len(self.sizes) - 2
        alone, together = (stdtrit(freedom, 1 - (1 - _CONFIDENCE) / 2 / intervals) for intervals in (1, count))
        return float((self.high - self.exponent) * together / alone)


@dataclass(frozen=True)
class PolynomialFit:
    """``time = c0 + c1·N + c2·N² (+ c3·N³)``, each point weighed by its relative error."""

    coefficients: tuple[float, ...]
    """In seconds, seconds / N, seconds / N² and so on."""
    residuals: tuple[float, ...]
    """Measured less fitted time, relative to the measured one; one a point."""
    left_out_error: float | None
    """Root mean square of each point's relative error when it had no part in the fit; None where that cannot be."""

    @property
    def degree(self) -> int:
        """The highest power."""
        return len(self.coefficients) - 1

    @property
    def error(self) -> float:
        """Root mean square of the residuals."""
        return math.sqrt(sum(residual**2 for residual in self.residuals) / len(self.residuals))

    def terms(self, size: int) -> tuple[float, ...]:
        """Return what each term contributes at a size, in seconds; the constant first."""
        return tuple(coefficient * float(size) ** power for power, coefficient in enumerate(self.coefficients))

    def shares(self, size: int) -> tuple[float, ...]:
        """Return the terms' magnitudes as shares of their sum; a negative term counts as much as a positive one."""
        terms = [abs(term) for term in self.terms(size)]
        total = sum(terms)
        return tuple(term / total if total else 0.0 for term in terms)

    @property
    def is_determined(self) -> bool:
        """Whether points are left over to tell this degree from a higher one: at least two more than coefficients.

        N points always have a polynomial of degree N − 1 with error 0.
        """
        return len(self.residuals) >= len(self.coefficients) + 2


def large_points(points: Sequence[Point]) -> list[Point]:
    """Return the points at the large sizes."""
    largest = max(point.size for point in points)
    return [point for point in points if point.size * LARGE >= largest]


def power_fit(points: Sequence[Point]) -> PowerFit | None:
    """Return the straight line through the large sizes in log-log scale; None with fewer than three of them.

    The interval is that of ordinary least squares: Student's t with n − 2 degrees of freedom.
    """
    chosen = large_points(points) if points else []
    if len(chosen) < _LEAST_FOR_EXPONENT:
        return None
    x = np.log([point.size for point in chosen])
    y = np.log([point.median_s for point in chosen])
    deviation = x - x.mean()
    exponent = float(deviation @ y / (deviation @ deviation))
    intercept = float(y.mean() - exponent * x.mean())
    freedom = len(chosen) - 2
    residuals = y - intercept - exponent * x
    error = math.sqrt(float(residuals @ residuals) / freedom / float(deviation @ deviation))
    half = float(stdtrit(freedom, (1 + _CONFIDENCE) / 2)) * error
    sizes = tuple(point.size for point in chosen)
    return PowerFit(exponent, exponent - half, exponent + half, math.exp(intercept), sizes)


def polynomial_fit(points: Sequence[Point], degree: int) -> PolynomialFit | None:
    """Return the polynomial that misses the points by the least relative error; None with fewer points than terms.

    Unweighted, the largest time alone would decide: it is thousands of times the smallest, and so is its error.
    """
    if len(points) < degree + 1:
        return None
    sizes = np.array([point.size for point in points], dtype=float)
    times_s = np.array([point.median_s for point in points])
    # Sizes of one scale keep the powers of one scale; rows divided by their time make all errors relative.
    scale = float(sizes.max())
    rows = (sizes / scale)[:, None] ** np.arange(degree + 1) / times_s[:, None]
    solution, *_ = np.linalg.lstsq(rows, np.ones(len(points)), rcond=None)
    residuals = 1 - rows @ solution
    leverage = np.einsum("ij,ji->i", rows, np.linalg.pinv(rows))
    left_out_error = None
    if len(points) > degree + 1 and np.all(leverage < 1 - 1e-9):
        left_out_error = float(np.sqrt(np.mean((residuals / (1 - leverage)) ** 2)))
    coefficients = tuple(float(value) / scale**power for power, value in enumerate(solution))
    return PolynomialFit(coefficients, tuple(map(float, residuals)), left_out_error)
