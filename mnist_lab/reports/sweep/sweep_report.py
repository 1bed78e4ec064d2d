"""Writes a sweep's report: ``report.md``, ``report.html``, figures as PNG and SVG, the data as CSV."""

from __future__ import annotations

import itertools
from pathlib import Path

from matplotlib.figure import Figure

from mnist_lab.language import Language, speaking
from mnist_lab.reports.formats import text_files
from mnist_lab.reports.report_folder import Format, as_file_name, figure_names, write_report_folder
from mnist_lab.reports.style import figure_files, report_style
from mnist_lab.reports.sweep.families import varied_keys
from mnist_lab.reports.sweep.figure_captions import heat_map_caption, parameter_caption, pareto_caption
from mnist_lab.reports.sweep.heat_map_figure import draw_heat_map
from mnist_lab.reports.sweep.mark_labels import are_marks_named
from mnist_lab.reports.sweep.parameter_figure import draw_parameter
from mnist_lab.reports.sweep.pareto_figure import draw_pareto
from mnist_lab.reports.sweep.sweep_content import compose
from mnist_lab.reports.sweep.sweep_csv import data_files
from mnist_lab.sweeps.points import short_key
from mnist_lab.sweeps.result import SweepResult
from mnist_lab.sweeps.space import Sweep

# More pairs of parameters than this would bury the graphs that matter.
_MOST_HEAT_MAPS = 6


def write_sweep_report(
    folder: Path,
    name: str,
    result: SweepResult,
    within: float,
    language: Language,
    *,
    questions: bool = True,
    form: Format = "html",
) -> None:
    """Write the report of a sweep; the same result gives the same bytes.

    Args:
        folder: Made where it is missing; an earlier report's files in it are replaced.
        name: Of the sweep.
        result: What it has found; at least one point.
        within: Percentage points of validation accuracy that the smallest model may stay behind the best.
        language: Of text and figures.
        questions: Ask the questions that the reader's interpretation answers.
        form: Of the texts.

    Raises:
        UsageError: The folder cannot be written, or a file of the user's stands in the way.
    """
    files: dict[str, bytes] = {}
    with speaking(language), report_style():
        drawn = _draw(result, within)
        for stem, (figure, _) in drawn.items():
            files |= figure_files(figure, f"figures/{stem}")
        captions = {stem: caption for stem, (_, caption) in drawn.items()}
        document = compose(name, result, within, captions, questions=questions)
    files |= {f"data/{file}": table for file, table in data_files(result).items()}
    files |= text_files(document, files, form)
    write_report_folder(folder, files)


def expected_files(sweep: Sweep) -> list[str]:
    """Return what the report of a sweep may have beside its texts, known before anything is trained."""
    stems = ["pareto"]
    for base in sweep.bases:
        keys = [as_file_name(short_key(key)) for key in base.parameters]
        stems += [*keys, *(f"{as_file_name(base.name)}-{a}-{b}" for a, b in itertools.permutations(keys, 2))]
    return [*figure_names(stems), "data/points.csv", "data/runs.csv"]


def _draw(result: SweepResult, within: float) -> dict[str, tuple[Figure, str]]:
    """Return the figures with their captions, by file name without ending."""
    drawn: dict[str, tuple[Figure, str]] = {}
    for key in varied_keys(result):
        stem = _free(as_file_name(short_key(key)), drawn)
        drawn[stem] = draw_parameter(result, key), parameter_caption(result, key)
    for base in dict.fromkeys(entry.point.base for entry in result.points):
        own = [entry for entry in result.points if entry.point.base == base]
        keys = varied_keys(SweepResult(tuple(own)))
        for across, down in itertools.islice(itertools.combinations(keys, 2), _MOST_HEAT_MAPS):
            stem = _free("-".join(map(as_file_name, (base, short_key(across), short_key(down)))), drawn)
            drawn[stem] = draw_heat_map(own, across, down), heat_map_caption(own, across, down)
    pareto = draw_pareto(result, within)
    drawn["pareto"] = pareto, pareto_caption(result, within, named=are_marks_named(pareto))
    return drawn


def _free(stem: str, taken: dict[str, tuple[Figure, str]]) -> str:
    """Return a file name that no figure has yet: two options may end in the same word."""
    names = (stem if number == 1 else f"{stem}-{number}" for number in itertools.count(1))
    return next(name for name in names if name not in taken and name != "pareto")
