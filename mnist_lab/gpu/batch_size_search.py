"""The largest batch size with which a training fits, found in few trials."""

from __future__ import annotations

from collections.abc import Callable

# What is left between a size that fits and one that does not, as a share of the former.
_PRECISION = 64


def largest_batch_size(
    need_bytes: Callable[[int], int], fits: Callable[[int], bool], limit_bytes: int, most: int, begin: int
) -> int:
    """Return the largest batch size that fits, to a 64th of itself; 0 where not even one sample does.

    What a training needs grows nearly in proportion to its batch size, so that two needs tell where to look.

    Args:
        need_bytes: What a size needs.
        fits: Whether a size fits: it may although it needs more, where what is cached can be given back.
        limit_bytes: What there is.
        most: Largest size that makes sense, such as the number of samples.
        begin: Size to begin with.
    """
    if fits(most):
        return most
    low, high = 0, most
    needs: dict[int, int] = {}
    middle = min(max(begin, 1), most)
    while high - low > max(low // _PRECISION, 1):
        if not low < middle < high:
            middle = (low + high) // 2
        if fits(middle):
            low = middle
        else:
            high = middle
        needs[middle] = need_bytes(middle)
        middle = _where_it_would_be(needs, limit_bytes, low, high)
    return low


def _where_it_would_be(needs: dict[int, int], limit_bytes: int, low: int, high: int) -> int:
    """Return a size beside that at which a line through the needs, begun at the nearest, comes to the limit."""
    if len(needs) < 2:
        return low * 2 if low else high // 2
    first, last = min(needs), max(needs)
    grown_bytes = needs[last] - needs[first]
    if grown_bytes <= 0:
        return (low + high) // 2
    nearest = min(needs, key=lambda size: abs(needs[size] - limit_bytes))
    guess = nearest + (limit_bytes - needs[nearest]) * (last - first) // grown_bytes
    beside = guess // (2 * _PRECISION) + 1
    below, above = guess - beside, max(guess, low) + beside
    return below if low < below else above
