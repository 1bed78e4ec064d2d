"""Writes a report's folder: ``report.md``, ``report.html``, figures as PNG and SVG, data as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from mnist_lab.errors import UsageError
from mnist_lab.language import Language, speaking
from mnist_lab.reports.html import to_html
from mnist_lab.reports.markdown import to_markdown
from mnist_lab.reports.run_content import compose, find
from mnist_lab.reports.run_csv import write_data
from mnist_lab.reports.run_figures import STEMS, draw_figures
from mnist_lab.reports.style import report_style, save_figure
from mnist_lab.runs.run import Run

REPORTS_DIR = "reports"


def write_report(folder: Path, runs: Sequence[Run], language: Language) -> list[Path]:
    """Write the report of any runs; those that differ in nothing but their seeds count as repeats of one thing.

    Everything is computed from the runs' folders, and the same runs in the same order give the same bytes.

    Args:
        folder: Made where it is missing; files of an earlier report in it are replaced.
        runs: At least one, as ``read_runs`` returns them; the first run's group is what others are compared with.
        language: Of text and figures.

    Returns:
        ``report.md`` and ``report.html``.

    Raises:
        UsageError: The folder cannot be written.
    """
    assert runs, "a report needs a run"
    findings = find(runs)
    figures, data = folder / "figures", folder / "data"
    try:
        for place in (figures, data):
            place.mkdir(parents=True, exist_ok=True)
        with speaking(language), report_style():
            drawn = draw_figures(findings.groups)
            for stem in set(STEMS) - drawn.keys():
                for ending in (".png", ".svg"):
                    (figures / f"{stem}{ending}").unlink(missing_ok=True)
            for stem, figure in drawn.items():
                save_figure(figure, figures, stem)
            document = compose(findings, list(drawn))
        write_data(data, findings.groups, findings.comparisons)
        texts = {"report.md": to_markdown(document), "report.html": to_html(document, figures)}
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"--output: {folder} cannot be written: {error.strerror or error}; name another.") from error
    return [folder / name for name in texts]


def report_folder(names: Sequence[str], log_dir: Path, now: datetime) -> Path:
    """Return a folder for a new report beside the log directory: ``reports/<date>_<time>-<names>``.

    Args:
        names: What is reported, such as ``["cnn", "fc"]``; of more than three, the number.
        log_dir: TensorBoard's.
        now: For the date.
    """
    unique = list(dict.fromkeys(names))
    shown = "-".join(unique) if len(unique) <= 3 else f"{unique[0]}-and-{len(unique) - 1}-others"
    return log_dir.parent / REPORTS_DIR / f"{now:%Y-%m-%d_%H-%M-%S}-{shown}"
