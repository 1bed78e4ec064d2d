"""Mean ± standard deviation, and how many digits are shown."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_lab.runs.spread import Spread, binomial_sd, decimals_of, significant, spread_of, text_of


def test_spread_is_the_samples() -> None:
    values = [2.5, 2.7, 2.4, 2.9]
    found = spread_of(values)
    assert found is not None
    assert found.mean == pytest.approx(np.mean(values))
    assert found.sd == pytest.approx(np.std(values, ddof=1))
    assert found.n == 4
    assert spread_of([]) is None
    assert spread_of([3.0]) == Spread(3.0, None, 1)


@pytest.mark.parametrize(
    ("mean", "sd", "shown"),
    [
        (2.4711, 0.0512, "2.47 ± 0.05"),
        (6.1234, 0.1499, "6.12 ± 0.15"),
        (6.1234, 0.199, "6.1 ± 0.2"),
        (6.1234, 0.0996, "6.12 ± 0.10"),
        (98.74, 0.96, "98.7 ± 1.0"),
        (98.74, 9.6, "99 ± 10"),
        (1234.5, 56.0, "1,234 ± 56"),
        (0.00123, 0.0000456, "0.00123 ± 0.00005"),
        (5.0, 1e-9, "5.000000 ± 0.000000"),
    ],
)
def test_digits_follow_the_spread(mean: float, sd: float, shown: str) -> None:
    assert text_of(Spread(mean, sd, 3)) == shown


def test_without_spread_three_digits_or_as_asked() -> None:
    assert text_of(Spread(0.41267, None, 1)) == "0.413"
    assert text_of(Spread(12345.6, None, 1)) == "12,346"
    assert text_of(Spread(98.765, None, 1), decimals=2) == "98.77"
    assert text_of(Spread(98.5, 0.0, 3), decimals=2) == "98.50 ± 0"
    assert text_of(None) == "–"


def test_rounding_up_to_the_next_power_keeps_a_digit() -> None:
    assert significant(9.996) == "10.0"
    assert significant(0) == "0"
    assert decimals_of(0.0951) == 2
    assert decimals_of(0.101) == 2


def test_binomial_sd_is_that_of_counting() -> None:
    counted = np.random.default_rng(0).binomial(10_000, 0.98, size=20_000) / 10_000
    assert binomial_sd(0.98, 10_000) == pytest.approx(counted.std(), rel=0.03)
