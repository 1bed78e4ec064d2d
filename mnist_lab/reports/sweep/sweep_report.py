"""Writes a sweep's report: ``report.md``, ``report.html``, figures as PNG and SVG, the data as CSV."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

from matplotlib.figure import Figure

from mnist_lab.errors import UsageError
from mnist_lab.language import Language, say, speaking
from mnist_lab.reports.html import to_html
from mnist_lab.reports.markdown import to_markdown
from mnist_lab.reports.style import report_style, save_figure
from mnist_lab.reports.sweep.sweep_content import compose
from mnist_lab.reports.sweep.sweep_csv import write_data
from mnist_lab.reports.sweep.sweep_figures import draw_heat_map, draw_parameter, draw_pareto, varied_keys
from mnist_lab.sweeps.points import short_key
from mnist_lab.sweeps.result import SweepResult

# More pairs of parameters than this would bury the graphs that matter.
_MOST_HEAT_MAPS = 6


def write_sweep_report(folder: Path, name: str, result: SweepResult, within: float, language: Language) -> None:
    """Write the report of a sweep; the same result gives the same bytes.

    Args:
        folder: Made where it is missing; an earlier report's figures in it are replaced.
        name: Of the sweep.
        result: What it has found; at least one point.
        within: Percentage points of validation accuracy that the smallest model may stay behind the best.
        language: Of text and figures.

    Raises:
        UsageError: The folder cannot be written.
    """
    figures, data = folder / "figures", folder / "data"
    try:
        if figures.is_dir():
            shutil.rmtree(figures)
        for place in (figures, data):
            place.mkdir(parents=True, exist_ok=True)
        with speaking(language), report_style():
            drawn = _draw(result)
            for stem, (figure, _) in drawn.items():
                save_figure(figure, figures, stem)
            document = compose(name, result, within, {stem: caption for stem, (_, caption) in drawn.items()})
        write_data(data, result)
        for file, text in (("report.md", to_markdown(document)), ("report.html", to_html(document, figures))):
            (folder / file).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"--output: {folder} cannot be written: {error.strerror or error}; name another.") from error


def _draw(result: SweepResult) -> dict[str, tuple[Figure, str]]:
    """Return the figures with their captions, by file name without ending."""
    drawn: dict[str, tuple[Figure, str]] = {}
    for key in varied_keys(result):
        caption = say(
            "Training time and test accuracy against {name}: medians, joined by a line where the values have an order.",
            "{name} と学習時間およびテスト精度。印は中央値であり、値に順序があれば線で結ぶ。",
            name=short_key(key),
        )
        drawn[_free(short_key(key), drawn)] = draw_parameter(result, key), caption
    for base in dict.fromkeys(entry.point.base for entry in result.points):
        own = [entry for entry in result.points if entry.point.base == base]
        keys = varied_keys(SweepResult(tuple(own)))
        for across, down in itertools.islice(itertools.combinations(keys, 2), _MOST_HEAT_MAPS):
            caption = say(
                "{model}: training time and test accuracy against {across} and {down}.",
                "{model}における {across} と {down} に対する学習時間とテスト精度。",
                model=own[0].model,
                across=short_key(across),
                down=short_key(down),
            )
            stem = _free(f"{base}-{short_key(across)}-{short_key(down)}", drawn)
            drawn[stem] = draw_heat_map(own, across, down), caption
    drawn["pareto"] = (
        draw_pareto(result),
        say(
            "Validation accuracy against size and training time (logarithmic axes); the steps show the best accuracy "
            "up to there.",
            "大きさと学習時間（いずれも対数目盛）に対する検証精度。階段状の線はそこまでで最良の精度を示す。",
        ),
    )
    return drawn


def _free(stem: str, taken: dict[str, tuple[Figure, str]]) -> str:
    """Return a file name that no figure has yet: two options may end in the same word."""
    names = (stem if number == 1 else f"{stem}-{number}" for number in itertools.count(1))
    return next(name for name in names if name not in taken and name != "pareto")
