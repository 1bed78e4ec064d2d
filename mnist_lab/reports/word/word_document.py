"""A report as a Word file: headings, tables and captions as Word's own, so that they can be edited and renumbered."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence

from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm
from docx.text.paragraph import Paragraph as WordParagraph

from mnist_lab.reports.document import (
    Block,
    Bullets,
    Cover,
    Document,
    FigureBlock,
    Heading,
    Open,
    Paragraph,
    TableBlock,
)
from mnist_lab.reports.html import tied
from mnist_lab.reports.word.word_styles import PLACE, TEXT_WIDTH_MM, styled_document
from mnist_lab.reports.word.word_table import fill_table
from mnist_lab.seams.docx_seam import add_field, begin_bookmark, describe, end_bookmark, saved_alike

_BLANK = "\u3000" * 16
"""A line to write on: underlined spaces."""
_LINES_TO_WRITE_ON = 8
_FIGURE_WIDTH_MM = 160.0
# What XML has no place for, such as the escape sequences of a terminal.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def to_docx(document: Document, files: Mapping[str, bytes]) -> bytes:
    """Return the whole file; the same report gives the same bytes.

    Args:
        document: The report, its tables and figures numbered.
        files: The report's other files by name; its figures are among them as PNG.
    """
    return saved_alike(_Writer(document, files).written())


class _Writer:
    """Puts one block behind the other."""

    def __init__(self, document: Document, files: Mapping[str, bytes]) -> None:
        self._document = document
        self._files = files
        self._word: WordDocument = styled_document(document.language)
        names = [block.name for block in document.blocks if isinstance(block, (TableBlock, FigureBlock))]
        self._bookmarks = {name: number for number, name in enumerate(filter(None, names), start=1)}
        # The longest first: "Table 12" is not "Table 1".
        alternatives = "|".join(re.escape(name) for name in sorted(self._bookmarks, key=len, reverse=True))
        self._cited = re.compile(rf"({alternatives})(?!\d)") if alternatives else None

    def written(self) -> WordDocument:
        """Return the file with all blocks in it."""
        title = _clean(self._document.title)
        self._word.core_properties.title = title
        self._word.core_properties.author = self._word.core_properties.comments = ""
        self._word.add_paragraph(title, "Title")
        for block in self._document.blocks:
            self._add(block)
        return self._word

    def _add(self, block: Block) -> None:
        match block:
            case Cover():
                for name in block.fields:
                    self._word.add_paragraph(_clean(name)).add_run(_BLANK).underline = True
            case Heading():
                self._word.add_heading(_clean(block.text), max(1, block.level - 1))
            case Paragraph():
                self._write(block.text, self._word.add_paragraph())
            case Bullets():
                self._list(block.items)
            case TableBlock():
                self._caption(block).paragraph_format.keep_with_next = True
                fill_table(self._word, block, lambda text: _tied(_clean(text)))
            case FigureBlock():
                self._picture(block)
            case Open():
                self._word.add_paragraph(_clean(block.text), PLACE)
                self._list(block.questions)
                for _ in range(_LINES_TO_WRITE_ON):
                    self._word.add_paragraph()

    def _list(self, items: Sequence[str]) -> None:
        for item in items:
            self._write(item, self._word.add_paragraph(style="List Bullet"))

    def _write(self, text: str, paragraph: WordParagraph) -> None:
        """Write prose; where it cites a table or a figure, a reference that Word keeps up to date."""
        for part in self._cited.split(_clean(text)) if self._cited else [_clean(text)]:
            if part in self._bookmarks:
                add_field(paragraph, f"REF {_bookmark(self._bookmarks[part])} \\h", part)
            elif part:
                paragraph.add_run(_tied(part))

    def _caption(self, block: TableBlock | FigureBlock) -> WordParagraph:
        """Write ``Table 3. …`` with the number as a field that counts."""
        paragraph = self._word.add_paragraph(style="Caption")
        if block.name:
            label, _, number = block.name.rpartition(" ")
            place = self._bookmarks[block.name]
            begin_bookmark(paragraph, _bookmark(place), place)
            paragraph.add_run(f"{label} ")
            add_field(paragraph, f"SEQ {label} \\* ARABIC", number)
            end_bookmark(paragraph, place)
        paragraph.add_run(_tied(_clean(block.caption.removeprefix(block.name))))
        return paragraph

    def _picture(self, block: FigureBlock) -> None:
        paragraph = self._word.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True
        content = io.BytesIO(self._files[f"figures/{block.stem}.png"])
        picture = paragraph.add_run().add_picture(content, width=Mm(min(_FIGURE_WIDTH_MM, TEXT_WIDTH_MM)))
        describe(picture, _clean(block.title))
        self._caption(block)


def _bookmark(number: int) -> str:
    """Return a bookmark's name as Word gives them: those with ``_`` in front are not listed to the user."""
    return f"_Ref{number:09d}"


def _tied(text: str) -> str:
    """Return a text that is parted where a page of HTML may part it; Word has a hyphen of its own for that."""
    return tied(text).replace("-\u2060", "\u2011")


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
