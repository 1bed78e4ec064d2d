"""A report as one HTML file that needs no other: figures, and the Japanese font's characters, are in it."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from rich.cells import cell_len

from mnist_lab.pictures.embedded_font import embedded_font
from mnist_lab.reports.document import Document, TableBlock

_WORD_ENDS = re.compile(r"(?<=の)(?=[一-龥ァ-ヶA-Z])|(?<=[ぁ-ん一-龥ー])(?=[（\[])|(?<=層)(?=ノ)|(?<=[習証])(?=[時精])")
_UNITS = r"(?:[mnµ]?s|GFLOP/s|GB/s|[GMK]iB)(?![A-Za-z])|[倍個回点]|スレッド|ポイント"
_PARTS = re.compile(r"(?<=/)(?!s\b)|(?<=[a-z][._])(?=[a-z])")
_TIES = re.compile(rf"(?<=[\dnpN=±<])(?<!NN) (?=[=±<%\d]|{_UNITS})|(?<=\d,) (?=\d+[,\]])|(?<=\(1) (?=−)|(?<=\(1 −) ")
# Channels such as 16-16; not dates, nor folders.
_JOINED = re.compile(r"(?<![\w/-])\d{1,3}(?:-\d{1,3})+(?![\w-])")
# Half-width characters of a cell that takes many lines where three columns share a phone's width.
_LONG = 48


def to_html(document: Document, files: Mapping[str, bytes]) -> str:
    """Return the whole page.

    Args:
        document: The report.
        files: The report's other files by name; its figures are among them as SVG.
    """
    environment = Environment(
        loader=PackageLoader("mnist_lab.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"tied": tied, "in_parts": in_parts, "in_words": in_words}
    template = environment.get_template("report.html")
    font = embedded_font(document.text() + "：") if document.language == "ja" else None
    blocks = [
        {"kind": type(block).__name__, **vars(block)}
        | ({"together": block.stays_together, "stacked": is_stacked(block)} if isinstance(block, TableBlock) else {})
        for block in document.blocks
    ]
    pictures = {
        PurePosixPath(name).stem: Markup(_base64(content)) for name, content in files.items() if name.endswith(".svg")
    }
    colon = "：" if document.language == "ja" else ": "
    return template.render(
        document=document, blocks=blocks, pictures=pictures, font=Markup(font) if font else None, colon=colon
    )


def is_stacked(table: TableBlock) -> bool:
    """Return whether a phone's width is too little for its columns: each row becomes a block there."""
    columns = len(table.headings)
    return columns > 3 or (columns == 3 and any(cell_len(cell) > _LONG for row in table.rows for cell in row))


def tied(text: str) -> str:
    """Return a text in which no line breaks between a number and its unit, or in ``2 ± 1``, ``[4, 4]``, ``16-16``."""
    return _JOINED.sub(lambda found: found[0].replace("-", "-\u2060"), _TIES.sub("\u00a0", text))


def in_parts(text: str) -> Markup:
    """Return a text in which a line may break behind the name of a folder, and in a setting's key; not in ``GB/s``."""
    return Markup(_PARTS.sub("<wbr>", str(escape(text))))


def in_words(text: str) -> Markup:
    """Return a table's heading in which a Japanese line may break where a word ends."""
    return Markup(_WORD_ENDS.sub("<wbr>", str(escape(text))))


def word_parts(text: str) -> list[str]:
    """Return the parts of a Japanese heading between which a line may break."""
    return _WORD_ENDS.split(text)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
