"""Writes a bench's report: ``report.md``, ``report.html``, figures as PNG and SVG, data as CSV."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from mnist_lab.bench.bench_record import BenchRecord
from mnist_lab.language import Language, speaking
from mnist_lab.reports.bench.bench_content import compose_bench
from mnist_lab.reports.bench.bench_csv import bench_data
from mnist_lab.reports.bench.bench_figures import STEMS, draw_bench_figures
from mnist_lab.reports.bench.ladder_figure import LADDER_STEM, draw_ladder, ladder_caption
from mnist_lab.reports.formats import text_files
from mnist_lab.reports.report_folder import Format, figure_names, write_report_folder
from mnist_lab.reports.style import figure_files, report_style

BENCH_FILES = (*figure_names((LADDER_STEM, *STEMS)), "data/times.csv", "data/table.csv", "data/fits.csv")
"""What a bench's report may have beside its texts."""


def write_bench_report(folder: Path, record: BenchRecord, language: Language, form: Format = "html") -> None:
    """Write the report of a bench; the same record gives the same bytes.

    Args:
        folder: Made where it is missing; an earlier report's files in it are replaced.
        record: Of the bench.
        language: Of text and figures.
        form: Of the texts.

    Raises:
        UsageError: The folder cannot be written, or a file of the user's stands in the way.
    """
    files: dict[str, bytes] = {}
    with speaking(language), report_style():
        drawn = _draw(record)
        for stem, (figure, _) in drawn.items():
            files |= figure_files(figure, f"figures/{stem}")
        document = compose_bench(record, {stem: caption for stem, (_, caption) in drawn.items()})
    files |= {f"data/{name}": table for name, table in bench_data(record).items()}
    files |= text_files(document, files, form)
    write_report_folder(folder, files)


def _draw(record: BenchRecord) -> dict[str, tuple[Figure, str]]:
    drawn = draw_bench_figures(record)
    if record.operation == "ladder" and record.measured:
        return {**drawn, LADDER_STEM: (draw_ladder(record), ladder_caption())}
    return drawn
