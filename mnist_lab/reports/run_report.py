"""Writes a report's folder: ``report.md``, ``report.html``, figures as PNG and SVG, data as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mnist_lab.language import Language, speaking
from mnist_lab.reports.formats import text_files
from mnist_lab.reports.report_folder import TEXTS, Format, figure_names, write_report_folder
from mnist_lab.reports.run_content import compose, find
from mnist_lab.reports.run_csv import data_files
from mnist_lab.reports.run_figures import STEMS, draw_figures
from mnist_lab.reports.style import figure_files, report_style
from mnist_lab.runs.run import Run

FILES = (
    *figure_names(STEMS),
    *(f"data/{name}.csv" for name in ("results", "comparisons", "runs", "epochs", "layers")),
)
"""What a report of runs may have beside its texts."""


def write_report(
    folder: Path, runs: Sequence[Run], language: Language, *, questions: bool = True, form: Format = "html"
) -> list[Path]:
    """Write the report of any runs; those that differ in nothing but their seeds count as repeats of one thing.

    Everything is computed from the runs' folders, and the same runs in the same order give the same bytes.

    Args:
        folder: Made where it is missing; files of an earlier report in it are replaced.
        runs: At least one, as ``read_runs`` returns them; the first run's group is what others are compared with.
        language: Of text and figures.
        questions: Ask the questions that the reader's interpretation answers.
        form: Of the texts.

    Returns:
        ``report.md`` and ``report.html``.

    Raises:
        UsageError: The folder cannot be written, or a file of the user's stands in the way.
    """
    assert runs, "a report needs a run"
    files: dict[str, bytes] = {}
    with speaking(language), report_style():
        findings = find(runs)
        drawn = draw_figures(findings.groups, findings.comparisons)
        for stem, figure in drawn.items():
            files |= figure_files(figure, f"figures/{stem}")
        document = compose(findings, list(drawn), questions=questions)
    files |= {f"data/{name}": table for name, table in data_files(findings.groups, findings.comparisons).items()}
    files |= text_files(document, files, form)
    write_report_folder(folder, files)
    return [folder / name for name in TEXTS]
