"""Labels of a logarithmic axis: few enough to be read, and enough to read a value by."""

from __future__ import annotations

from matplotlib.axis import XAxis, YAxis
from matplotlib.ticker import FuncFormatter, Locator, LogLocator, MaxNLocator, NullLocator

# Within a power of ten, the first of which enough come to lie on the axis.
_STEPS = ((1.0, 2.0, 5.0), (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0))
_ENOUGH = 3


def label_logarithmic(axis: XAxis | YAxis, room: float) -> None:
    """Label a logarithmic axis that is drawn.

    Args:
        axis: Logarithmic.
        room: Times that the axis goes up, from which on there is room for the powers of ten alone.
    """
    low, high = axis.get_view_interval()
    axis.set_major_locator(LogLocator(subs=(1.0,)) if high / low >= room else _locator(low, high))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axis.set_minor_locator(NullLocator())


def _locator(low: float, high: float) -> Locator:
    for steps in _STEPS:
        locator = LogLocator(subs=steps)
        if sum(low <= value <= high for value in locator.tick_values(low, high)) >= _ENOUGH:
            return locator
    return MaxNLocator(_ENOUGH + 1)
