"""A report's folder: which one a new report gets, what may be written into one, and the writing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from mnist_lab.errors import MnistLabError, UsageError, is_full
from mnist_lab.language import say
from mnist_lab.own_files import OwnFiles, why_unwritten
from mnist_lab.runs.run_folder import dated, reserve_folder

REPORTS_DIR = "reports"
Format = Literal["html", "docx"]
"""``html``: Markdown and HTML; ``docx``: Word as well."""
TEXTS = ("report.md", "report.html")
DOCX = "report.docx"
_OPTION = "--output"


def new_report_folder(names: Sequence[str], log_dir: Path | None, now: datetime) -> Path:
    """Make a folder for a new report beside the log directory: ``reports/<date>_<time>-<names>``.

    Args:
        names: What is reported, such as ``["cnn", "fc"]``; of more than three, the number.
        log_dir: TensorBoard's; None: the runs lie in none, and ``reports`` is in the working folder.
        now: For the date.

    Raises:
        UsageError: It cannot be made.
        MnistLabError: There is no room for it.
    """
    unique = list(dict.fromkeys(map(as_file_name, names)))
    shown = "-".join(unique) if len(unique) <= 3 else f"{unique[0]}-and-{len(unique) - 1}-others"
    parent = (Path() if log_dir is None else log_dir.parent) / REPORTS_DIR
    try:
        return reserve_folder(parent, f"{dated(now)}-{shown}")
    except OSError as error:
        raise _unwritable(parent, error) from error


def as_file_name(text: str) -> str:
    """Return a name from a record so that it can be part of a file's name: no folder, no ending, not too long."""
    return re.sub(r"[^\w-]+", "_", text)[:60].strip("_") or "unnamed"


def figure_names(stems: Iterable[str]) -> list[str]:
    """Return the files of figures, as a report holds them."""
    return [f"figures/{stem}{ending}" for stem in stems for ending in (".png", ".svg")]


def check_report_folder(folder: Path, names: Iterable[str], form: Format = "html") -> None:
    """Look, before anything is trained, whether a report can be written without touching a file of the user's.

    Args:
        folder: As ``--output`` names it.
        names: Files that the report will have beside its texts.
        form: Of its texts.

    Raises:
        UsageError: It cannot; the message names the file.
    """
    OwnFiles(folder, _OPTION).check([*TEXTS, *([DOCX] if form == "docx" else []), *names])


def write_report_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a report's files, and take away those of an earlier report that it does not have.

    Args:
        folder: Made where it is missing.
        files: Content by name.

    Raises:
        UsageError: A file of the user's stands in the way (nothing was written), or the folder cannot be written.
        MnistLabError: There is no room.
    """
    try:
        OwnFiles(folder, _OPTION).write(files)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> MnistLabError:
    if is_full(error):
        return MnistLabError(
            say(
                "{folder} cannot be written: {why}; make room, or name another folder with {option}.",
                "{folder} に書き込めません：{why}。空きを増やすか、{option} で別のフォルダを指定してください。",
                option=_OPTION,
                folder=folder,
                why=why_unwritten(error),
            )
        )
    return UsageError(
        say(
            "{option}: {folder} cannot be written: {why}; close what is open there, or name another.",
            "{option}：{folder} に書き込めません：{why}。開いているファイルを閉じるか、別のフォルダを"
            "指定してください。",
            option=_OPTION,
            folder=folder,
            why=why_unwritten(error),
        )
    )
