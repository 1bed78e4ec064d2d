"""All figures of a bench, each with what it says."""

from __future__ import annotations

from matplotlib.figure import Figure

from mnist_lab.bench.bench_record import BenchRecord
from mnist_lab.bench.fits import polynomial_fit
from mnist_lab.reports.bench.bench_axes import dagger
from mnist_lab.reports.bench.bench_styles import styles_of_series
from mnist_lab.reports.bench.rate_figure import draw_rate, rate_caption
from mnist_lab.reports.bench.term_figures import draw_residuals, draw_terms, residuals_caption, terms_caption
from mnist_lab.reports.bench.time_figures import draw_time, draw_time_log, time_caption, time_log_caption

STEMS = ("time_log", "time", "terms", "residuals", "rate")
"""File names, without an ending, of all the figures there can be."""


def draw_bench_figures(record: BenchRecord) -> dict[str, tuple[Figure, str]]:
    """Draw all figures that the record has the numbers for; each with what it says, by file name without ending."""
    if not record.measured:
        return {}
    styles = styles_of_series([series.name for series in record.series])
    drawn = {
        "time_log": (draw_time_log(record, styles), time_log_caption() + dagger(record)),
        "time": (draw_time(record, styles), time_caption() + dagger(record)),
        "rate": (draw_rate(record, styles), rate_caption() + dagger(record)),
    }
    fitted = any(polynomial_fit(series.points, 3) for series in record.measured)
    if fitted and record.operation != "ladder":  # whose few sizes are not there for a fit
        drawn["terms"] = draw_terms(record), terms_caption() + dagger(record)
        drawn["residuals"] = draw_residuals(record, styles), residuals_caption() + dagger(record)
    return drawn
