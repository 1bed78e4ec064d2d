"""A table of a report as a table of Word's."""

from __future__ import annotations

from collections.abc import Callable

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from rich.cells import cell_len

from mnist_lab.reports.document import TableBlock
from mnist_lab.reports.word.word_styles import TABLE_TEXT, TEXT_WIDTH_MM
from mnist_lab.seams.docx_seam import fix_widths, keep_whole, repeat_as_heading

_LONGEST_LINE = 36
"""Columns of a terminal that a cell's text may have before it takes another line."""
_MANY_COLUMNS = 6
_SMALL_PT = 8


def fill_table(document: Document, block: TableBlock, shown: Callable[[str], str]) -> None:
    """Add a table whose headings stand again on each page, and whose rows are not parted.

    Args:
        document: At its end.
        block: The table; its caption is not written.
        shown: Returns a text as it is to be shown.
    """
    table: Table = document.add_table(rows=1 + len(block.rows), cols=len(block.headings), style="Table Grid")
    table.autofit = False
    widths_mm = column_widths_mm(block)
    # Row by row: to ask a table for a cell by its place takes time that grows with the table.
    for place, (row, texts) in enumerate(zip(table.rows, [block.headings, *block.rows], strict=True)):
        for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = Mm(widths_mm[column])
            _write(cell, shown(text), heading=place == 0, block=block, number=column in block.numbers)
        keep_whole(row)
    repeat_as_heading(table.rows[0])
    fix_widths(table)
    document.add_paragraph(style=TABLE_TEXT)  # Word joins two tables with nothing between them


def column_widths_mm(block: TableBlock) -> list[float]:
    """Return a width for each column, as its texts need; together the width of the page's text."""
    needed = []
    for place, heading in enumerate(block.headings):
        longest_word = max(map(cell_len, [*heading.split(), ""]))
        cells = [cell_len(row[place]) for row in block.rows]
        needed.append(2 + max(longest_word, min(_LONGEST_LINE, max(cells, default=0))))
    return [TEXT_WIDTH_MM * part / sum(needed) for part in needed]


def _write(cell: _Cell, text: str, *, heading: bool, block: TableBlock, number: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = TABLE_TEXT
    run = paragraph.add_run(text)
    run.bold = heading or None
    if len(block.headings) > _MANY_COLUMNS:
        run.font.size = Pt(_SMALL_PT)
    if number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    # The headings and the first row stay with what follows, so that none stands alone at a page's end.
    paragraph.paragraph_format.keep_with_next = heading or None
