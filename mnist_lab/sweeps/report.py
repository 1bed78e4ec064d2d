"""Writes a sweep's report: ``report.md``, ``report.html``, figures as PNG and SVG, the points as CSV."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

from matplotlib.figure import Figure

from mnist_lab.errors import UsageError
from mnist_lab.reports.document import Block, Bullets, Document, FigureBlock, Heading, Paragraph, TableBlock
from mnist_lab.reports.html import to_html
from mnist_lab.reports.markdown import to_markdown
from mnist_lab.reports.style import Language, report_style, save_figure
from mnist_lab.sweeps.figures import draw_heat_map, draw_parameter, draw_pareto, varied_keys
from mnist_lab.sweeps.points import short_key
from mnist_lab.sweeps.result import SweepResult
from mnist_lab.sweeps.sentences import notes, smallest_sentence
from mnist_lab.sweeps.table import Table, table_of
from mnist_lab.sweeps.words import Words, words

# More pairs of parameters than this would bury the graphs that matter.
_MOST_HEAT_MAPS = 6


def write_sweep_report(folder: Path, name: str, result: SweepResult, within: float, language: Language) -> None:
    """Write the report of a sweep.

    Args:
        folder: Made where it is missing.
        name: Of the sweep.
        result: What it has found.
        within: Percentage points of validation accuracy that the smallest model may stay behind the best.
        language: Of text and figures.

    Raises:
        UsageError: The folder cannot be written.
    """
    spoken = words(language)
    table = table_of(result, within, spoken)
    figures = folder / "figures"
    try:
        figures.mkdir(parents=True, exist_ok=True)
        with report_style(language):
            drawn = _draw(result, spoken)
            for stem, (figure, _) in drawn.items():
                save_figure(figure, figures, stem)
        captions = {stem: caption for stem, (_, caption) in drawn.items()}
        document = _compose(name, result, within, language, table, captions)
        _write_points(folder / "points.csv", table)
        for file, text in (("report.md", to_markdown(document)), ("report.html", to_html(document, figures))):
            (folder / file).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"--output: {folder} cannot be written: {error.strerror or error}; name another.") from error


def _draw(result: SweepResult, spoken: Words) -> dict[str, tuple[Figure, str]]:
    """Return the figures with their captions, by file name without ending."""
    drawn: dict[str, tuple[Figure, str]] = {}
    for key in varied_keys(result):
        caption = spoken.parameter_caption.format(name=short_key(key))
        drawn[_free(short_key(key), drawn)] = draw_parameter(result, key, spoken), caption
    for base in dict.fromkeys(entry.point.base for entry in result.points):
        own = [entry for entry in result.points if entry.point.base == base]
        keys = varied_keys(SweepResult(tuple(own)))
        for across, down in itertools.islice(itertools.combinations(keys, 2), _MOST_HEAT_MAPS):
            names = {"model": own[0].model, "across": short_key(across), "down": short_key(down)}
            stem = _free(f"{base}-{names['across']}-{names['down']}", drawn)
            drawn[stem] = draw_heat_map(own, across, down, spoken), spoken.map_caption.format(**names)
    drawn["pareto"] = draw_pareto(result, spoken), spoken.pareto_caption
    return drawn


def _free(stem: str, taken: dict[str, tuple[Figure, str]]) -> str:
    """Return a file name that no figure has yet: two options may end in the same word."""
    names = (stem if number == 1 else f"{stem}-{number}" for number in itertools.count(1))
    return next(name for name in names if name not in taken and name != "pareto")


def _compose(
    name: str, result: SweepResult, within: float, language: Language, table: Table, captions: dict[str, str]
) -> Document:
    spoken = words(language)
    data = ", ".join(dict.fromkeys(str(entry.runs[0].data) for entry in result.points))
    blocks: list[Block] = [
        Heading(spoken.found),
        Paragraph(smallest_sentence(result, within, language)),
        Heading(spoken.table),
        TableBlock(spoken.table_caption, table.headings, table.rows, table.numbers),
        Heading(spoken.graphs),
    ]
    for number, (stem, text) in enumerate(captions.items(), start=1):
        blocks.append(FigureBlock(stem, spoken.figure.format(number=number, text=text), text))
    if remarks := notes(result, language):
        blocks += [Heading(spoken.remarks), Bullets(remarks)]
    return Document(spoken.title.format(name=name, data=data), language, blocks)


def _write_points(path: Path, table: Table) -> None:
    # Excel takes a file for UTF-8 only with the mark at its beginning.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([table.headings, *table.rows])
