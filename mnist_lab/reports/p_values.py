"""How a p, or those of several tests, are written."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_lab.language import say

_SMALLEST = 0.001
"""Below this, how small it is says nothing more."""


def p_text(values: Sequence[float]) -> str:
    """Return ``p = 0.0010``, ``p < 0.001``, and of several ``p = 0.0010 to 0.0087`` or ``p ≤ 0.0087``.

    Args:
        values: At least one.
    """
    low, high = min(values), max(values)
    if high < _SMALLEST:
        return f"p < {_SMALLEST}"
    if low < _SMALLEST:
        return f"p ≤ {high:#.2g}"
    first, last = f"{low:#.2g}", f"{high:#.2g}"
    if first == last:
        return f"p = {first}"
    return say("p = {first} to {last}", "p = {first}〜{last}", first=first, last=last)
