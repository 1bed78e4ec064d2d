"""A report's text in each format that is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

from mnist_lab.errors import UsageError
from mnist_lab.language import say
from mnist_lab.reports.document import Document
from mnist_lab.reports.html import to_html
from mnist_lab.reports.markdown import to_markdown
from mnist_lab.reports.report_folder import DOCX, Format


def check_format(form: Format) -> None:
    """Look, before anything is trained, whether a report can be written in this format.

    Raises:
        UsageError: The package for it is not installed.
    """
    if form == "docx" and find_spec("docx") is None:
        raise UsageError(
            say(
                '--format docx needs the package python-docx: pip install "mnist-lab[docx]", or in the project\'s '
                'folder pip install -e ".[docx]".',
                '--format docx には python-docx パッケージが必要です：pip install "mnist-lab[docx]"、プロジェクトの'
                'フォルダでは pip install -e ".[docx]" を実行してください。',
            )
        )


def text_files(document: Document, files: Mapping[str, bytes], form: Format) -> dict[str, bytes]:
    """Return the content of the files, by name.

    Args:
        document: The report.
        files: The report's other files by name, its figures among them.
        form: Which formats.
    """
    texts = {"report.md": to_markdown(document).encode(), "report.html": to_html(document, files).encode()}
    if form == "docx":
        from mnist_lab.reports.word.word_document import to_docx

        texts[DOCX] = to_docx(document, files)
    return texts
