"""Labels of a logarithmic axis: few enough to be read, on both sides of the data, and enough to read a value by."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axis import XAxis, YAxis
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

# Within a power of ten, from fine to coarse.
_STEPS = (
    (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0),
    (1.0, 1.5, 2.0, 3.0, 5.0, 7.0),
    (1.0, 2.0, 5.0),
    (1.0, 3.0),
    (1.0,),
)
_ENOUGH = 3
_ROUNDING = 1e-9


def label_logarithmic(axis: XAxis | YAxis, most: int) -> None:
    """Label a logarithmic axis that is drawn, and lengthen it to the labels at or beyond the ends of its data.

    Args:
        axis: Logarithmic.
        most: As many labels there is room for; of more powers of ten than this, all are labelled.
    """
    low, high = axis.get_data_interval()
    ticks = _ticks(low if low > 0 else axis.get_minpos(), high, most)
    shown_low, shown_high = axis.get_view_interval()
    axis.axes.set(**{f"{axis.axis_name}lim": (min(shown_low, ticks[0]), max(shown_high, ticks[-1]))})
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axis.set_minor_locator(FixedLocator([]))


def _ticks(low: float, high: float, most: int) -> list[float]:
    """Return what is labelled: the finest steps that there is room for, from the data's low end or below to above."""
    fitting = next(
        (ticks for steps in _STEPS if len(ticks := _around(low, high, steps)) <= most), _around(low, high, _STEPS[-1])
    )
    if len(fitting) >= _ENOUGH or math.isclose(low, high):
        return fitting
    return [float(tick) for tick in MaxNLocator(_ENOUGH + 1).tick_values(low, high)]


def _around(low: float, high: float, steps: Sequence[float]) -> list[float]:
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
    ticks = [step * 10.0**power for power in powers for step in steps]
    below = max(tick for tick in ticks if tick <= low * (1 + _ROUNDING))
    above = min(tick for tick in ticks if tick >= high * (1 - _ROUNDING))
    return [tick for tick in ticks if below <= tick <= above]
