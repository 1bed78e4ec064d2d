"""The largest batch size with which a training fits, found in few trials."""

from __future__ import annotations

from collections.abc import Callable

# What is left between a size that fits and one that does not, as a share of the former.
_PRECISION = 64
# By which a larger size is tried beyond one that does not fit: blocks of another size may leave fewer gaps, and where a
# graph cannot be recorded, training goes on step by step and takes less.
_BEYOND = (8, 5.5, 4, 3, 2, 1.5, 1.35, 1.2, 1.1)


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
    low, beyond = 0, begin
    while beyond:
        low = _largest_below(need_bytes, fits, limit_bytes, low, most, beyond)
        larger = (int(low * more) for more in _BEYOND)
        beyond = next((size for size in larger if low < size < most and fits(size)), 0)
    return low


def _largest_below(
    need_bytes: Callable[[int], int], fits: Callable[[int], bool], limit_bytes: int, low: int, high: int, middle: int
) -> int:
    """Return a size that fits, and of which a 64th more does not; begin in the middle."""
    needs: dict[int, int] = {}
    middle = min(max(middle, 1), high)
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
