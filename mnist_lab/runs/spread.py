"""Mean and standard deviation, written with the digits that the spread bears out."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from mnist_lab.language import say

_MOST_DECIMALS = 6
_FACTORS_FROM = 0.3
_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Spread:
    """A quantity measured n times."""

    mean: float
    sd: float | None
    """Standard deviation of the sample (n − 1 in the denominator); None for a single value."""
    n: int


def spread_of(values: Sequence[float]) -> Spread | None:
    """Return mean and standard deviation; None where nothing was measured."""
    if not values:
        return None
    sd = statistics.stdev(values) if len(values) > 1 else None
    return Spread(statistics.fmean(values), sd, len(values))


def decimals_of(sd: float) -> int:
    """Return the decimals that a standard deviation bears out: its first digit, or the first two where that is 1.

    Rounding 0.14 to 0.1 would lose more than a quarter of it, rounding 0.94 to 0.9 very little.
    """
    digits, exponent = f"{sd:.1e}".split("e")
    if digits[0] != "1":
        digits, exponent = f"{sd:.0e}".split("e")
        if digits == "1":  # 0.96 has become 1.0
            return min(max(1 - int(exponent), 0), _MOST_DECIMALS)
    return min(max((1 if digits[0] == "1" else 0) - int(exponent), 0), _MOST_DECIMALS)


def significant(value: float, digits: int = 3) -> str:
    """Write a number with so many significant digits, without an exponent."""
    if value == 0:
        return "0"
    exponent = int(f"{value:.{digits - 1}e}".partition("e")[2])
    return f"{value:,.{max(digits - 1 - exponent, 0)}f}"


def text_of(spread: Spread | None, *, decimals: int | None = None) -> str:
    """Write ``2.47 ± 0.05``; a single value alone; ``–`` where nothing was measured.

    Args:
        spread: What was measured.
        decimals: For a value without a spread; by default it gets three significant digits.
    """
    if spread is None:
        return "–"
    if not spread.sd:
        alone = significant(spread.mean) if decimals is None else f"{spread.mean:,.{decimals}f}"
        return (alone if spread.sd is None else f"{alone} ± 0").replace("-", _MINUS)
    places = decimals_of(spread.sd)
    return f"{spread.mean:,.{places}f} ± {spread.sd:.{places}f}".replace("-", _MINUS)


def counts_text(counts: Sequence[int]) -> str:
    """Write ``1,795``; of counts that are not all the same the least and the most, ``1,667–1,795``."""
    least, most = min(counts), max(counts)
    return f"{least:,}" if least == most else f"{least:,}–{most:,}"


def mean_text(spread: Spread, *, decimals: int | None = None) -> str:
    """Write the mean alone, with the digits that ``text_of`` gives it: a figure's title says no more than its table."""
    return text_of(spread, decimals=decimals).partition(" ±")[0]


def ratio_text(ratio: Spread, *, decimals: int | None = None) -> str:
    """Write ``6.58 ± 0.05``, and where a ratio spreads by factors, ``4.0 (1.5–11)``: no ratio comes near 0 by chance.

    Args:
        ratio: A geometric mean, its spread to first order.
        decimals: As for ``text_of``.
    """
    if not spreads_by_factors(ratio):
        return text_of(ratio, decimals=decimals)
    assert ratio.sd is not None
    factor = math.exp(ratio.sd / ratio.mean)
    low, high = significant(ratio.mean / factor, 2), significant(ratio.mean * factor, 2)
    return say("{mean} ({low}–{high})", "{mean}（{low}–{high}）", mean=significant(ratio.mean, 2), low=low, high=high)


def spreads_by_factors(ratio: Spread) -> bool:
    """Return whether a ratio's logarithm spreads so far that ± would say too little above and too much below."""
    return ratio.sd is not None and ratio.sd > _FACTORS_FROM * ratio.mean


def binomial_sd(share: float, samples: int) -> float:
    """Return the standard deviation of an accuracy that comes of testing on so many samples: √(p(1 − p)/N)."""
    return math.sqrt(share * (1 - share) / samples)
