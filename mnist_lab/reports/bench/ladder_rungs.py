"""The rungs of the ladder: every implementation's time at one size, measured there or estimated by the steps."""

from __future__ import annotations

from dataclasses import dataclass

from mnist_lab.bench.bench_record import BenchRecord, Series
from mnist_lab.language import say
from mnist_lab.reports.bench.bench_words import factor_text, is_unsure_time, operation_of
from mnist_lab.runs.spread import significant


@dataclass(frozen=True)
class Rung:
    """An implementation at the ladder's size."""

    series: Series
    time_s: float
    measured_at: int
    """The ladder's size, or a smaller one that the time was computed from by the number of steps."""

    def is_wide(self, other: Rung) -> bool:
        """Return whether this time or another's spreads so far that their ratio has two digits only."""
        return any(is_unsure_time(rung.series.points[-1]) for rung in (self, other))


def rungs(record: BenchRecord) -> tuple[int, list[Rung]]:
    """Return the largest size of all, and every implementation's time at it."""
    size = max(point.size for series in record.measured for point in series.points)
    steps = operation_of(record).steps
    return size, [
        Rung(series, series.points[-1].median_s * steps(size) / steps(series.points[-1].size), series.points[-1].size)
        for series in record.measured
    ]


def ratio_text(ratio: float, *, estimated: bool) -> str:
    """Return a ratio; one of an estimated time with two digits and "about" before it."""
    if not estimated:
        return factor_text(ratio)
    return say("about {ratio}", "約 {ratio}", ratio=significant(float(f"{ratio:.1e}"), 2))
