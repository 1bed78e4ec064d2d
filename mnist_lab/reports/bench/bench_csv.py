"""A bench's data as CSV, with all digits, for a spreadsheet."""

from __future__ import annotations

from mnist_lab.bench.bench_record import BenchRecord
from mnist_lab.bench.fits import polynomial_fit, power_fit
from mnist_lab.reports.bench.bench_words import operation_of, point_at
from mnist_lab.reports.run_csv import csv_of

_TIMES = (
    *("implementation", "threads", "numbers", "N", "median_s", "lower_quartile_s", "upper_quartile_s", "repeats"),
    *("calls_per_repeat", "steps", "gflops_per_s", "cores_busy", "others_cpu_percent", "medians_of_rounds_s"),
)
_FITS = (
    *("implementation", "power_of_n", "power_low", "power_high", "degree", "c0_s", "c1_s", "c2_s", "c3_s"),
    *("error_percent", "left_out_error_percent"),
)


def bench_data(record: BenchRecord) -> dict[str, bytes]:
    """Return ``times.csv``, one row a point; ``table.csv``, a column an implementation; and ``fits.csv``."""
    operation = operation_of(record)
    times = [
        (
            *(series.name, series.threads, series.number_format),
            *(point.size, point.median_s, point.low_s, point.high_s, point.repeats, point.calls),
            *(operation.steps(point.size), operation.flops(point.size) / point.median_s / 1e9, point.cores),
            None if point.others_cpu is None else 100 * point.others_cpu,
            " ".join(map(str, point.rounds_s)),
        )
        for series in record.measured
        for point in series.points
    ]
    sizes = sorted({point.size for series in record.measured for point in series.points})
    table = [
        (size, *(found.median_s if (found := point_at(series, size)) else None for series in record.measured))
        for size in sizes
    ]
    fits = []
    for series in record.measured:
        power = power_fit(series.points)
        powers = (power.exponent, power.low, power.high) if power else (None, None, None)
        for degree in (2, 3):
            fit = polynomial_fit(series.points, degree)
            if fit is not None:
                coefficients = (*fit.coefficients, *[None] * (3 - degree))
                left_out = None if fit.left_out_error is None else 100 * fit.left_out_error
                fits.append((series.name, *powers, degree, *coefficients, 100 * fit.error, left_out))
    return {
        "times.csv": csv_of(_TIMES, times),
        "table.csv": csv_of(("N", *(f"{series.name} [s]" for series in record.measured)), table),
        "fits.csv": csv_of(_FITS, fits),
    }
